"""What only this platform's refunds have: a switch for the money, tax apart from the amounts, no key against twice."""

from decimal import Decimal
from typing import Any

from services.connectors.woocommerce.connector import WOOCOMMERCE
from services.connectors.woocommerce.sending.refunds import given
from services.sandbox.faults import Rule
from tests.wired.contract.shops import woocommerce
from tests.wired.contract.shops.woocommerce import VARIETIES
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_cancellations import reread
from tests.wired.contract.test_pushes import order_of, settled
from tests.wired.contract.test_refunds import refund, shipped


def kept(stand: Stand, order_id: str) -> list[dict[str, Any]]:
    """The shop's own records."""
    return list(stand.shop.store.refunds.get(int(order_id), {}).values())


async def paying_out() -> Stand:
    """The merchant lets the shop send the money."""
    stand = open_stand(VARIETIES[0], WOOCOMMERCE)
    on = {"api_refund": True}
    stand.client = WOOCOMMERCE.client(
        WOOCOMMERCE.credentials.model_validate(
            woocommerce.credentials(stand.shop, f"https://sandbox.test/woocommerce/{stand.variety.name}") | on
        ),
        stand.outside,
    )
    return stand


async def test_a_refund_is_only_entered_unless_the_merchant_lets_the_money_flow(stand: Stand) -> None:
    order = await shipped(stand)
    assert (await settled(stand, "refund", refund(order, "2.00"))).outcome == "done"
    (row,) = kept(stand, order.external_id)
    assert row["refunded_payment"] is False


async def test_with_the_switch_on_the_shop_pays_out_once(stand: Stand) -> None:
    payer = await paying_out()
    order = await shipped(payer)
    push = refund(order, "2.00")
    payer.opened.faults.add(Rule("answer_lost", times=1, path_contains="/refunds", method="POST"))
    outcomes = [(await settled(payer, "refund", push)).outcome for _ in range(2)]
    assert outcomes == ["unchanged", "unchanged"]
    (row,) = kept(payer, order.external_id)
    assert row["refunded_payment"] is True
    await payer.close()


async def test_a_payment_that_cannot_be_sent_back_is_refused_and_not_tried_again(stand: Stand) -> None:
    payer = await paying_out()
    order = await order_of(payer, "bank transfer, unpaid")
    result = await settled(payer, "refund", refund(order, "2.00"))
    assert (result.outcome, result.code) == ("failed", "refund_refused_by_shop")
    assert "automatic refunds" in result.params["detail"]
    assert kept(payer, order.external_id) == []
    await payer.close()


async def test_what_was_not_answered_and_is_not_there_is_never_sent_by_itself(stand: Stand) -> None:
    order = await shipped(stand)
    push = refund(order, "2.00")
    stand.opened.faults.add(Rule("error_500", times=1, path_contains="/refunds", method="POST"))
    result = await settled(stand, "refund", push)
    assert (result.outcome, result.code) == ("failed", "refund_unsure")
    assert kept(stand, order.external_id) == []


async def test_the_tax_within_an_amount_goes_back_rate_by_rate(stand: Stand) -> None:
    order = await shipped(stand)
    line = order.line_items[0]
    push = refund(order, "4.00", (line.external_id, 1, "4.00"))
    assert (await settled(stand, "refund", push)).outcome == "done"
    (row,) = kept(stand, order.external_id)
    assert -Decimal(row["line_items"][0]["total"]) == Decimal("3.74")
    assert -Decimal(row["line_items"][0]["total_tax"]) == Decimal("0.26")
    (shown,) = (await reread(stand, order)).refunds[0].lines
    assert (shown.total.amount, shown.quantity) == (Decimal(4), 1)


async def test_cents_of_tax_never_make_more_than_the_amount(stand: Stand) -> None:
    order = await shipped(stand)
    taxed = {
        "line_items": [
            {"id": 5, "total": "1.00", "total_tax": "0.333",
             "taxes": [{"id": 1, "total": "0.111"}, {"id": 2, "total": "0.222"}, {"id": 3, "total": ""}]}
        ]
    }  # fmt: skip
    wanted = refund(order, "0.05", ("5", 1, "0.05")).refund
    body = given(wanted, taxed)
    assert body is not None
    (line,) = body["line_items"]
    parts = [line["refund_total"], *(row["refund_total"] for row in line["refund_tax"])]
    assert sum(Decimal(str(part)) for part in parts) == Decimal("0.05")
    assert [row["id"] for row in line["refund_tax"]] == [1, 2]
