"""The order rules of a connection: reading, replacing, trying them, and what they decided about an order."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.order_import import connection_replica, judgements, learned_book, reason_book, rules_book
from services.order_import.contents_view import shown
from services.order_import.rule_views import (
    DecisionsView,
    OpenWord,
    RuleChange,
    RulesView,
    RuleVersionView,
    decisions,
)
from services.order_import.rules.model import OrderRules, changes
from services.order_import.rules.unknown import proposal
from services.order_import.rules_book import DEFAULTS, RuleVersion
from services.order_import.settings import OrderSettings
from services.order_import.showing import Operator, Reader, Speaks, reason, visible
from services.order_import.wishes import PreviewWish
from shared.chassis.access import Principal
from shared.chassis.pages import After, Limit, Page, decode_cursor, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.service import Service
from shared.chassis.versions import etag, if_match_header, invalid, seen_versions
from shared.contracts.order import Order
from shared.persistence.database import Transaction

IfMatch = Annotated[str | None, if_match_header('Needed: the version you changed, e.g. "3".')]


def routes(service: Service, settings: OrderSettings) -> APIRouter:
    router = APIRouter(tags=["rules"])
    database = service.database

    @router.get("/rules/{connection}")
    async def rules(connection: UUID, reader: Reader, response: Response) -> RulesView:
        """The rules as they are, and the channel's words that have no row yet."""
        async with database.transaction() as tx:
            await _known(tx, connection, reader)
            now = (await rules_book.current(tx, [connection]))[connection]
            response.headers["ETag"] = etag(now.version)
            return await _view(tx, connection, now)

    @router.put("/rules/{connection}")
    async def put_rules(
        connection: UUID, body: OrderRules, operator: Operator, response: Response, if_match: IfMatch = None
    ) -> RulesView:
        """Replaces the rules; what is left out gets its default. Orders that are kept back are judged again by
        themselves. 409 with the newest rules when somebody else was faster."""
        seen = _seen(if_match)
        async with database.transaction() as tx:
            await _known(tx, connection, operator)
            now = await rules_book.put(service, tx, connection, body, seen=seen, actor=operator.name)
            response.headers["ETag"] = etag(now.version)
            return await _view(tx, connection, now)

    @router.get("/rules/{connection}/versions")
    async def versions(
        connection: UUID, reader: Reader, after: After = None, limit: Limit = 50
    ) -> Page[RuleVersionView]:
        """Every version with what it changed, the newest first."""
        (before,) = decode_cursor(after, 1) if after else (None,)
        if before is not None and not (isinstance(before, int) and 0 < before < 2**31):
            raise Problem(422, "cursor_invalid", field="after")
        async with database.transaction() as tx:
            await _known(tx, connection, reader)
            found = await rules_book.history(tx, connection, before, limit + 1)
        older = [*found[1:], DEFAULTS][: len(found)]
        items = [_changed(one, earlier) for one, earlier in zip(found, older, strict=True)][:limit]
        return Page(items=items, next=encode_cursor(items[-1].version) if len(found) > limit else None)

    @router.post("/rules/{connection}/preview")
    async def preview(connection: UUID, wish: PreviewWish, operator: Operator, language: Speaks) -> DecisionsView:
        """What would become of an order if it came now for the first time. Writes nothing."""
        async with database.transaction() as tx:
            head, content = await visible(tx, wish.order_id, operator)
            if head.connection != connection:
                raise not_found(wish.order_id)
            draft = None if wish.rules is None else RuleVersion(0, wish.rules)
            verdict, judged = await judgements.preview(
                service, settings, tx, head, Order.model_validate(content), draft
            )
        return DecisionsView(
            order_id=head.id,
            status=verdict.status,
            rules_version=judged.rules_version if draft is None else None,
            decisions=decisions(judged.decisions, language),
            reasons=[reason(one, language) for one in verdict.reasons],
            handling=judged.handling,
            contents=shown(judged.contents),
        )

    @router.get("/{id}/decisions")
    async def order_decisions(id: UUID, reader: Reader, language: Speaks) -> DecisionsView:
        """What was decided about an order, by which rule and why. Of an order that is kept back nothing is final: it
        is decided by the rules as they are now."""
        async with database.transaction() as tx:
            head, content = await visible(tx, id, reader)
            judged = (await judgements.of_orders(service, tx, [(head, Order.model_validate(content))]))[id]
            reasons = (await reason_book.of_orders(tx, [id])).get(id, ())
        return DecisionsView(
            order_id=id,
            status=head.status,
            rules_version=judged.rules_version,
            decisions=decisions(judged.decisions, language),
            reasons=[reason(one, language) for one in reasons],
            handling=judged.handling,
            contents=shown(judged.contents),
        )

    return router


async def _known(tx: Transaction, connection: UUID, caller: Principal) -> None:
    if not caller.allows(connection) or not await connection_replica.known(tx, connection):
        raise not_found(connection)


async def _view(tx: Transaction, connection: UUID, now: RuleVersion) -> RulesView:
    words, of_all = await learned_book.open_words(tx, connection, now.rules)
    return RulesView(
        connection=connection,
        version=now.version,
        rules=now.rules,
        changed_at=now.at,
        changed_by=now.actor,
        open_words=[
            OpenWord(
                kind=one.kind,
                word=one.word,
                orders=one.orders,
                first_seen_at=one.first_seen_at,
                last_seen_at=one.last_seen_at,
                proposal=proposal(one.kind, one.word, now.rules),
            )
            for one in words
        ],
        open_words_total=of_all,
    )


def _changed(version: RuleVersion, before: RuleVersion) -> RuleVersionView:
    return RuleVersionView(
        version=version.version,
        rules=version.rules,
        changed_at=version.at,
        changed_by=version.actor,
        changes=[
            RuleChange(field=field, before=old, after=new)
            for field, (old, new) in changes(before.rules, version.rules).items()
        ],
    )


def _seen(if_match: str | None) -> frozenset[int]:
    """Rules are never replaced blindly: whoever changes them says which version he has changed."""
    if if_match is None:
        raise Problem(428, "if_match_missing", field="If-Match")
    seen = seen_versions(if_match, rough=True)
    if seen is None:
        raise invalid(if_match)
    return seen
