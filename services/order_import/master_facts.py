"""Reading what the rules need to know: once per batch, one query per kind, however many orders it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

from pydantic import TypeAdapter

from services.order_import import bill_book, customer_book, order_bills
from services.order_import.customer_register import Keys, register
from services.order_import.master_data import ChargeArticleData, ProjectData, ThresholdData
from services.order_import.order_rules import Bills, wanted_numbers
from services.order_import.rules.knowledge import (
    ChargeArticle,
    ChargeArticleKind,
    Component,
    Knowledge,
    Matches,
    Numbers,
    Project,
)
from services.order_import.rules.tax_terms import Tax, Threshold
from shared.chassis.hashing import Hasher
from shared.contracts.order import Order
from shared.persistence.database import Transaction

_TAX = TypeAdapter(Tax)


@dataclass(frozen=True, slots=True)
class Asked:
    """An order that rules are to judge; `id` is ours, `project` the one it was assigned to.

    "new" is judged by master data as they are. "entered" was imported before: it keeps its taxes, and a threshold that
    nobody had entered then is none; of the numbers that it `had` when it was judged last it keeps the bills. "judged"
    is only shown as it was judged: no bill but its own. `numbers` are the shop's external ones.
    """

    id: UUID
    order: Order
    project: str = ""
    erased: bool = False
    stage: Literal["new", "entered", "judged"] = "new"
    had: frozenset[str] = frozenset()
    numbers: Numbers = field(default_factory=dict)

    def bills(self, present: Bills, own: Bills) -> Bills:
        """Those that it is taken apart by."""
        if self.stage == "judged":
            return own
        return {head: parts for head, parts in present.items() if head not in self.had} | dict(own)


@dataclass(frozen=True, slots=True)
class _Records:
    projects: Mapping[str, Project]
    charge_articles: Mapping[ChargeArticleKind, ChargeArticle]
    thresholds: Mapping[str, Threshold]


async def load(tx: Transaction, hasher: Hasher, asked: Sequence[Asked]) -> list[Knowledge]:
    """What is known of each order, in their order."""
    if not asked:
        return []
    records = await _records(tx, asked)
    numbers = {number for one in asked for number in wanted_numbers(one.order, one.numbers)}
    bills = await _bills(tx, numbers)
    own = await order_bills.of_orders(tx, [one.id for one in asked if one.stage != "new"])
    numbers |= {part.article_number for some in (bills, *own.values()) for parts in some.values() for part in parts}
    numbers |= {article.number for article in records.charge_articles.values()}
    titles, descriptions, ambiguous = await _articles(tx, numbers)
    matches = await _matches(tx, hasher, asked)
    frozen = await _frozen(tx, [one.id for one in asked])
    return [
        Knowledge(
            project=records.projects.get(one.project, Project(one.project)),
            matches=found,
            articles=titles,
            descriptions=descriptions,
            ambiguous=ambiguous,
            numbers=one.numbers,
            bills=one.bills(bills, own.get(one.id, {})),
            charge_articles=records.charge_articles,
            thresholds=records.thresholds if one.stage == "new" else {},
            frozen=frozen.get(one.id),
            erased=one.erased,
        )
        for one, found in zip(asked, matches, strict=True)
    ]


async def freeze_taxes(tx: Transaction, taxes: Mapping[UUID, Tax]) -> None:
    """Keeps how orders are taxed at their creation. The first time counts; the buyer's VAT id stays with the order."""
    if not taxes:
        return
    await tx.many(
        """INSERT INTO frozen_taxes (order_id, content) VALUES (:order_id, CAST(:content AS jsonb))
           ON CONFLICT DO NOTHING""",
        [{"order_id": id, "content": _TAX.dump_json(replace(taxes[id], vat_id="")).decode()} for id in sorted(taxes)],
    )


async def _records(tx: Transaction, asked: Sequence[Asked]) -> _Records:
    projects: dict[str, Project] = {}
    articles: dict[ChargeArticleKind, ChargeArticle] = {}
    thresholds: dict[str, Threshold] = {}
    addresses = [one for each in asked for one in (each.order.shipping_address, each.order.billing_address)]
    rows = await tx.rows(
        """SELECT kind, name, content FROM master_records
           WHERE kind = 'charge_article' OR (kind = 'project' AND name = ANY(:projects))
              OR (kind = 'threshold' AND name = ANY(:countries))""",
        projects=sorted({one.project for one in asked}),
        countries=sorted({one.country.upper() for one in addresses if one is not None}),
    )
    for row in rows:
        name, content = row["name"], row["content"]
        if row["kind"] == "project":
            project = ProjectData.model_validate(content)
            projects[name] = Project(name, project.default_customer, project.pos_customer)
        elif row["kind"] == "charge_article":
            article = ChargeArticleData.model_validate(content)
            articles[name] = ChargeArticle(article.article_number, article.names)
        else:
            thresholds[name] = ThresholdData.model_validate(content).threshold(name)
    return _Records(projects, articles, thresholds)


async def _bills(tx: Transaction, numbers: set[str]) -> dict[str, tuple[Component, ...]]:
    """Of what is put together on demand: a set that is kept in stock leaves its own shelf, whole."""
    found: dict[str, tuple[Component, ...]] = {}
    for row in await bill_book.components(tx, sorted(numbers)):
        if not row["kept_in_stock"]:
            part = Component(row["component"], row["quantity"])
            found[row["head"]] = (*found.get(row["head"], ()), part)
    return found


async def _articles(tx: Transaction, numbers: set[str]) -> tuple[dict[str, str], dict[str, str], dict[str, int]]:
    """Titles and descriptions of the numbers that one article carries, and how many articles carry each of the
    others."""
    rows = await tx.rows(
        """SELECT number, min(title) AS title, min(description) AS description, count(*) AS carriers
           FROM known_articles WHERE NOT deleted AND number = ANY(:numbers) GROUP BY number""",
        numbers=sorted(numbers),
    )
    alone = [row for row in rows if row["carriers"] == 1]
    titles = {row["number"]: row["title"] for row in alone}
    descriptions = {row["number"]: row["description"] for row in alone if row["description"]}
    return titles, descriptions, {row["number"]: row["carriers"] for row in rows if row["carriers"] > 1}


async def _matches(tx: Transaction, hasher: Hasher, asked: Sequence[Asked]) -> list[Matches]:
    wanted = []
    for one in asked:
        number = one.order.customer.number if one.order.customer is not None else ""
        wanted.append(Keys(number, *customer_book.keys_of(hasher, one.order)))
    found = await register(tx, wanted)
    return [found.of(keys) for keys in wanted]


async def _frozen(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Tax]:
    rows = await tx.rows("SELECT order_id, content FROM frozen_taxes WHERE order_id = ANY(:ids)", ids=list(ids))
    return {row["order_id"]: _TAX.validate_python(row["content"]) for row in rows}
