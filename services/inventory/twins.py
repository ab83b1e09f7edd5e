"""Two shops side by side: every listing of the one with its twin in the other, after a merchant has moved from the
first to the second.

The number decides, exactly. Where the second shop does not have it, an equal EAN makes a pair; where nobody has that
either, a number that differs only by blanks or case is proposed. What was paired by one rule is free for no other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from shared.persistence.database import Transaction

State = Literal["same", "different", "proposed", "missing", "additional", "ambiguous"]
Side = Literal["old", "new"]
FIELDS = ("sku", "title", "price", "quantity", "ean")
"""What twins are compared by."""

_PAIRED = r"""
WITH shown AS (
    SELECT l.id, l.connection, l.external_id, coalesce(l.sku, '') AS sku, coalesce(l.ean, '') AS ean, l.title, l.price,
           l.currency, l.quantity, lower(regexp_replace(coalesce(l.sku, ''), '\s', '', 'g')) AS spelling
    FROM listings l WHERE l.connection IN (:old, :new) AND l.state <> 'deleted'),
old AS (SELECT *, count(*) OVER (PARTITION BY sku) AS same_number FROM shown WHERE connection = :old),
new AS (SELECT *, count(*) OVER (PARTITION BY sku) AS same_number FROM shown WHERE connection = :new),
by_number AS (SELECT o.id AS old, n.id AS new FROM old o JOIN new n USING (sku) WHERE sku <> ''),
by_ean AS (
    SELECT o.id AS old, n.id AS new FROM old o JOIN new n USING (ean)
    WHERE ean <> '' AND o.id NOT IN (SELECT old FROM by_number) AND n.id NOT IN (SELECT new FROM by_number)),
by_likeness AS (
    SELECT o.id AS old, n.id AS new FROM old o JOIN new n USING (spelling)
    WHERE spelling <> '' AND o.id NOT IN (SELECT old FROM by_number UNION ALL SELECT old FROM by_ean)
      AND n.id NOT IN (SELECT new FROM by_number UNION ALL SELECT new FROM by_ean)),
pairs AS (
    SELECT *, 'number' AS rule FROM by_number UNION ALL SELECT *, 'ean' FROM by_ean
    UNION ALL SELECT *, 'likeness' FROM by_likeness),
counted AS (
    SELECT *, count(*) OVER (PARTITION BY old) AS of_old, count(*) OVER (PARTITION BY new) AS of_new FROM pairs),
candidates AS (
    SELECT c.old, min(c.rule) AS rule, bool_or(c.of_old > 1 OR c.of_new > 1) AS ambiguous,
           array_agg(c.new ORDER BY c.new) AS news, array_agg(n.external_id ORDER BY n.external_id) AS rivals
    FROM counted c JOIN new n ON n.id = c.new GROUP BY c.old),
twins AS (
    SELECT 'old' AS side, o.id, c.rule, o.id AS old, CASE WHEN NOT c.ambiguous THEN c.news[1] END AS new,
           o.same_number, CASE WHEN c.ambiguous THEN c.rivals ELSE '{}' END AS rivals,
           CASE WHEN c.old IS NULL THEN 'missing' WHEN c.ambiguous THEN 'ambiguous'
                WHEN c.rule = 'likeness' THEN 'proposed'
                WHEN (o.sku, o.title, o.price, o.currency, o.quantity, o.ean)
                     IS DISTINCT FROM (n.sku, n.title, n.price, n.currency, n.quantity, n.ean) THEN 'different'
                ELSE 'same' END AS state
    FROM old o LEFT JOIN candidates c ON c.old = o.id LEFT JOIN new n ON n.id = c.news[1]
    UNION ALL
    SELECT 'new', n.id, NULL, NULL, n.id, n.same_number, '{}', 'additional'
    FROM new n WHERE n.id NOT IN (SELECT new FROM pairs))
"""

_LISTING = """jsonb_build_object('id', {0}.id, 'external_id', {0}.external_id, 'sku', {0}.sku, 'title', {0}.title,
    'price', {0}.price::text, 'currency', {0}.currency, 'quantity', {0}.quantity, 'ean', {0}.ean)"""


@dataclass(frozen=True)
class Twin:
    """One listing of the old shop with what became of it, or one of the new shop that the old one never had. `rule` is
    what made the pair, `rivals` the new shop's listings among which nobody can choose; `same_number` counts the
    listings of its own shop that carry its number."""

    side: Side
    id: UUID
    state: State
    rule: str
    same_number: int
    rivals: tuple[str, ...]
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None

    @property
    def differences(self) -> list[str]:
        """Names of what twins do not have in common; prices of two currencies are never equal."""
        if self.old is None or self.new is None:
            return []
        return [name for name in FIELDS if _value(self.old, name) != _value(self.new, name)]


async def page(
    tx: Transaction,
    old: UUID,
    new: UUID,
    *,
    state: State | None = None,
    after: tuple[UUID, str] | None = None,
    limit: int,
) -> list[Twin]:
    """Twins in a fixed order: first the old shop's listings, then what only the new one has. `after` names the last one
    of the page before by its id and side."""
    rows = await tx.rows(
        f"""{_PAIRED}
            SELECT t.side, t.id, t.state, coalesce(t.rule, '') AS rule, t.same_number, t.rivals,
                   CASE WHEN o.id IS NOT NULL THEN {_LISTING.format("o")} END AS old,
                   CASE WHEN n.id IS NOT NULL THEN {_LISTING.format("n")} END AS new
            FROM twins t LEFT JOIN old o ON o.id = t.old LEFT JOIN new n ON n.id = t.new
            WHERE (CAST(:state AS text) IS NULL OR t.state = :state)
              AND (CAST(:side AS text) IS NULL OR (t.side = 'new', t.id) > (:side = 'new', CAST(:id AS uuid)))
            ORDER BY t.side = 'new', t.id LIMIT :limit""",
        old=old,
        new=new,
        state=state,
        side=after[1] if after else None,
        id=after[0] if after else None,
        limit=limit,
    )
    return [Twin(**row | {"rivals": tuple(row["rivals"])}) for row in rows]


async def counts(tx: Transaction, old: UUID, new: UUID) -> dict[str, int]:
    """How many twins are in each state."""
    rows = await tx.rows(f"{_PAIRED} SELECT state, count(*) AS n FROM twins GROUP BY state", old=old, new=new)
    return {row["state"]: row["n"] for row in rows}


async def known(tx: Transaction, connection: UUID) -> bool:
    """Whether inventory has heard of the connection: of another one nothing would be missing."""
    found = "SELECT EXISTS (SELECT FROM connections WHERE id = :id AND NOT deleted)"
    return bool(await tx.value(found, id=connection))


def shown(listing: Mapping[str, Any] | None, field: str) -> str:
    """A field of a listing as people read it; empty where there is none."""
    value = _value(listing, field) if listing is not None else None
    return "" if value is None else str(value)


def _value(listing: Mapping[str, Any], field: str) -> Any:
    if field != "price" or listing["price"] is None:
        return listing[field]
    amount = Decimal(listing["price"])
    figure = f"{amount:.2f}" if amount == round(amount, 2) else f"{amount.normalize():f}"
    return f"{figure} {listing['currency']}"
