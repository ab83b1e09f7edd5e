"""New prices, judged row by row."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from services.sandbox.otto.goods import Goods
from services.sandbox.otto.tasks import Outcome, Tasks, error

PATH = "/v5/products/prices"


@dataclass
class Prices:
    """`sent` is what was sent last for each number, taken or not: who sends the same again is told that nothing
    changed."""

    goods: Goods
    tasks: Tasks
    clock: Callable[[], datetime]
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, rows: Any, stamp: str | None) -> dict[str, Any]:
        """Raises ApiError for the whole call."""
        return self.tasks.take(rows, stamp, self._apply, ("sku", "standardPrice"))

    def _apply(self, row: dict[str, Any]) -> Outcome:
        sku = str(row["sku"])
        if self.sent.get(sku) == row:
            return "unchanged", []
        self.sent[sku] = row
        known = self.goods.rows.get(sku)
        if known is None:
            return "failed", [error("100300", f"There is no product variation with the sku {sku}", "$.sku", PATH)]
        if wrong := wrong_prices(row, ""):
            return "failed", wrong
        # Whoever leaves the sale out ends it.
        norm = {name: known.pricing[name] for name in ("normPriceInfo",) if name in known.pricing}
        sale = {"sale": row["sale"]} if row.get("sale") else {}
        known.pricing = {"standardPrice": row["standardPrice"]} | sale | norm
        known.changed_at = self.clock()
        return "succeeded", []


def wrong_prices(pricing: dict[str, Any], below: str) -> list[dict[str, Any]]:
    """What is wrong with a standard price and a sale; `below` is where they stand in the row."""
    prices = {f"${below}.standardPrice": pricing["standardPrice"]}
    if pricing.get("sale"):
        prices[f"${below}.sale.salePrice"] = pricing["sale"].get("salePrice")
    if wrong := [path for path, money in prices.items() if not _sound(money)]:
        return [error("100220", "The price is not valid", path, PATH) for path in wrong]
    if pricing.get("sale") and pricing["sale"]["salePrice"]["amount"] >= pricing["standardPrice"]["amount"]:
        words = "The sale price must be below the standard price"
        return [error("100221", words, f"${below}.sale.salePrice", PATH)]
    return []


def _sound(money: Any) -> bool:
    """Euros above zero, with two decimals at most."""
    if not isinstance(money, dict) or money.get("currency") != "EUR":
        return False
    try:
        amount = Decimal(str(money.get("amount")))
    except InvalidOperation:
        return False
    return amount > 0 and amount == round(amount, 2)
