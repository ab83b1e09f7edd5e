"""The ledger: the shop's own list against what we hold. Nothing missing, nothing twice, parked exactly what must be."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Ledger:
    """One connection's account. Totals are per currency, over the orders that must be imported."""

    platform: str
    shop_orders: int
    imported: int
    waiting: int
    parked: int
    parked_expected: int
    missing: tuple[str, ...]
    duplicated: tuple[str, ...]
    unexpected: tuple[str, ...]
    wrongly_parked: Mapping[str, str]
    total_shop: Mapping[str, Decimal]
    total_imported: Mapping[str, Decimal]
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def faults(self) -> list[str]:
        """What is wrong, in sentences; empty when everything adds up."""
        found = []
        for what, ids in (
            ("missing", self.missing),
            ("twice", self.duplicated),
            ("never in the shop", self.unexpected),
        ):
            if ids:
                found.append(f"{self.platform}: {len(ids)} orders are {what}: {', '.join(ids[:5])}")
        found += [f"{self.platform}: order {id} {what}" for id, what in list(self.wrongly_parked.items())[:5]]
        if self.total_shop != self.total_imported:
            found.append(
                f"{self.platform}: the shop's total is {_money(self.total_shop)}, ours is {_money(self.total_imported)}"
            )
        return found


@dataclass(frozen=True)
class Figures:
    """What became of a connection's orders in one case of trouble. `recover_s` is None where nothing had to recover.

    `attempted` orders the shop made, `confirmed` those whose event the broker confirmed, `persisted` those in the order
    book, `duplicated` orders twice and effects twice (imported, reserved, shipped), `stuck` what was still under way
    when the time was up.
    """

    attempted: int
    confirmed: int
    persisted: int
    lost: int
    duplicated: int
    stuck: int
    parked: int
    unexpected: int
    recover_s: float | None


def figures(
    ledger: Ledger, *, confirmed: int, effects_twice: int, stuck: int, recover_s: float | None = None
) -> Figures:
    """The ledger of a case together with what only the other books know."""
    return Figures(
        attempted=ledger.shop_orders,
        confirmed=confirmed,
        persisted=ledger.imported + ledger.waiting + ledger.parked,
        lost=len(ledger.missing),
        duplicated=len(ledger.duplicated) + effects_twice,
        stuck=stuck,
        parked=ledger.parked,
        unexpected=len(ledger.unexpected),
        recover_s=recover_s,
    )


def compare(platform: str, census: Sequence[Mapping[str, Any]], held: Iterable[Mapping[str, Any]]) -> Ledger:
    """`census`: the shop's rows with the codes each must be parked with. `held`: our rows with status and reasons."""
    rows = list(held)
    ours = {row["external_id"]: row for row in rows}
    shop = {row["external_id"]: row for row in census}
    counted = Counter(row["external_id"] for row in rows)
    wrong: dict[str, str] = {}
    for id, row in shop.items():
        expected, actual = sorted(row["expect"]), _codes(ours.get(id))
        if id in ours and expected != actual:
            wrong[id] = f"({row['case']}) must be parked with {expected or 'nothing'}, but has {actual or 'nothing'}"
    status = Counter(row["status"] for row in rows)
    reasons = Counter(code for row in rows for code in _codes(row))
    return Ledger(
        platform=platform,
        shop_orders=len(shop),
        imported=status["imported"] + status["cancelled"],
        waiting=status["waiting"],
        parked=status["parked"] + status["unreadable"],
        parked_expected=sum(1 for row in shop.values() if row["expect"]),
        missing=tuple(sorted(shop.keys() - ours.keys())),
        duplicated=tuple(sorted(id for id, n in counted.items() if n > 1)),
        unexpected=tuple(sorted(ours.keys() - shop.keys())),
        wrongly_parked=wrong,
        total_shop=_totals(row for row in shop.values() if not row["expect"]),
        total_imported=_totals(row for row in rows if row["status"] in ("imported", "cancelled", "waiting")),
        reasons=dict(reasons),
    )


def _codes(row: Mapping[str, Any] | None) -> list[str]:
    return [] if row is None or row["status"] not in ("parked", "unreadable") else sorted(row["reasons"])


def _totals(rows: Iterable[Mapping[str, Any]]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for row in rows:
        totals[row["currency"]] = totals.get(row["currency"], Decimal(0)) + Decimal(str(row["total"]))
    return {currency: total.quantize(Decimal("0.01")) for currency, total in sorted(totals.items())}


def _money(totals: Mapping[str, Decimal]) -> str:
    return ", ".join(f"{total} {currency}" for currency, total in totals.items()) or "nothing"
