"""Bills of material: which components a head is made of. One level: a component has no bill of its own."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any
from uuid import uuid5

from pydantic import BaseModel, Field, TypeAdapter

from services.order_import import article_replica, master_book
from services.order_import.master_data import Name
from services.order_import.upload_rows import Outcome, Refusal, read_rows
from shared.chassis.service import Service
from shared.contracts.identity import KONTOR
from shared.contracts.journal import JournalEntry
from shared.persistence.database import Transaction

LOCK = 5_170_008


class ComponentRow(BaseModel, frozen=True, extra="forbid"):
    """`quantity` is per piece of the head."""

    article_number: Name
    quantity: Annotated[Decimal, Field(gt=0, lt=10**6, max_digits=12, decimal_places=6)]


class BillRow(BaseModel, frozen=True, extra="forbid"):
    """The whole bill of one head; without components, it has none any more."""

    head: Name
    components: list[ComponentRow] = Field(max_length=200)


class BillView(BaseModel):
    head: str
    components: list[ComponentRow]


_ROWS = TypeAdapter(list[BillRow])
Stored = Mapping[str, tuple[tuple[str, Decimal], ...]]


async def put(
    service: Service, tx: Transaction, raw: Sequence[Any], actor: str
) -> tuple[dict[int, Outcome], dict[int, Refusal]]:
    """Stores whole bills; answers the outcomes and the refusals by row."""
    rows, refusals = read_rows(_ROWS, raw)
    await tx.execute("SELECT pg_advisory_xact_lock(:key)", key=LOCK)
    numbers = {row.head for row in rows.values()} | {
        part.article_number for row in rows.values() for part in row.components
    }
    carriers = await article_replica.carriers(tx, numbers)
    stored = await _standing(tx, numbers)
    heads = {head for head, parts in stored.items() if parts} | {row.head for row in rows.values() if row.components}
    uses = {part.article_number for row in rows.values() for part in row.components} | await _used(tx, numbers)
    seen: dict[str, int] = {}
    for place, row in rows.items():
        first = seen.setdefault(row.head, place)
        if first != place:
            refusals |= {one: Refusal("master_row_twice", "head", {"key": row.head}) for one in (first, place)}
        elif refusal := _refused(row, carriers, heads, uses):
            refusals[place] = refusal
    kept = {place: row for place, row in rows.items() if place not in refusals}
    outcomes: dict[int, Outcome] = {}
    entries: list[JournalEntry] = []
    for place, row in kept.items():
        before = stored.get(row.head, ())
        outcomes[place] = _outcome(before, row)
        if outcomes[place] != "unchanged":
            entries.append(_entry(service, row, before, outcomes[place], actor))
    await _store(tx, [kept[place] for place, outcome in outcomes.items() if outcome != "unchanged"])
    if entries:
        await master_book.grow(tx)
    await service.journal.write(tx, entries)
    return outcomes, refusals


def _refused(row: BillRow, carriers: Mapping[str, int], heads: set[str], uses: set[str]) -> Refusal | None:
    if not row.components:
        return None
    parts = [part.article_number for part in row.components]
    if carriers.get(row.head, 0) != 1:
        return Refusal("master_article_unknown", "head", {"article": row.head})
    if row.head in uses:
        return Refusal("bill_head_is_component", "head", {"article": row.head})
    for position, part in enumerate(parts):
        field = f"components.{position}.article_number"
        if carriers.get(part, 0) != 1:
            return Refusal("master_article_unknown", field, {"article": part})
        if part in heads:
            return Refusal("bill_component_is_head", field, {"article": part})
        if part in parts[:position]:
            return Refusal("bill_component_twice", field, {"article": part})
    return None


def _outcome(before: Sequence[tuple[str, Decimal]], row: BillRow) -> Outcome:
    after = tuple((part.article_number, part.quantity) for part in row.components)
    if tuple(before) == after:
        return "unchanged"
    if not after:
        return "deleted"
    return "updated" if before else "created"


async def _standing(tx: Transaction, numbers: set[str]) -> Stored:
    found: dict[str, tuple[tuple[str, Decimal], ...]] = {}
    for row in await components(tx, sorted(numbers)):
        found[row["head"]] = (*found.get(row["head"], ()), (row["component"], row["quantity"]))
    return found


async def components(tx: Transaction, heads: Sequence[str]) -> list[dict[str, Any]]:
    """The components of these heads, in their order."""
    return await tx.rows(
        "SELECT head, component, quantity FROM bill_components WHERE head = ANY(:heads) ORDER BY head, position",
        heads=list(heads),
    )


async def _used(tx: Transaction, numbers: set[str]) -> set[str]:
    rows = await tx.rows(
        "SELECT DISTINCT component FROM bill_components WHERE component = ANY(:numbers)", numbers=sorted(numbers)
    )
    return {row["component"] for row in rows}


async def _store(tx: Transaction, rows: Sequence[BillRow]) -> None:
    if not rows:
        return
    driver = await tx.driver()
    await driver.execute("DELETE FROM bill_components WHERE head = ANY($1::text[])", [row.head for row in rows])
    records = [
        (row.head, position, part.article_number, part.quantity)
        for row in rows
        for position, part in enumerate(row.components)
    ]
    await driver.copy_records_to_table(
        "bill_components", records=records, columns=["head", "position", "component", "quantity"]
    )


async def page(tx: Transaction, *, head: str | None, component: str | None, after: str, limit: int) -> list[BillView]:
    """Bills by head, perhaps only those that a component belongs to."""
    heads = await tx.rows(
        """SELECT DISTINCT head FROM bill_components
           WHERE head > :after AND (CAST(:head AS text) IS NULL OR head = :head)
             AND (CAST(:component AS text) IS NULL
                  OR head IN (SELECT b.head FROM bill_components b WHERE b.component = :component))
           ORDER BY head LIMIT :limit""",
        head=head,
        component=component,
        after=after,
        limit=limit,
    )
    found: dict[str, list[ComponentRow]] = {row["head"]: [] for row in heads}
    for row in await components(tx, list(found)):
        part = ComponentRow.model_construct(article_number=row["component"], quantity=row["quantity"])
        found[row["head"]].append(part)
    return [BillView.model_construct(head=one, components=parts) for one, parts in found.items()]


def _entry(
    service: Service, row: BillRow, before: Sequence[tuple[str, Decimal]], outcome: Outcome, actor: str
) -> JournalEntry:
    after = [(part.article_number, part.quantity) for part in row.components]
    words = {"article": row.head, "before": _shown(before), "after": _shown(after)}
    return service.journal.entry(
        noun="master_data",
        subject=str(uuid5(KONTOR, f"bill:{row.head}")),
        action="deleted" if outcome == "deleted" else "created" if outcome == "created" else "updated",
        code="bill_stored",
        params=words,
        actor=actor,
    )


def _shown(parts: Sequence[tuple[str, Decimal]]) -> str:
    return ", ".join(f"{quantity.normalize():f} × {number}" for number, quantity in parts) or "–"
