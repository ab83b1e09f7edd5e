"""Breaks an order's payload on purpose, after it was rendered and counted correctly."""

from decimal import Decimal
from typing import Any

from services.sandbox.shopify.graph import UNKNOWN_FINANCIAL_STATUS
from services.sandbox.shopify.money import amount

Record = dict[str, Any]


def apply(order: Record, defect: str) -> None:
    purse, total = order["_purse"], amount(order["totalPriceSet"])
    match defect:
        case "unknown_status":
            order["displayFinancialStatus"] = UNKNOWN_FINANCIAL_STATUS
        case "wrong_type":
            line = order["lineItems"][0]
            line["quantity"] = f"{line['quantity']} Stück"
        case "absurd_total":
            _total(order, purse.bag(Decimal("999999999999999.99")))
        case "total_off_by_one_cent":
            _total(order, purse.bag(total + Decimal("0.01")))
        case "total_wrong":
            _total(order, purse.bag(total + 5))
        case "":
            pass
        case _:
            raise ValueError(f"This shop cannot stage the defect '{defect}'.")


def _total(order: Record, bag: Record) -> None:
    order |= {"totalPriceSet": bag, "currentTotalPriceSet": bag}
