"""Settlements are taken once: each order's share is named, the sum is proved, and refunds stand beside their orders."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import orjson

from services.sandbox.merchant import Change
from shared.connector_kit.declaration import Page, Remark
from shared.contracts.money import Money
from tests.wired.amazon.calls import asked
from tests.wired.amazon.test_reading import case
from tests.wired.amazon.test_returns import Account, later, orders
from tests.wired.contract.stand import Stand


def remarks(pages: list[Page], code: str) -> list[Remark]:
    return [one for page in pages for one in page.remarks if one.code == code]


def sent(stand: Stand, name: str = "point of sale") -> str:
    """An order that was sent, so that Amazon pays it."""
    id: str = stand.shop.place(case(stand, name))
    order = stand.shop.store.book.orders[id]
    for row in order.items:
        row["fulfillment"].update(quantityFulfilled=row["quantityOrdered"], quantityUnfulfilled=0)
    stand.shop.store.book.settle(order)
    return id


def total(stand: Stand, id: str) -> Decimal:
    return Decimal(stand.shop.store.book.orders[id].body["proceeds"]["grandTotal"]["amount"])


async def test_a_settlement_adds_up_and_each_order_has_its_share(stand: Stand) -> None:
    ids = [sent(stand), sent(stand, "guest")]
    settlement = stand.shop.settle()
    pages = await later(stand, minutes=16)
    (whole,) = remarks(pages, "settlement_proved")
    assert (whole.external_id, whole.params["settlement"], whole.params["orders"]) == ("", settlement, "2")
    assert whole.params["total"] == whole.params["sum"]
    assert "Subscription Fee -39.00 EUR" in whole.params["rest"]
    shares = {one.external_id: one for one in remarks(pages, "order_settled")}
    assert set(shares) == set(ids)
    for id, share in shares.items():
        rows = orjson.loads(share.body)["rows"]
        principal = sum(Decimal(row["amount"]) for row in rows if row["amount-description"] == "Principal")
        assert principal == total(stand, id)
        fees = sum(Decimal(row["amount"]) for row in rows if row["amount-description"] == "Commission")
        assert share.params["amount"] == f"{principal + fees} EUR"
        assert f"Order ItemPrice Principal {principal} EUR" in share.params["parts"]


async def test_a_settlement_that_does_not_add_up_is_told_with_both_sums(stand: Stand) -> None:
    sent(stand)
    stand.shop.store.reports.ledger.off = Decimal("1.01")
    stand.shop.settle()
    (whole,) = remarks(await later(stand, minutes=16), "settlement_off")
    assert (whole.outcome, whole.params["difference"]) == ("error", "1.01 EUR")


async def test_it_is_taken_once(stand: Stand) -> None:
    sent(stand)
    stand.shop.settle()
    assert len(remarks(await later(stand, minutes=16), "order_settled")) == 1
    for _ in range(2):
        assert [page for page in await later(stand, minutes=16) if page.remarks] == []
    assert len(asked(stand, "GET", "/reports/2021-06-30/documents/")) == 1
    sent(stand, "guest")
    stand.shop.settle()
    assert len(remarks(await later(stand, minutes=16), "order_settled")) == 1


async def test_money_that_a_buyer_got_back_stands_beside_his_order_once(stand: Stand) -> None:
    id = sent(stand, "engraving")
    await later(stand, minutes=3)
    stand.shop.change(id, Change("refund_amount", amount=Decimal("5.00")))
    stand.shop.settle()
    found: Any = orders(stand, await later(stand, minutes=16))[id]
    (refund,) = found.refunds
    assert refund.total == Money.of(Decimal("5.00"), "EUR")
    # Money only: which goods come back, a return tells.
    line = found.line_items[0].external_id
    assert [(one.line_external_id, one.quantity, one.total.amount) for one in refund.lines] == [(line, 0, Decimal(5))]
    stand.shop.change(id, Change("refund_line", line=0, quantity=1))
    stand.shop.settle()
    again = orders(stand, await later(stand, minutes=16))[id]
    assert len({one.external_id for one in again.refunds}) == 2
    assert again.refunds[0] == refund


async def test_a_connection_for_one_way_of_sending_tells_its_own_orders(account: Account) -> None:
    for way, wanted in (("merchant", "guest"), ("amazon", "point of sale")):
        stand = account({"fulfilment": way})
        ids = {name: sent(stand, name) for name in ("guest", "point of sale")}
        stand.shop.settle()
        pages = await later(stand, minutes=16)
        assert {one.external_id for one in remarks(pages, "order_settled")} == {ids[wanted]}
        assert len(remarks(pages, "settlement_proved")) == 1


async def test_a_report_that_cannot_be_read_is_named_and_stops_nothing(stand: Stand) -> None:
    sent(stand)
    stand.shop.settle()
    made = stand.shop.store.reports.rows[0]
    made.result = stand.shop.store.reports._file(("settlement-id", "amount"), [{"settlement-id": "1", "amount": "2"}])
    sent(stand, "guest")
    stand.sandbox.clock.shift(timedelta(seconds=1))
    stand.shop.settle()
    pages = await later(stand, minutes=16)
    (unreadable,) = remarks(pages, "report_unreadable")
    assert (unreadable.outcome, unreadable.params["field"]) == ("error", "total-amount")
    assert "settlement-id" in orjson.loads(unreadable.body)["content"]
    assert len(remarks(pages, "order_settled")) == 1


async def test_a_refund_in_another_currency_and_one_of_an_unknown_order_are_named(stand: Stand) -> None:
    id, other = sent(stand, "engraving"), sent(stand, "guest")
    for one in (id, other):
        stand.shop.change(one, Change("refund_amount", amount=Decimal("5.00")))
    book = stand.shop.store.book
    stand.shop.settle()
    del book.orders[other]
    book.orders[id].body["proceeds"]["grandTotal"]["currencyCode"] = "PLN"
    pages = await later(stand, minutes=16)
    assert [one.external_id for one in remarks(pages, "refund_in_other_currency")] == [id]
    assert [(one.external_id, one.code) for page in pages for one in page.left_out] == [
        (other, "settled_order_unknown")
    ]
