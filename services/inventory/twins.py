"""Two shops side by side: every listing of the one with its twin in the other, after a merchant has moved from the
first to the second.

The number decides, exactly. Where the second shop does not have it, an equal EAN makes a pair; where nobody has that
either, a number that differs only by blanks or case is proposed. What was paired by one rule is free for no other.
"""

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

from shared.persistence.database import Transaction

State = Literal["same", "different", "proposed", "missing", "additional", "ambiguous"]
Side = Literal["old", "new"]
Rule = Literal["number", "ean", "likeness", ""]
FIELDS = ("sku", "title", "price", "quantity", "ean")
"""What twins are compared by."""
Partners = tuple[Rule, Sequence["Listing"], int]
"""Rule and listings of the new shop, and how many of the old shop's claim them."""
NOBODY: Partners = ("", (), 0)
_BLANKS = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing as its shop states it; empty text where it has no number or EAN."""

    id: UUID
    external_id: str
    sku: str
    title: str
    amount: Decimal | None
    currency: str | None
    quantity: int | None
    ean: str

    @property
    def price(self) -> str:
        """As people read it; empty without a price."""
        if self.amount is None:
            return ""
        cents = self.amount == round(self.amount, 2)
        return f"{self.amount:.2f} {self.currency}" if cents else f"{self.amount.normalize():f} {self.currency}"


@dataclass(frozen=True, slots=True)
class Twin:
    """One listing of the old shop with what became of it, or one of the new shop that the old one never had. `rule` is
    what made the pair, `rivals` the new shop's listings among which nobody can choose; `same_number` counts the
    listings of its own shop that carry its number."""

    side: Side
    state: State
    rule: Rule
    same_number: int
    rivals: tuple[str, ...]
    old: Listing | None
    new: Listing | None

    @property
    def first(self) -> Listing:
        """The listing it is about."""
        found = self.old or self.new
        assert found is not None
        return found

    @property
    def differences(self) -> list[str]:
        """Names of what twins do not have in common; prices of two currencies are never equal."""
        return [] if self.old is None or self.new is None else _differences(self.old, self.new)


async def compare(tx: Transaction, old: UUID, new: UUID) -> list[Twin]:
    """All twins in a fixed order: first the old shop's listings, then what only the new one has."""
    return await asyncio.to_thread(pair, await _listings(tx, old), await _listings(tx, new))


def pair(olds: Sequence[Listing], news: Sequence[Listing]) -> list[Twin]:
    """Finds every listing its twin, rule by rule."""
    partners: dict[UUID, Partners] = {}
    olds_by_number, news_by_number = (Counter(one.sku for one in listings) for listings in (olds, news))
    free_olds, free_news = olds, news
    rules: tuple[tuple[Rule, Callable[[Listing], str]], ...] = (
        ("number", lambda one: one.sku),
        ("ean", lambda one: one.ean),
        ("likeness", lambda one: _BLANKS.sub("", one.sku).lower()),
    )
    for rule, key in rules:
        here, there = _grouped(free_olds, key), _grouped(free_news, key)
        common = here.keys() & there.keys()
        partners |= {one.id: (rule, there[word], len(here[word])) for word in common for one in here[word]}
        free_olds = [one for one in free_olds if key(one) not in common]
        free_news = [one for one in free_news if key(one) not in common]
    twins = [_twin(one, _times(olds_by_number, one), *partners.get(one.id, NOBODY)) for one in olds]
    return twins + [Twin("new", "additional", "", _times(news_by_number, one), (), None, one) for one in free_news]


def part(
    twins: Iterable[Twin], *, state: State | None = None, after: tuple[UUID, str] | None = None, limit: int
) -> list[Twin]:
    """Those behind `after`, the id and side of one of them, at most `limit`."""
    begin = None if after is None else (after[1] == "new", after[0])
    wanted = (
        one
        for one in twins
        if (state is None or one.state == state) and (begin is None or (one.side == "new", one.first.id) > begin)
    )
    return [one for one, _ in zip(wanted, range(limit), strict=False)]


async def known(tx: Transaction, connection: UUID) -> bool:
    """Whether inventory has heard of the connection: of another one nothing would be missing."""
    found = "SELECT EXISTS (SELECT FROM connections WHERE id = :id AND NOT deleted)"
    return bool(await tx.value(found, id=connection))


def shown(listing: Listing | None, field: str) -> str:
    """A field of a listing as people read it; empty where there is none."""
    value = None if listing is None else getattr(listing, field)
    return "" if value is None else str(value)


async def _listings(tx: Transaction, connection: UUID) -> list[Listing]:
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT id, external_id, coalesce(sku, '') AS sku, title, price AS amount, currency, quantity,
                  coalesce(ean, '') AS ean
           FROM listings WHERE connection = $1 AND state <> 'deleted' ORDER BY id""",
        connection,
    )
    return [Listing(**row) for row in rows]


def _grouped(listings: Iterable[Listing], key: Callable[[Listing], str]) -> dict[str, list[Listing]]:
    found: defaultdict[str, list[Listing]] = defaultdict(list)
    for one in listings:
        if word := key(one):
            found[word].append(one)
    return found


def _twin(old: Listing, count: int, rule: Rule, candidates: Sequence[Listing], rivals_here: int) -> Twin:
    if not candidates:
        return Twin("old", "missing", "", count, (), old, None)
    if len(candidates) > 1 or rivals_here > 1:
        return Twin("old", "ambiguous", rule, count, tuple(one.external_id for one in candidates), old, None)
    (new,) = candidates
    state: State = "proposed" if rule == "likeness" else "different" if _differences(old, new) else "same"
    return Twin("old", state, rule, count, (), old, new)


def _times(numbers: Counter[str], one: Listing) -> int:
    """How many carry its number; one without a number is alone."""
    return numbers[one.sku] if one.sku else 1


def _differences(old: Listing, new: Listing) -> list[str]:
    return [name for name in FIELDS if getattr(old, name) != getattr(new, name)]
