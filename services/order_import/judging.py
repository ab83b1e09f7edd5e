"""Judging orders: what the rules need to know is read once per batch, then each order is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.order_import import (
    article_replica,
    connection_replica,
    master_book,
    master_facts,
    number_replica,
    rules_book,
)
from services.order_import.master_facts import Asked
from services.order_import.order_rules import Verdict, judge, named_numbers, untold, wanted_numbers
from services.order_import.rules.decide import decide
from services.order_import.rules.facts import Facts
from services.order_import.rules.knowledge import Knowledge, Numbers, article_of
from services.order_import.rules.model import OrderRules
from services.order_import.rules.projects import decided_project, project
from services.order_import.settings import OrderSettings
from services.order_import.standing import Standing
from shared.chassis.service import Service
from shared.contracts.order import Order
from shared.contracts.reason import Reason
from shared.persistence.database import Transaction


@dataclass(frozen=True, slots=True)
class Case:
    """An order to judge. `before` None: we did not have it. `rejections` still stand, whatever the rules say."""

    id: UUID
    connection: UUID
    order: Order
    before: Standing | None
    erased: bool
    rejections: tuple[Reason, ...] = ()

    def facts(self, project: str, now: datetime) -> Facts:
        return Facts(project) if self.before is None else self.before.facts(project, now)


async def judged(
    service: Service, settings: OrderSettings, tx: Transaction, cases: Sequence[Case]
) -> dict[UUID, Verdict]:
    """What the rules say about each of the orders.

    What the ERP gets is only asked where the answer can matter: a merchant who set nothing about it and has no master
    data pays nothing for it here, and sees it worked out whenever somebody looks.
    """
    connections = list({case.connection for case in cases})
    named = ((case.connection, number) for case in cases for number in named_numbers(case.order))
    meanings = await number_replica.meanings(tx, named)
    meant = {case.id: number_replica.of(meanings, case.connection) for case in cases}
    wanted = {number for case in cases for number in wanted_numbers(case.order, meant[case.id])}
    articles = await article_replica.carriers(tx, wanted)
    projects = await connection_replica.projects(tx, connections)
    rules = await rules_book.current(tx, connections)
    facts = {case.id: case.facts(projects.get(case.connection, ""), service.clock()) for case in cases}
    master = await master_book.version(tx)
    asking = {connection for connection, now in rules.items() if master or now.rules.decides_contents}
    asked = [
        _asked(case, rules[case.connection].rules, facts[case.id], meant[case.id])
        for case in cases
        if case.connection in asking
    ]
    known: Mapping[UUID, Knowledge] = {
        one.id: knowledge
        for one, knowledge in zip(asked, await master_facts.load(tx, service.hasher, asked), strict=True)
    }
    verdicts = {}
    for case in cases:
        now = rules[case.connection]
        found = decide(case.order, now.rules, facts[case.id], now.version, known.get(case.id), master)
        verdicts[case.id] = judge(
            case.order,
            articles,
            tolerance=settings.rounding_tolerance,
            addressless=case.erased or (facts[case.id].entered and untold(case.order)),
            rejections=case.rejections,
            found=found,
            meant=meant[case.id],
        )
    return verdicts


def _asked(case: Case, rules: OrderRules, facts: Facts, meant: Numbers) -> Asked:
    name = decided_project(project(case.order, rules, facts).decisions)
    if case.before is None or not facts.entered:
        return Asked(case.id, case.order, name, case.erased, numbers=meant)
    had = frozenset(article_of(line.get("sku"), meant) for line in case.before.content.get("line_items", ()))
    return Asked(case.id, case.order, name, case.erased, "entered", had, meant)
