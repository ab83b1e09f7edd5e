"""One row of a price upload: what an article costs in one price list and currency, from so many pieces on."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.inventory.rows import Refusal, read_rows
from shared.contracts.money import Currency

CODES = {
    "article_number": "level_article_number_invalid",
    "price_list": "price_list_invalid",
    "currency": "price_currency_invalid",
    "from_quantity": "price_from_quantity_invalid",
    "amount": "price_amount_invalid",
    "basis": "price_basis_invalid",
    "tax": "price_tax_invalid",
    "strike": "price_strike_invalid",
}
Amount = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4)]
Basis = Literal["gross", "net"]
Tax = Literal["standard", "reduced", "exempt"]
Key = tuple[str, str, str, int]
Ladder = tuple[str, str, str]
"""All prices of an article in a list and currency, by quantity."""


class PriceRow(BaseModel):
    """The whole price of an article in a list ("" is the standard price), per piece if at least `from_quantity` are
    bought. `amount` None: there is none any more.

    `basis` says whether amount and strike include tax, `tax` which of a connection's rates holds. `strike` is what the
    price is shown to have been before, or the suggested retail price. Both count of the price from 1 only; a price from
    more pieces has no strike price of its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    article_number: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
    price_list: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")] = ""
    currency: Currency
    from_quantity: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    amount: Amount | None
    basis: Basis = "gross"
    tax: Tax = "standard"
    strike: Amount | None = None

    @property
    def key(self) -> Key:
        return self.article_number, self.price_list, self.currency, self.from_quantity


_ROWS = TypeAdapter(list[PriceRow])


def read_prices(raw: Sequence[Any]) -> tuple[dict[int, PriceRow], dict[int, Refusal]]:
    """The rows that can be stored and the refusals, both by position. The same price twice is refused twice."""
    rows, refusals = read_rows(_ROWS, raw, CODES)
    seen: dict[Key, int] = {}
    for position, row in rows.items():
        first = seen.setdefault(row.key, position)
        if first != position:
            for one in (first, position):
                refusals[one] = Refusal("price_row_twice", "article_number", words(row))
        elif row.strike is not None and row.from_quantity > 1:
            refusals[position] = Refusal("price_tier_strike", "strike", words(row))
        elif row.strike is not None and row.amount is not None and row.strike <= row.amount:
            shown = words(row) | {"strike": str(row.strike), "amount": str(row.amount)}
            refusals[position] = Refusal("price_strike_too_low", "strike", shown)
    return {position: row for position, row in rows.items() if position not in refusals}, refusals


def contradictions(rows: Mapping[int, PriceRow], stored: Collection[Key]) -> dict[int, Refusal]:
    """The rows, by position, that would leave prices from more pieces on without one from 1; `stored` are those that
    are there."""
    after: dict[Ladder, set[int]] = {}
    for *ladder, quantity in stored:
        after.setdefault((ladder[0], ladder[1], ladder[2]), set()).add(quantity)
    for row in rows.values():
        held = after.setdefault(row.key[:3], set())
        (held.discard if row.amount is None else held.add)(row.from_quantity)
    refusals = {}
    for position, row in rows.items():
        held = after[row.key[:3]]
        if held and 1 not in held:
            if row.amount is None and row.from_quantity == 1:
                left = words(row) | {"tiers": ", ".join(map(str, sorted(held)))}
                refusals[position] = Refusal("price_tiers_remain", "amount", left)
            elif row.amount is not None:
                refusals[position] = Refusal("price_tier_without_base", "from_quantity", words(row))
    return refusals


def words(row: PriceRow) -> dict[str, str]:
    """What names a price in a sentence."""
    return {
        "article": row.article_number, "list": row.price_list or "–", "currency": row.currency,
        "from": str(row.from_quantity),
    }  # fmt: skip
