"""What the rules decided about orders, or would decide about one now; and the order for the ERP that follows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.order_import import (
    article_replica,
    connection_replica,
    master_facts,
    number_replica,
    rules_book,
    search,
    version_book,
)
from services.order_import.master_facts import Asked
from services.order_import.money_proof import sound
from services.order_import.order_rules import Verdict, judge, named_numbers, untold, wanted_numbers
from services.order_import.rules.contents import Contents, decide_contents
from services.order_import.rules.customers import ASKED_ANEW
from services.order_import.rules.decide import decide
from services.order_import.rules.facts import Facts
from services.order_import.rules.handling import Handling, handling
from services.order_import.rules.knowledge import Numbers
from services.order_import.rules.lines import grouped
from services.order_import.rules.model import OrderRules
from services.order_import.rules.projects import decided_project, project
from services.order_import.rules.ruling import Decision, Ruling
from services.order_import.rules_book import RuleVersion
from services.order_import.search import Head
from services.order_import.settings import OrderSettings
from services.order_import.version_book import UNJUDGED
from shared.chassis.service import Service
from shared.contracts.order import Order
from shared.persistence.database import Transaction

KEPT_BACK = ("parked", "waiting")


@dataclass(frozen=True, slots=True)
class Judged:
    """The decisions of one version of the rules and what they mean for whoever handles the order. `contents` None: its
    amounts cannot be added up."""

    rules_version: int
    decisions: tuple[Decision, ...]
    handling: Handling
    contents: Contents | None


async def of_orders(service: Service, tx: Transaction, orders: Sequence[tuple[Head, Order]]) -> dict[UUID, Judged]:
    """As each was decided when it was judged last. Of one that is kept back nothing is final yet: it is decided by the
    rules as they are now."""
    connections = list({head.connection for head, _ in orders})
    kept = await version_book.decisions(tx, [head.id for head, _ in orders if head.status not in KEPT_BACK])
    now = await rules_book.current(tx, connections)
    wanted = [(head.connection, kept.get(head.id, UNJUDGED).rules_version) for head, _ in orders]
    then = await rules_book.at_versions(tx, wanted)
    projects = await connection_replica.projects(tx, connections)
    meant = await _meant(tx, orders)
    asked = [
        _asked(head, order, now[head.connection].rules, projects.get(head.connection, ""), meant[head.id])
        for head, order in orders
    ]
    known = await master_facts.load(tx, service.hasher, asked)
    found = {}
    for (head, order), one, facts, version in zip(orders, asked, known, wanted, strict=True):
        if head.status in KEPT_BACK:
            rules = now[head.connection]
            findings = decide(order, rules.rules, Facts(projects.get(head.connection, "")), rules.version, facts)
            wish = handling(order, one.project, findings.decisions)
            found[head.id] = Judged(rules.version, findings.decisions, wish, findings.contents)
            continue
        judgement = kept.get(head.id, UNJUDGED)
        contents, ruling = decide_contents(order, then[version].rules, facts) if sound(order) else (None, Ruling())
        decisions = _with_contents(judgement.decisions, ruling.decisions)
        found[head.id] = Judged(judgement.rules_version, decisions, handling(order, head.project, decisions), contents)
    return found


async def groups(service: Service, tx: Transaction, id: UUID, rules_version: int) -> dict[str, str]:
    """By external line id the line that the ERP got it as, of an order in which equal lines became one."""
    found = await search.head(tx, id)
    if found is None or not rules_version:
        return {}
    head, content = found
    rules = (await rules_book.at_versions(tx, [(head.connection, rules_version)]))[head.connection, rules_version]
    if not rules.rules.lines.aggregate:
        return {}
    judged = (await of_orders(service, tx, [(head, Order.model_validate(content))]))[id]
    return {} if judged.contents is None else grouped(judged.contents.lines)


async def preview(
    service: Service, settings: OrderSettings, tx: Transaction, head: Head, order: Order, draft: RuleVersion | None
) -> tuple[Verdict, Judged]:
    """What would become of the order if it came now for the first time, under these rules or the present ones."""
    rules = draft or (await rules_book.current(tx, [head.connection]))[head.connection]
    facts = Facts((await connection_replica.projects(tx, [head.connection])).get(head.connection, ""))
    name = decided_project(project(order, rules.rules, facts).decisions)
    named = ((head.connection, number) for number in named_numbers(order))
    meant = number_replica.of(await number_replica.meanings(tx, named), head.connection)
    asked = Asked(head.id, order, name, head.erased_at is not None, numbers=meant)
    (known,) = await master_facts.load(tx, service.hasher, [asked])
    found = decide(order, rules.rules, facts, rules.version, replace(known, frozen=None))
    articles = await article_replica.carriers(tx, wanted_numbers(order, meant))
    verdict = judge(
        order,
        articles,
        tolerance=settings.rounding_tolerance,
        addressless=head.erased_at is not None or (head.imported_at is not None and untold(order)),
        found=found,
        meant=meant,
    )
    return verdict, Judged(rules.version, found.decisions, handling(order, name, found.decisions), found.contents)


async def _meant(tx: Transaction, orders: Sequence[tuple[Head, Order]]) -> dict[UUID, Numbers]:
    """What is final means what it meant when it was judged; of what is kept back the numbers are read as they are."""
    open = [(head, order) for head, order in orders if head.status in KEPT_BACK]
    named = ((head.connection, number) for head, order in open for number in named_numbers(order))
    now = await number_replica.meanings(tx, named)
    then = await number_replica.as_judged(tx, [head.id for head, _ in orders if head.status not in KEPT_BACK])
    return {
        head.id: number_replica.of(now, head.connection)
        if head.status in KEPT_BACK
        else number_replica.of(then, head.id)
        for head, _ in orders
    }


def _asked(head: Head, order: Order, rules: OrderRules, own_project: str, meant: Numbers) -> Asked:
    erased = head.erased_at is not None
    if head.status not in KEPT_BACK:
        return Asked(head.id, order, head.project, erased, "judged", numbers=meant)
    name = decided_project(project(order, rules, Facts(own_project)).decisions)
    if head.imported_at is None:
        return Asked(head.id, order, name, erased, numbers=meant)
    return Asked(head.id, order, name, erased, "entered", frozenset(wanted_numbers(order, meant)), meant)


def _with_contents(kept: Sequence[Decision], fresh: Sequence[Decision]) -> tuple[Decision, ...]:
    """What was kept, with whatever is asked anew. Where nobody asked about contents, all of it is; of an order from
    before there were rules, nothing is told."""
    if not kept:
        return ()
    asked = any(one.field == "tax" for one in kept)
    return (*kept, *(one for one in fresh if not asked or one.field in ASKED_ANEW))
