"""Judging orders that are only shown: the order book's half of a dry run."""

from fastapi import APIRouter

from services.order_import.rule_views import JudgementView, ProofView, decisions
from services.order_import.settings import OrderSettings
from services.order_import.showing import Operator, Speaks, reason
from services.order_import.verdicts import Judgement, assess
from services.order_import.wishes import JudgementWish
from shared.chassis.problems import not_found
from shared.chassis.sentences import Language
from shared.chassis.service import Service


def routes(service: Service, settings: OrderSettings) -> APIRouter:
    router = APIRouter(tags=["parked"])

    @router.post("/judgements")
    async def judgements(wish: JudgementWish, operator: Operator, language: Speaks) -> list[JudgementView]:
        """What would become of these orders if they were received now, with every reason. Writes nothing."""
        if not operator.allows(wish.connection):
            raise not_found(wish.connection)
        async with service.database.transaction() as tx:
            found = await assess(service, settings, tx, wish.connection, wish.orders)
        return [_view(one, language) for one in found]

    return router


def _view(one: Judgement, language: Language) -> JudgementView:
    proof = one.proof
    return JudgementView(
        order_id=one.order_id,
        external_id=one.order.external_id,
        number=one.order.number,
        status=one.verdict.status,
        reasons=[reason(given, language) for given in one.verdict.reasons],
        rules_version=one.verdict.found.version,
        decisions=decisions(one.verdict.found.decisions, language),
        article_numbers=list(one.verdict.numbers),
        proof=None
        if proof is None
        else ProofView(
            currency=one.order.currency,
            stated=proof.stated,
            computed=proof.computed,
            difference=proof.difference,
            tolerated=proof.difference == one.verdict.rounding,
        ),
        known_version=one.version,
        known_status=one.standing,
        corrected=list(one.corrected),
    )
