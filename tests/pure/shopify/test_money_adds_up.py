"""Whatever a basket holds: the parts of the translated order make the total that the shop states."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.connectors.shopify import inbound, wire
from services.order_import.money_proof import prove, sound

AMOUNTS = st.decimals(Decimal("0.00"), Decimal("99999.99"), places=2)
SMALL = st.decimals(Decimal("0.00"), Decimal("0.99"), places=2)


def bag(amount: Decimal) -> dict[str, Any]:
    return {"shopMoney": {"amount": str(amount), "currencyCode": "EUR"}}


def tax(amount: Decimal) -> dict[str, Any]:
    return {"title": "MwSt", "rate": 0.19, "priceSet": bag(amount)}


LINES = st.lists(st.tuples(AMOUNTS, SMALL, SMALL, SMALL, st.integers(1, 9)), min_size=1, max_size=5)


@given(
    lines=LINES, shipping=st.lists(st.tuples(AMOUNTS, SMALL, SMALL), max_size=3), tip=SMALL, fee=AMOUNTS,
    rounding=st.sampled_from([Decimal("0.02"), Decimal("-0.01"), Decimal(0)]), included=st.booleans(),
    rounded=st.booleans(), removed=st.booleans(),
)  # fmt: skip
def test_the_parts_make_the_total(
    lines: list[Any], shipping: list[Any], tip: Decimal, fee: Decimal, rounding: Decimal, included: bool,
    rounded: bool, removed: bool,
) -> None:  # fmt: skip
    gross = Decimal(0) if included else Decimal(1)
    total = tip + fee + (rounding if rounded else 0)
    raw_lines = []
    for place, (amount, off, tax_amount, duty, quantity) in enumerate(lines):
        total += amount - off + gross * tax_amount + duty
        raw_lines.append(
            {
                "id": f"l{place}", "sku": "A", "quantity": quantity, "currentQuantity": quantity,
                "unfulfilledQuantity": quantity, "requiresShipping": True, "originalUnitPriceSet": bag(amount),
                "originalTotalSet": bag(amount), "discountAllocations": [{"allocatedAmountSet": bag(off)}],
                "taxLines": [tax(tax_amount)], "duties": [{"price": bag(duty), "taxLines": []}],
            }
        )  # fmt: skip
    raw_shipping = []
    for place, (amount, off, tax_amount) in enumerate(shipping):
        gone = removed and place == 0
        total += amount - off + gross * tax_amount
        raw_shipping.append(
            {
                "id": f"s{place}", "isRemoved": gone, "originalPriceSet": bag(amount),
                "discountAllocations": [{"allocatedAmountSet": bag(off)}], "taxLines": [tax(tax_amount)],
            }
        )  # fmt: skip
    at = datetime(2026, 11, 25, tzinfo=UTC).isoformat()
    order = inbound.order(
        wire.Order.model_validate(
            {
                "id": "o", "name": "#1", "processedAt": at, "updatedAt": at, "currencyCode": "EUR",
                "presentmentCurrencyCode": "EUR", "taxesIncluded": included, "displayFinancialStatus": "PAID",
                "displayFulfillmentStatus": "UNFULFILLED", "totalPriceSet": bag(total), "totalTipReceivedSet": bag(tip),
                "totalCashRoundingAdjustment": {"paymentSet": bag(rounding)}, "lineItems": raw_lines,
                "shippingLines": raw_shipping,
                "additionalFees": [{"id": "f", "price": bag(fee), "taxLines": []}],
            }
        )
    )  # fmt: skip
    assert sound(order)
    assert prove(order).difference == 0
