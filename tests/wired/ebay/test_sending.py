"""What arrives at eBay, in how few calls, and what a merchant is told where it does not."""

import json
from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest

from services.connectors.ebay.client import Client
from services.sandbox.faults import Rule
from shared.contracts.fulfilment import ShippedLine
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_cancellations import cancellation, reread
from tests.wired.contract.test_prices import price
from tests.wired.contract.test_pushes import articles, level, order_of, parcel, settled
from tests.wired.mirakl.recorder import Call, Recorder

Account = Callable[..., Stand]
BULK = "/bulk_update_price_quantity"


def calls(stand: Stand, path: str) -> int:
    return sum(path in row["path"] for row in stand.opened.requests.report(2000)["latest"])


async def test_sixty_quantities_are_three_calls_and_one_named_twice_is_sent_once(stand: Stand) -> None:
    skus = [sku for sku in stand.shop.stock() if sku.startswith("KR-")][:60]
    found = await articles(stand, *skus)
    newer = level(found[0], 77, version=2)
    results = await stand.send("stock", [*(level(one, 5) for one in found[:50]), newer])
    assert {one.outcome for one in results} == {"done"}
    assert calls(stand, BULK) == 2
    assert stand.shop.stock()[skus[0]] == 77
    listing = next(one.listing for one in stand.shop.store.goods.offers.values() if one.sku == skus[0])
    assert sum(times for (id, _), times in stand.shop.store.goods.revisions.items() if id == listing) == 1


async def test_two_offers_of_one_item_are_told_its_quantity_once(account: Account) -> None:
    stand = account(marketplaces="EBAY_DE EBAY_AT")
    ids = [offer.id for offer in stand.shop.store.goods.offers.values() if offer.sku == "KR-1001"]
    (one,) = await articles(stand, "KR-1001")
    results = await stand.send("stock", [level(one, 9, external_id=id) for id in ids])
    assert [(result.outcome, result.external_id) for result in results] == [("done", id) for id in ids]
    assert max(stand.shop.store.goods.revisions.values()) == 1


async def test_a_listing_that_was_changed_too_often_is_told_tomorrow_and_holds_back_no_other(stand: Stand) -> None:
    one, two = await articles(stand, "KR-1001", "KR-1002")
    goods = stand.shop.store.goods
    listing = next(offer.listing for offer in goods.offers.values() if offer.sku == "KR-1001")
    goods.revisions[listing, stand.sandbox.clock().date().isoformat()] = 250
    results = await stand.send("stock", [level(one, 3), level(two, 4)])
    assert [(one.outcome, one.code) for one in results] == [("retrying", "listing_changed_too_often"), ("done", "")]
    prices = await stand.send("price", [price(one, "5.00"), price(two, "6.00")])
    assert [one.outcome for one in prices] == ["retrying", "done"]


async def test_a_price_in_another_currency_than_the_marketplaces_is_refused_with_ebays_words(stand: Stand) -> None:
    (one,) = await articles(stand, "KR-1001")
    pounds = {"amount": Decimal(5), "currency": "GBP"}
    (result,) = await stand.send("price", [price(one, "5.00", price=pounds)])
    assert (result.outcome, result.code) == ("failed", "price_refused")
    assert "EUR" in result.params["detail"]


async def test_a_call_that_is_refused_as_a_whole_is_made_entry_by_entry(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = await articles(stand, "KR-1001", "KR-1002")
    taken = stand.shop.store.goods.update

    def one_sku_only(wanted: dict[str, list[object]]) -> object:
        return taken(wanted if len(wanted["requests"]) == 1 else {"requests": []})

    monkeypatch.setattr(stand.shop.store.goods, "update", one_sku_only)
    results = await stand.send("stock", [level(one, 3), level(two, 4)])
    assert [result.outcome for result in results] == ["done", "done"]
    assert calls(stand, BULK) == 3


async def test_a_parcel_says_how_many_of_each_line_and_its_number_without_blanks(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    line = order.line_items[0]
    two = (ShippedLine(line_external_id=line.external_id, quantity=Decimal(2)),)
    push = parcel(order, "0034 0434-1610", lines=two)
    assert (await settled(stand, "fulfilment", push)).outcome == "done"
    (shown,) = stand.shop.parcels()
    assert (shown.tracking_number, shown.items) == ("003404341610", ((line.external_id, 2),))
    assert (await reread(stand, order)).line_items[0].fulfilled_quantity == 2
    assert (await settled(stand, "fulfilment", push)).outcome == "unchanged"


async def test_the_same_number_with_other_pieces_is_a_matter_for_a_person(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    one = (ShippedLine(line_external_id=order.line_items[0].external_id, quantity=Decimal(1)),)
    await settled(stand, "fulfilment", parcel(order, "N1", lines=one))
    other = await settled(stand, "fulfilment", parcel(order, "N1", id=uuid4()))
    assert (other.outcome, other.code) == ("failed", "fulfilment_refused")
    assert "N1" in other.params["detail"]


async def test_a_parcel_without_a_number_and_a_carrier_is_told_and_found_by_its_pieces(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    push = parcel(order, "", carrier="")
    assert [(await settled(stand, "fulfilment", push)).outcome for _ in range(2)] == ["done", "unchanged"]
    half = await settled(stand, "fulfilment", parcel(await order_of(stand, "guest"), ""))
    assert (half.outcome, half.code) == ("failed", "fulfilment_refused")


async def test_two_like_parcels_without_numbers_are_two_parcels(stand: Stand) -> None:
    order = await order_of(stand, "several tax rates, shipping split")
    line = next(one for one in order.line_items if one.quantity == 2)
    piece = (ShippedLine(line_external_id=line.external_id, quantity=Decimal(1)),)
    sent = [await settled(stand, "fulfilment", parcel(order, "", carrier="", lines=piece)) for _ in range(3)]
    assert [one.outcome for one in sent] == ["done", "done", "unchanged"]
    assert (await reread(stand, order)).line_items[order.line_items.index(line)].fulfilled_quantity == 2


async def test_a_part_without_a_number_whose_answer_was_lost_is_not_told_again(stand: Stand) -> None:
    order = await order_of(stand, "several tax rates, shipping split")
    line = next(one for one in order.line_items if one.quantity == 2)
    piece = (ShippedLine(line_external_id=line.external_id, quantity=Decimal(1)),)
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="/shipping_fulfillment", method="POST"))
    told = await settled(stand, "fulfilment", parcel(order, "", carrier="", lines=piece))
    assert (told.outcome, len(stand.shop.parcels())) == ("unchanged", 1)


async def test_a_cancellation_of_ours_that_is_under_way_is_not_asked_for_again(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    stored = stand.shop.store.book.orders[order.external_id]
    stand.shop.store.book.ask_to_cancel(stored, "OUT_OF_STOCK_OR_CANNOT_FULFILL", "SELLER")
    assert (await settled(stand, "cancellation", cancellation(order))).outcome == "unchanged"
    assert len(stored.requests) == 1


async def test_what_the_buyer_asked_for_is_agreed_to_and_not_asked_again(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    stand.shop.ask_to_cancel(order.external_id)
    assert (await settled(stand, "cancellation", cancellation(order))).outcome == "done"
    assert calls(stand, "/approve") == 1
    assert len(stand.shop.store.book.orders[order.external_id].requests) == 1
    assert (await reread(stand, order)).state == "cancelled"


@pytest.mark.parametrize("signed", [True, False])
async def test_without_a_signature_a_seller_of_the_eu_is_told_what_to_enter(account: Account, signed: bool) -> None:
    stand = account({"signing_key": "", "signing_private_key": ""}, signed=signed)
    order = await order_of(stand, "engraving")
    result = await settled(stand, "cancellation", cancellation(order))
    assert (result.outcome, result.code) == (("failed", "signature_refused") if signed else ("done", ""))


async def test_the_sandbox_takes_no_money_back_without_a_signature(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    scope = "sell.finances"
    body = {"reasonForRefund": "OTHER", "orderLevelRefundAmount": {"value": "5.0", "currency": "EUR"}}
    token, _ = await stand.client._api.tokens.grant(scope)
    path = f"/sell/fulfillment/v1/order/{order.external_id}/issue_refund"
    headers = {"Authorization": f"Bearer {token}"}
    api = stand.client._api
    with pytest.raises(Exception, match="signature"):
        await api._plain.request("POST", path, json=body, headers=headers)
    reply = await api._signed.request("POST", path, json=body, headers=headers)
    assert reply.json()["refundStatus"] == "PENDING"


async def test_every_call_names_the_marketplace_and_the_older_interface_its_own_kind_of_token(stand: Stand) -> None:
    seen: list[Call] = []
    app = stand.app
    app.add_middleware(Recorder, calls=seen)
    again = open_stand(stand.variety, stand.connector, app=app)
    order = await order_of(again, "engraving")
    await settled(again, "cancellation", cancellation(order))
    (made,) = [call for call in seen if call.path == "/post-order/v2/cancellation"]
    sent = json.loads(made.sent)
    kept = again.shop.store.book.orders[order.external_id].placed.body
    assert sent["legacyOrderId"] == kept["legacyOrderId"]
    assert sent["cancelReason"] == "OUT_OF_STOCK_OR_CANNOT_FULFILL"
    assert isinstance(again.client, Client)
