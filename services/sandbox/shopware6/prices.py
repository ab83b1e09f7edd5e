"""How Shopware counts: every amount with its taxes, in the order's own way (gross, net, tax-free).

Gross amounts hold their tax, net ones have it beside them, tax-free ones have none; each tax is rounded by itself. What
belongs to no article alone (shipping, promotions) is split over the tax rates of the goods by percentage.
"""

from decimal import Decimal
from typing import Any, Literal

from services.sandbox.shopware6.values import cents

TaxStatus = Literal["gross", "net", "tax-free"]
Shares = dict[Decimal, Decimal]
"""Tax rate (a fraction) to its share of the goods (adding up to 1)."""


def price(unit: Decimal, quantity: int, shares: Shares, status: TaxStatus) -> dict[str, Any]:
    """A calculated price, `unit` being gross or net as the status says."""
    total = cents(unit * quantity)
    taxes = [] if status == "tax-free" else [_tax(total, rate, share, status) for rate, share in shares.items()]
    rules = [] if status == "tax-free" else [
        {"taxRate": rate * 100, "percentage": round(share * 100, 12)} for rate, share in shares.items()
    ]  # fmt: skip
    return {
        "unitPrice": unit,
        "quantity": quantity,
        "totalPrice": total,
        "calculatedTaxes": taxes,
        "taxRules": rules,
        "referencePrice": None,
        "listPrice": None,
        "regulationPrice": None,
        "apiAlias": "calculated_price",
    }


def _tax(total: Decimal, rate: Decimal, share: Decimal, status: TaxStatus) -> dict[str, Any]:
    part = total * share
    tax = part - part / (1 + rate) if status == "gross" else part * rate
    # Only the tax is rounded; its base keeps thirteen digits, as a float does.
    return {"tax": cents(tax), "taxRate": rate * 100, "price": round(part, 13), "apiAlias": "cart_tax_calculated"}


def lowered(gross: Decimal, rate: Decimal, status: TaxStatus) -> Decimal:
    """A gross amount in the order's way of counting."""
    return gross if status == "gross" else cents(gross / (1 + rate))


def shares_of(lines: list[dict[str, Any]]) -> Shares:
    """How the goods' amounts spread over the tax rates."""
    sums: Shares = {}
    for line in lines:
        for rule in line["price"]["taxRules"]:
            rate = rule["taxRate"] / 100
            sums[rate] = sums.get(rate, Decimal(0)) + line["totalPrice"]
    whole = sum(sums.values(), Decimal(0))
    if not whole:
        return {rate: Decimal(int(index == 0)) for index, rate in enumerate(sums or {Decimal("0.19"): 0})}
    return {rate: amount / whole for rate, amount in sums.items()}


def summed_taxes(prices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The taxes of several prices, one row per rate."""
    rows: dict[Decimal, dict[str, Any]] = {}
    for one in prices:
        for tax in one["calculatedTaxes"]:
            row = rows.setdefault(tax["taxRate"], tax | {"tax": Decimal(0), "price": Decimal(0)})
            row["tax"] += tax["tax"]
            row["price"] += tax["price"]
    return list(rows.values())


def summed(prices: list[dict[str, Any]], status: TaxStatus) -> dict[str, Any]:
    """Several prices as one, as an order shows the shipping of all its deliveries."""
    total = sum((one["totalPrice"] for one in prices), Decimal(0))
    whole = price(total, 1, {}, status)
    rules = prices[0]["taxRules"] if prices else []
    return whole | {"calculatedTaxes": summed_taxes(prices), "taxRules": rules}
