"""OTTO writes invoices and credit notes in the seller's name: they stand at the order, and none is written again."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from services.connectors.otto.connector import OTTO
from services.sandbox.merchant import Change
from shared.connector_kit.declaration import Window
from shared.connector_kit.translation import read
from shared.contracts.order import Order
from tests.wired.contract.shops.otto import VARIETIES, credentials
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_cancellations import reread
from tests.wired.contract.test_pushes import order_of, parcel, settled
from tests.wired.otto.test_sending import lines


@pytest.fixture
async def booking() -> AsyncIterator[Stand]:
    """The seller wants the receipts read, and his app may."""
    variety = replace(VARIETIES[0], credentials=lambda shop, url: credentials(shop, url) | {"read_receipts": "yes"})
    opened = open_stand(variety, OTTO)
    yield opened
    await opened.close()


def receipts(order: Order) -> list[tuple[str, str]]:
    return [(one.name, one.value) for one in order.properties if one.name.startswith("receipt")]


async def test_each_parcel_has_its_own_invoice_and_they_add_up_to_the_order(booking: Stand) -> None:
    order = await order_of(booking, "reduced rate only")
    assert receipts(order) == []
    first = [line.external_id for line in order.line_items[:3]]
    await settled(booking, "fulfilment", parcel(order, "N1", lines=lines(*first)))
    await settled(booking, "fulfilment", parcel(await reread(booking, order), "N2"))
    after = await reread(booking, order)
    told = receipts(after)
    assert [name for name, _ in told] == ["receipt PURCHASE"] * 2
    assert sum(Decimal(value.split(", ")[2].removesuffix(" EUR")) for _, value in told) == order.total.amount
    assert after.refunds == ()


async def test_a_price_reduction_is_a_refund_although_the_order_itself_is_on_no_list_for_it(booking: Stand) -> None:
    order = await order_of(booking, "engraving")
    await settled(booking, "fulfilment", parcel(order))
    booking.sandbox.clock.shift(timedelta(hours=5))
    since = booking.sandbox.clock() - timedelta(hours=1)
    assert await booking.items(window=Window(since)) == {}
    booking.shop.change(order.external_id, Change("refund_amount", amount=Decimal("5.00")))
    (raw,) = (await booking.items(window=Window(since))).values()
    after = read(booking.stream("order"), raw).contract
    assert isinstance(after, Order)
    (refund,) = after.refunds
    assert (refund.total.amount, refund.reason, refund.lines) == (Decimal(5), "REFUND_COMPLAINT_ITEM", ())
    assert (after.payment_state, after.changed_at > since) == ("partially_refunded", True)
    assert receipts(after)[-1][1].endswith(f"to {receipts(after)[0][1].split(',')[0]}")
    assert raw.stamp == after.changed_at


async def test_a_credit_note_for_what_came_back_is_told_beside_the_refund_and_not_counted_twice(booking: Stand) -> None:
    order = await order_of(booking, "reduced rate only")
    await settled(booking, "fulfilment", parcel(order))
    booking.shop.change(order.external_id, Change("refund_line", line=0, quantity=2))
    after = await reread(booking, order)
    assert [name for name, _ in receipts(after)] == ["receipt PURCHASE", "receipt REFUND"]
    assert len(after.refunds) == 2


async def test_where_receipts_are_not_wanted_none_is_asked_for_and_no_scope_is_needed(stand: Stand) -> None:
    stand.shop.store.access.granted.discard("receipts")
    order = await order_of(stand, "engraving")
    await settled(stand, "fulfilment", parcel(order))
    stand.opened.requests.clear()
    assert receipts(await reread(stand, order)) == []
    assert not [one for one in stand.opened.requests.report(50)["latest"] if "receipts" in one["path"]]
    assert (await stand.connector.probe(stand.client)).ok


async def test_the_live_test_names_the_missing_scope_of_receipts(booking: Stand) -> None:
    assert (await booking.connector.probe(booking.client)).ok
    booking.shop.store.access.granted.discard("receipts")
    booking.client._outside.tokens.held = None
    probe = await booking.connector.probe(booking.client)
    assert [(one.code, one.field) for one in probe.findings if one.fatal] == [("scope_missing", "receipts")]


async def test_many_receipts_are_read_to_the_first_that_is_older_and_no_further(booking: Stand) -> None:
    order = await order_of(booking, "engraving")
    await settled(booking, "fulfilment", parcel(order))
    for _ in range(200):
        booking.shop.change(order.external_id, Change("refund_amount", amount=Decimal("0.01")))
    assert len(receipts(await reread(booking, order))) == 201
    booking.sandbox.clock.shift(timedelta(seconds=90))
    booking.opened.requests.clear()
    assert await booking.items(window=Window(booking.sandbox.clock() - timedelta(seconds=1))) == {}
    asked = [one for one in booking.opened.requests.report(50)["latest"] if "receipts" in one["path"]]
    assert len(asked) == 1
