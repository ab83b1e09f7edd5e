"""Bills of material: which components a head is made of. One level: a component has no bill of its own. Every change is
told to the inventory, which makes a set's stock of its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any
from uuid import uuid5

from pydantic import BaseModel, Field, TypeAdapter

from services.order_import import article_replica, master_book
from services.order_import.master_data import Name
from services.order_import.upload_rows import Outcome, Refusal, read_rows
from shared.chassis.outbox import emit
from shared.chassis.service import Service
from shared.contracts.bill import BillChanged, BillPart
from shared.contracts.envelope import Event
from shared.contracts.identity import KONTOR
from shared.contracts.journal import JournalEntry
from shared.persistence.database import Transaction

LOCK = 5_170_008


class ComponentRow(BaseModel, frozen=True, extra="forbid"):
    """`quantity` is per piece of the head."""

    article_number: Name
    quantity: Annotated[Decimal, Field(gt=0, lt=10**6, max_digits=12, decimal_places=6)]


class BillRow(BaseModel, frozen=True, extra="forbid"):
    """The whole bill of one head; without components, it has none any more. A set that is `kept_in_stock` has a shelf
    of its own: its orders take pieces of it and are not taken apart."""

    head: Name
    kept_in_stock: bool = False
    components: list[ComponentRow] = Field(max_length=200)


class BillView(BaseModel):
    head: str
    kept_in_stock: bool
    components: list[ComponentRow]


_ROWS = TypeAdapter(list[BillRow])

Parts = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True)
class Bill:
    """A bill as it stands. Without parts it is none, whose version still counts on."""

    kept_in_stock: bool = False
    parts: Parts = ()


NONE = Bill()


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
    heads = set(stored) | {row.head for row in rows.values() if row.components}
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
        before = stored.get(row.head, NONE)
        outcomes[place] = _outcome(before, row)
        if outcomes[place] != "unchanged":
            entries.append(_entry(service, row, before, outcomes[place], actor))
    changed = [kept[place] for place, outcome in outcomes.items() if outcome != "unchanged"]
    if changed:
        await _store(service, tx, changed)
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


def _of(row: BillRow) -> Bill:
    parts = tuple((part.article_number, part.quantity) for part in row.components)
    return Bill(row.kept_in_stock, parts) if parts else NONE


def _outcome(before: Bill, row: BillRow) -> Outcome:
    after = _of(row)
    if before == after:
        return "unchanged"
    if not after.parts:
        return "deleted"
    return "updated" if before.parts else "created"


async def _standing(tx: Transaction, numbers: set[str]) -> dict[str, Bill]:
    found: dict[str, Bill] = {}
    for row in await components(tx, sorted(numbers)):
        before = found.get(row["head"], NONE)
        found[row["head"]] = Bill(row["kept_in_stock"], (*before.parts, (row["component"], row["quantity"])))
    return found


async def components(tx: Transaction, heads: Sequence[str]) -> list[dict[str, Any]]:
    """The components of these heads, in their order."""
    return await tx.rows(
        """SELECT head, kept_in_stock, component, quantity FROM bill_components JOIN bills USING (head)
           WHERE head = ANY(:heads) ORDER BY head, position""",
        heads=list(heads),
    )


async def _used(tx: Transaction, numbers: set[str]) -> set[str]:
    rows = await tx.rows(
        "SELECT DISTINCT component FROM bill_components WHERE component = ANY(:numbers)", numbers=sorted(numbers)
    )
    return {row["component"] for row in rows}


async def _store(service: Service, tx: Transaction, rows: Sequence[BillRow]) -> None:
    driver = await tx.driver()
    versions = await driver.fetch(
        """INSERT INTO bills AS b (head, version, kept_in_stock) SELECT head, 1, kept
           FROM unnest($1::text[], $2::boolean[]) AS r(head, kept)
           ON CONFLICT (head) DO UPDATE SET version = b.version + 1, kept_in_stock = EXCLUDED.kept_in_stock
           RETURNING head, version""",
        [row.head for row in rows],
        [row.kept_in_stock for row in rows],
    )
    await driver.execute("DELETE FROM bill_components WHERE head = ANY($1::text[])", [row.head for row in rows])
    records = [
        (row.head, position, part.article_number, part.quantity)
        for row in rows
        for position, part in enumerate(row.components)
    ]
    await driver.copy_records_to_table(
        "bill_components", records=records, columns=["head", "position", "component", "quantity"]
    )
    known = {row["head"]: row["version"] for row in versions}
    await emit(tx, [_told(service, row, known[row.head]) for row in rows])


def _told(service: Service, row: BillRow, version: int) -> Event[BillChanged]:
    parts = tuple(BillPart(article_number=one.article_number, quantity=one.quantity) for one in row.components)
    told = BillChanged(head=row.head, version=version, kept_in_stock=row.kept_in_stock, parts=parts)
    return service.event(told, subject=_subject(row.head), version=version)


async def page(tx: Transaction, *, head: str | None, component: str | None, after: str, limit: int) -> list[BillView]:
    """Bills by head, perhaps only those that a component belongs to."""
    heads = await tx.rows(
        """SELECT DISTINCT head, kept_in_stock FROM bill_components JOIN bills USING (head)
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
    return [
        BillView.model_construct(head=row["head"], kept_in_stock=row["kept_in_stock"], components=found[row["head"]])
        for row in heads
    ]


def _entry(service: Service, row: BillRow, before: Bill, outcome: Outcome, actor: str) -> JournalEntry:
    words = {"article": row.head, "before": _shown(before), "after": _shown(_of(row))}
    return service.journal.entry(
        noun="master_data",
        subject=_subject(row.head),
        action="deleted" if outcome == "deleted" else "created" if outcome == "created" else "updated",
        code="bill_stored",
        params=words,
        actor=actor,
    )


def _subject(head: str) -> str:
    return str(uuid5(KONTOR, f"bill:{head}"))


def _shown(bill: Bill) -> str:
    parts = ", ".join(f"{quantity.normalize():f} × {number}" for number, quantity in bill.parts)
    return f"[{parts}]" if bill.kept_in_stock else parts or "–"
