"""Cancellations by internal systems: to the shop once, free once the shop agrees, and never asked back."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.order_import.answering import expire
from services.order_import.settings import OrderSettings
from shared.contracts.envelope import Event, event
from shared.contracts.fulfilment import PushReported
from tests.integration.order_import.book import Book, order_id, received
from tests.integration.order_import.test_cancellations import URL, cancellations, demand, handed_over, lines
from tests.pure.order_import.samples import NOON, OTHER_SHOP, SHOP, observed, order

CANCEL = f"{URL}/cancel"


def reported(id: str, outcome: str, *, version: int = 1, minute: int = 1, **differing: Any) -> Event[Any]:
    payload = PushReported(
        noun="cancellation", subject=id, version=version, outcome=outcome,  # type: ignore[arg-type]
        reported_at=NOON + timedelta(minutes=minute), **differing,
    )  # fmt: skip
    return event(payload, id=uuid4(), source="shop", subject=id, time=NOON, platform="shop", connection=SHOP)


async def state(client: Any) -> dict[str, Any]:
    (one,) = (await client.get(f"{URL}/call-offs")).json()
    return one  # type: ignore[no-any-return]


async def test_a_whole_order_is_cancelled_in_the_shop_and_free_once_the_shop_agrees(book: Book) -> None:
    client = await handed_over(book, 2, 1)
    wish = {"reference": "S-1", "reason": "out_of_stock", "notify_customer": True}
    first, second = await client.post(CANCEL, json=wish), await client.post(CANCEL, json=wish)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() | {"created_at": None} == second.json() | {"created_at": None}
    (command,) = await book.sent("cancellation.push")
    asked = command.data.cancellation
    assert (command.subject, command.platform, command.connection) == (str(asked.id), "shop", SHOP)
    assert (asked.order_external_id, asked.lines, asked.reason, asked.notify_customer) == (
        "1001", (), "out_of_stock", True,
    )  # fmt: skip
    assert await demand(book) == 3
    await book.take_reports(reported(str(asked.id), "done", external_id="X-1"))
    assert (await state(client))["state"] == "reported"
    assert ((await book.row("1001"))["status"], await demand(book)) == ("cancelled", 0)
    versions = (await book.row("1001"))["version"]
    await book.take(received(order("1001", *lines(2, 1), state="cancelled"), observed(5)))
    assert ((await book.row("1001"))["status"], await demand(book)) == ("cancelled", 0)
    assert await cancellations(client) == []
    assert [one.data.version for one in await book.sent("order.cancelled")] == [versions]
    told = await book.told("1001")
    assert (told.count("call_off_recorded"), told.count("call_off_reported")) == (1, 1)


async def test_the_shop_shows_it_before_it_answers_and_nothing_moves_twice(book: Book) -> None:
    client = await handed_over(book, 2)
    id = (await client.post(CANCEL, json={"reference": "S-1"})).json()["id"]
    await book.take(received(order("1001", *lines(2), state="cancelled"), observed(1)))
    assert ((await book.row("1001"))["status"], await demand(book)) == ("cancelled", 0)
    version = (await book.row("1001"))["version"]
    await book.take_reports(reported(id, "done"))
    assert (await state(client))["state"] == "reported"
    assert (await book.row("1001"))["version"] == version
    assert await cancellations(client) == []


async def test_lines_are_cancelled_alone_and_cannot_be_shipped_meanwhile(book: Book) -> None:
    client = await handed_over(book, 3, 1)
    wish = {"reference": "S-1", "lines": [{"line_external_id": "a", "quantity": 2}]}
    id = (await client.post(CANCEL, json=wish)).json()["id"]
    (command,) = await book.sent("cancellation.push")
    assert [(one.line_external_id, one.quantity) for one in command.data.cancellation.lines] == [("a", 2)]
    ship = {"reference": "LS-1", "lines": [{"line_external_id": "a", "quantity": 2}]}
    refused = await client.post(f"{URL}/shipments", json=ship)
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
        409, "shipment_line_cancelled", "lines.0",
    )  # fmt: skip
    again = await client.post(CANCEL, json=wish | {"reference": "S-2"})
    assert again.json()["code"] == "shipment_exceeds_outstanding"
    await book.take_reports(reported(id, "done"))
    assert ((await book.row("1001"))["status"], await demand(book)) == ("imported", 2)
    assert (await client.post(f"{URL}/shipments", json={"reference": "LS-2"})).status_code == 201
    assert await demand(book) == 0


async def test_what_the_shop_refuses_stays_open_and_can_be_sent_again(book: Book) -> None:
    client = await handed_over(book, 2)
    id = (await client.post(CANCEL, json={"reference": "S-1"})).json()["id"]
    early = await client.post(f"/orders/call-offs/{id}/retry")
    assert (early.status_code, early.json()["code"]) == (409, "cancel_not_failed")
    await book.take_reports(reported(id, "blocked", code="integration_mode_off"))
    assert (await state(client))["explanation"]
    words = {"detail": "the order is completed in the shop"}
    await book.take_reports(reported(id, "failed", minute=2, code="cancellation_refused_by_shop", params=words))
    shown = await state(client)
    assert (shown["state"], shown["explanation"]) == (
        "failed", "The shop refused the cancellation: the order is completed in the shop",
    )  # fmt: skip
    assert ((await book.row("1001"))["status"], await demand(book)) == ("imported", 2)
    again = await client.post(f"/orders/call-offs/{id}/retry")
    assert (again.status_code, again.json()["version"], again.json()["state"]) == (202, 2, "pending")
    await book.take_reports(reported(id, "done", minute=3))
    assert (await state(client))["state"] == "pending"
    await book.take_reports(reported(id, "done", version=2, minute=4))
    await book.take_reports(reported(id, "failed", version=2, minute=5, code="late"))
    assert (await state(client))["state"] == "reported"
    assert await demand(book) == 0
    assert [one.data.version for one in await book.sent("cancellation.push")] == [1, 2]
    failures = [one.data for one in await book.sent("journal.recorded") if one.data.code == "call_off_failed"]
    assert [one.outcome for one in failures] == ["error"]


async def test_only_what_is_unshipped_can_be_cancelled(book: Book) -> None:
    client = await handed_over(book, 2, 1)
    await client.post(
        f"{URL}/shipments", json={"reference": "LS-1", "lines": [{"line_external_id": "a", "quantity": 1}]}
    )
    whole = await client.post(CANCEL, json={"reference": "S-1"})
    assert (whole.status_code, whole.json()["code"]) == (409, "cancel_partly_shipped")
    wish = {"reference": "S-1", "lines": [{"line_external_id": "a", "quantity": 2}]}
    too_many = await client.post(CANCEL, json=wish)
    assert (too_many.status_code, too_many.json()["field"]) == (422, "lines.0.quantity")
    rest = {"reference": "S-1", "lines": [{"line_external_id": "a"}, {"line_external_id": "b"}]}
    assert (await client.post(CANCEL, json=rest)).status_code == 201
    other = await client.post(CANCEL, json={"reference": "S-1"})
    assert (other.status_code, other.json()["code"]) == (409, "cancel_reference_used")
    assert len(await book.sent("cancellation.push")) == 1


@pytest.mark.parametrize(("wish", "field"), [
    ({"reference": ""}, "reference"),
    ({"reference": "x", "lines": []}, "lines"),
    ({"reference": "x", "reason": "bored"}, "reason"),
    ({"reference": "x", "lines": [{"line_external_id": "a", "article_number": "KR-1"}]}, "lines.0"),
    ({"reference": "x", "refund": True}, "refund"),
])  # fmt: skip
async def test_a_wish_that_makes_no_sense_names_its_field(book: Book, wish: dict[str, Any], field: str) -> None:
    client = await handed_over(book, 2)
    answer = await client.post(CANCEL, json=wish)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_cancelled_and_marketplace_orders_and_those_of_others_are_not_cancelled_here(book: Book) -> None:
    client = await handed_over(book, 2)
    await book.take(
        received(order("2", state="cancelled"), observed(0)),
        received(order("3", fulfilled_by_channel=True), observed(0)),
    )
    answers = [await client.post(f"/orders/{order_id(id)}/cancel", json={"reference": "x"}) for id in ("2", "3")]
    assert [one.json()["code"] for one in answers] == ["cancel_order_cancelled", "cancel_fulfilled_by_channel"]
    stranger = await book.client("operate", [OTHER_SHOP])
    assert (await stranger.post(CANCEL, json={"reference": "x"})).status_code == 404
    assert (await (await book.client("read")).post(CANCEL, json={"reference": "x"})).status_code == 403
    assert await book.sent("cancellation.push") == []


async def test_a_cancellation_the_shop_asks_beyond_ours_is_asked_for(book: Book) -> None:
    client = await handed_over(book, 3)
    wish = {"reference": "S-1", "lines": [{"line_external_id": "a", "quantity": 1}]}
    id = (await client.post(CANCEL, json=wish)).json()["id"]
    await book.take_reports(reported(id, "unchanged"))
    assert await demand(book) == 2
    await book.take(received(order("1001", *lines(3), state="cancelled"), observed(1)))
    (one,) = await cancellations(client)
    assert [(part["line_external_id"], part["quantity"]) for part in one["lines"]] == [("a", "2")]
    assert ((await book.row("1001"))["status"], await demand(book)) == ("imported", Decimal(2))


async def test_pieces_that_the_shop_asks_to_cancel_are_answered_and_not_called_off(book: Book) -> None:
    client = await handed_over(book, 5)
    await book.take(received(order("1001", *lines(3)), observed(1)))
    wish: dict[str, Any] = {"reference": "S-1", "reason": "out_of_stock"}
    refused = await client.post(CANCEL, json=wish | {"lines": [{"line_external_id": "a", "quantity": 4}]})
    assert (refused.status_code, refused.json()["field"]) == (422, "lines.0.quantity")
    made = (await client.post(CANCEL, json=wish)).json()
    assert [one["quantity"] for one in made["lines"]] == ["3"]
    await book.take_reports(reported(made["id"], "done"))
    assert await demand(book) == 2
    (asked,) = await cancellations(client)
    assert (await client.post(f"{URL}/cancellations/{asked['id']}/accept")).status_code == 200
    assert await demand(book) == 0


@pytest.mark.parametrize("how", ["refused", "expired"])
async def test_pieces_that_we_hold_against_the_shops_wish_are_not_called_off_there(book: Book, how: str) -> None:
    client = await handed_over(book, 5)
    await book.take(received(order("1001", *lines(3)), observed(1)))
    (asked,) = await cancellations(client)
    if how == "refused":
        await client.post(f"{URL}/cancellations/{asked['id']}/refuse", json={"text": "packed"})
    else:
        async with book.admin.transaction() as tx:
            await tx.execute("UPDATE cancellations SET due_at = :at", at=book.service.clock() - timedelta(seconds=1))
        await expire(book.service, OrderSettings(cancellation_unanswered="refuse"))
    assert [one["state"] for one in await cancellations(client)] == [how]
    wish: dict[str, Any] = {"reference": "S-1", "reason": "out_of_stock"}
    refused = await client.post(CANCEL, json=wish | {"lines": [{"line_external_id": "a", "quantity": 4}]})
    assert (refused.status_code, refused.json()["field"]) == (422, "lines.0.quantity")
    made = (await client.post(CANCEL, json=wish)).json()
    assert [one["quantity"] for one in made["lines"]] == ["3"]
    await book.take_reports(reported(made["id"], "done"))
    assert await demand(book) == 2
    again = await client.post(CANCEL, json=wish | {"reference": "S-2"})
    assert again.json()["code"] == "shipment_nothing_outstanding"
    assert len(await book.sent("cancellation.push")) == 1
    assert (await client.post(f"{URL}/shipments", json={"reference": "LS-1"})).status_code == 201
    assert await demand(book) == 0
