"""What an order comes to: rows are rounded to cents, and each row's tax by itself."""

from decimal import Decimal
from typing import Any

from services.sandbox.shopware5.values import cents


def settle(order: dict[str, Any]) -> None:
    """Sets both totals, shipping included."""
    gross = net = Decimal(0)
    for row in order["details"]:
        worth = cents(row["price"] * row["quantity"])
        rate = row["taxRate"] / 100
        if order["taxFree"]:
            gross, net = gross + worth, net + worth
        elif order["net"]:
            gross, net = gross + worth + cents(worth * rate), net + worth
        else:
            gross, net = gross + worth, net + worth - cents(worth - worth / (1 + rate))
    order["invoiceAmount"] = gross + order["invoiceShipping"]
    order["invoiceAmountNet"] = net + order["invoiceShippingNet"]
