"""Shipments, cancellations and invoices."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from services.connectors.amazon.client import Handed
from services.connectors.amazon.sending import feeds
from services.sandbox.faults import Rule
from services.sandbox.merchant import Change
from shared.contracts.fulfilment import ShippedLine
from tests.wired.amazon.calls import asked
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_cancellations import cancellation, reread
from tests.wired.contract.test_documents import PDF, document, handed
from tests.wired.contract.test_pushes import order_of, parcel, settled

Account = Callable[..., Stand]


@pytest.mark.proves("shipping-status", "amazon")
async def test_a_confirmed_parcel_makes_its_pieces_shipped_and_no_others(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    first = order.line_items[0]
    one = (ShippedLine(line_external_id=first.external_id, quantity=Decimal(2)),)
    assert (await settled(stand, "fulfilment", parcel(order, lines=one))).outcome == "done"
    after = await reread(stand, order)
    assert [line.fulfilled_quantity for line in after.line_items] == [2, 0]
    assert (after.state, after.state_word) == ("open", "PARTIALLY_SHIPPED")
    await settled(stand, "fulfilment", parcel(after, "TRACK-2"))
    assert (await reread(stand, order)).state == "completed"


async def test_a_parcel_told_twice_at_once_is_one_package(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    push = parcel(order)
    stand.opened.faults.add(Rule("answer_lost", times=2, path_contains="/shipmentConfirmation"))
    assert (await settled(stand, "fulfilment", push)).outcome in {"done", "unchanged"}
    assert len(stand.shop.parcels()) == 1
    assert len(asked(stand, "POST", "/shipmentConfirmation")) > 1


async def test_a_parcel_that_somebody_confirmed_by_hand_is_known_by_its_number(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    await settled(stand, "fulfilment", parcel(order))
    result = await settled(stand, "fulfilment", parcel(order))
    assert result.outcome == "unchanged"
    assert len(stand.shop.parcels()) == 1


@pytest.mark.parametrize(
    ("carrier", "shown"),
    [
        ("dhl", "DHL"),
        ("hermes-logistik gruppe", "Hermes Logistik Gruppe"),
        ("DEUTSCHE_POST", "Deutsche Post"),
        ("go!", "GO!"),
        ("Other Fahrradkurier Schmidt", "Fahrradkurier Schmidt"),
    ],
)
async def test_a_carrier_is_told_by_its_exact_code_or_by_its_name(stand: Stand, carrier: str, shown: str) -> None:
    order = await order_of(stand, "engraving")
    assert (await settled(stand, "fulfilment", parcel(order, carrier=carrier))).outcome == "done"
    assert [one.carrier for one in stand.shop.parcels()] == [shown]


@pytest.mark.parametrize(
    ("differing", "code"),
    [
        ({"carrier": "Brieftaube"}, "carrier_unknown"),
        ({"carrier": "Other"}, "carrier_unknown"),
        ({"tracking_number": ""}, "fulfilment_refused"),
        ({"ready_for_pickup": True}, "fulfilment_refused"),
    ],
)
async def test_what_cannot_be_told_is_refused_before_it_is_sent(
    stand: Stand, differing: dict[str, Any], code: str
) -> None:
    order = await order_of(stand, "engraving")
    result = await settled(stand, "fulfilment", parcel(order, **differing))
    assert (result.outcome, result.code) == ("failed", code)
    assert not asked(stand, "POST", "/shipmentConfirmation")


@pytest.mark.parametrize(("case", "words"), [("point of sale", "Amazon itself"), ("bank transfer, unpaid", "PENDING")])
async def test_an_order_that_is_not_ours_to_send_is_never_confirmed(stand: Stand, case: str, words: str) -> None:
    order = await order_of(stand, case)
    lines = tuple(ShippedLine(line_external_id=line.external_id, quantity=Decimal(1)) for line in order.line_items)
    result = await settled(stand, "fulfilment", parcel(order, lines=lines))
    assert (result.outcome, result.code) == ("failed", "fulfilment_refused")
    assert words in result.params["detail"]
    assert not asked(stand, "POST", "/shipmentConfirmation")


async def test_several_orders_are_cancelled_in_one_feed_and_judged_one_by_one(stand: Stand) -> None:
    wanted = [await order_of(stand, "engraving") for _ in range(3)]
    await settled(stand, "fulfilment", parcel(wanted[1]))
    results = await stand.send("cancellation", [cancellation(order) for order in wanted])
    assert [result.outcome for result in results] == ["done", "failed", "done"]
    assert [(await reread(stand, order)).state for order in wanted] == ["cancelled", "completed", "cancelled"]
    assert len(asked(stand, "POST", "/2021-06-30/feeds")) == 1


async def test_a_cancellation_that_the_report_refuses_has_failed_with_its_words(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    push = cancellation(order)
    hand_in = stand.client.hand_in

    async def shipped_meanwhile(*given: Any, **options: str) -> str:
        id: str = await hand_in(*given, **options)
        await settled(stand, "fulfilment", parcel(order))
        return id

    stand.client.hand_in = shipped_meanwhile
    result = await settled(stand, "cancellation", push)
    assert (result.outcome, result.code) == ("failed", "cancellation_refused_by_shop")
    assert "SHIPPED" in result.params["detail"]


async def test_a_cancellation_that_takes_long_is_found_in_the_order(account: Account) -> None:
    stand = account(feed_seconds=300)
    order = await order_of(stand, "engraving")
    push = cancellation(order)
    first = (await stand.send("cancellation", [push]))[0]
    assert (first.outcome, first.code) == ("retrying", "feed_unanswered")
    assert (await settled(stand, "cancellation", push)).outcome in {"done", "unchanged"}
    assert len(asked(stand, "POST", "/2021-06-30/feeds")) == 1


async def test_lines_that_are_all_of_the_order_cancel_the_order(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    lines = [(line.external_id, int(line.quantity)) for line in order.line_items]
    assert (await settled(stand, "cancellation", cancellation(order, *lines))).outcome == "done"
    assert (await reread(stand, order)).state == "cancelled"


async def test_a_cancelled_order_gives_its_pieces_back_to_the_shelf(stand: Stand) -> None:
    before = stand.shop.stock()
    order = await order_of(stand, "guest")
    await settled(stand, "cancellation", cancellation(order))
    assert stand.shop.stock() == before


async def test_an_order_that_its_buyer_cancelled_meanwhile_is_cancelled_and_no_failure(stand: Stand) -> None:
    order = await order_of(stand, "guest")
    stand.shop.change(order.external_id, Change("cancel"))
    assert (await settled(stand, "cancellation", cancellation(order))).outcome == "unchanged"
    assert not asked(stand, "POST", "/2021-06-30/feeds")


async def test_an_invoice_goes_with_its_number_to_its_order(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    assert (await handed(stand, document(order, "RE-7"))).outcome == "done"
    (there,) = stand.shop.documents()
    assert (there.number, there.kind, there.content) == ("RE-7", "Invoice", PDF)


@pytest.mark.parametrize("kind", ["credit_note", "delivery_note"])
async def test_other_documents_than_invoices_are_refused(stand: Stand, kind: str) -> None:
    order = await order_of(stand, "engraving")
    result = await handed(stand, document(order, kind=kind))
    assert (result.outcome, result.code) == ("failed", "document_refused_by_shop")
    assert not asked(stand, "POST", "/2021-06-30/feeds")


async def test_where_amazon_writes_the_invoice_none_is_sent(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    stand.shop.store.book.orders[order.external_id].body["programs"].append("INVOICE_BY_AMAZON")
    result = await handed(stand, document(order))
    assert (result.outcome, result.code) == ("failed", "document_refused_by_shop")
    assert "itself" in result.params["detail"]


async def test_what_is_no_pdf_is_refused_by_the_report(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    result = await handed(stand, document(order), b"<html>")
    assert (result.outcome, result.params["detail"]) == ("failed", "The document is no PDF.")


@pytest.mark.parametrize(("messages", "outcomes"), [({"a": "1"}, {"failed"}), ({"a": "1", "b": "2"}, {"retrying"})])
async def test_an_error_that_names_no_message_is_never_taken_for_a_success(
    stand: Stand, messages: dict[str, str], outcomes: set[str]
) -> None:
    async def done(feed: str) -> dict[str, str]:
        return {"processingStatus": "DONE", "resultFeedDocumentId": "report"}

    async def report(document: str) -> bytes:
        result = "<Result><MessageID>0</MessageID><ResultCode>Error</ResultCode></Result>"
        return f"<AmazonEnvelope><Message>{result}</Message></AmazonEnvelope>".encode()

    stand.client.feed, stand.client.report = done, report
    verdict = await feeds.judged(stand.client, "document", Handed("1", messages), "document_refused_by_shop")
    assert {result.outcome for result in verdict.values()} == outcomes


async def test_a_feed_that_ended_badly_is_said_again_and_never_called_done(stand: Stand) -> None:
    async def fatal(feed: str) -> dict[str, str]:
        return {"processingStatus": "FATAL"}

    stand.client.feed = fatal
    verdict = await feeds.judged(stand.client, "stock", Handed("1", {"a": "1"}), "stock_refused")
    assert [(result.outcome, result.code) for result in verdict.values()] == [("retrying", "feed_unanswered")]
    assert stand.client.handed == {}
