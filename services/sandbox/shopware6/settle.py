"""The head of an order from its parts, as recalculating it does."""

from decimal import Decimal
from typing import Any

from services.sandbox.shopware6.prices import summed, summed_taxes
from services.sandbox.shopware6.values import cents, to_interval


def settle(order: dict[str, Any]) -> None:
    """Writes the order's sums. Transactions keep the amount they had."""
    status = order["taxStatus"]
    for line in order["lineItems"]:
        line["createdAt"] = line["createdAt"] or order["createdAt"]
    prices = [line["price"] for line in order["lineItems"]]
    costs = [delivery["shippingCosts"] for delivery in order["deliveries"]]
    positions = sum((one["totalPrice"] for one in prices), Decimal(0))
    shipping = summed(costs, status)
    taxes = summed_taxes([*prices, *costs])
    tax = sum((one["tax"] for one in taxes), Decimal(0))
    counted = positions + shipping["totalPrice"]
    raw = counted + tax if status == "net" else counted
    total = to_interval(raw, order["totalRounding"]["interval"])
    net = counted - tax if status == "gross" else counted
    order |= {
        "amountTotal": cents(total), "amountNet": cents(net), "positionPrice": positions,
        "shippingTotal": shipping["totalPrice"], "shippingCosts": shipping,
        "price": {
            "netPrice": cents(net), "totalPrice": cents(total), "positionPrice": positions, "rawTotal": raw,
            "taxStatus": status, "calculatedTaxes": taxes, "taxRules": shipping["taxRules"], "apiAlias": "cart_price",
        },
    }  # fmt: skip
