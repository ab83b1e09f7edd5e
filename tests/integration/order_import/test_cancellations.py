"""Cancellations by shops: at once before hand-over, asked for after it, too late once something was shipped."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.order_import.answering import expire
from services.order_import.erasure import erase
from services.order_import.settings import OrderSettings
from shared.contracts.order import Refund, RefundedLine, Return, ReturnedLine
from tests.integration.order_import.book import Book, order_id, received
from tests.integration.order_import.test_feed import acknowledge, feed
from tests.pure.order_import.samples import OTHER_SHOP, eur, line, observed, order

ID = order_id("1001")
URL = f"/orders/{ID}"


def lines(*pieces: int) -> list[Any]:
    """Lines a, b, … of KR-1 with so many pieces each."""
    return [line("KR-1", quantity, external_id=name) for name, quantity in zip("abc", pieces, strict=False)]


async def handed_over(book: Book, *pieces: int) -> Any:
    """An order with lines of so many pieces that the ERP has acknowledged; answers a client."""
    await book.know("KR-1")
    client = await book.client()
    await feed(client)
    await book.take(received(order("1001", *lines(*pieces)), observed(0)))
    await book.number_feed()
    await acknowledge(client, await feed(client))
    return client


async def newest(book: Book) -> Any:
    """What was last said about the order."""
    return max((one.data for one in await book.sent() if hasattr(one.data, "demand")), key=lambda data: data.version)


async def demand(book: Book) -> Decimal:
    return sum((one.quantity for one in (await newest(book)).demand), Decimal(0))


async def cancellations(client: Any) -> list[dict[str, Any]]:
    return (await client.get(f"{URL}/cancellations")).json()  # type: ignore[no-any-return]


async def answer(client: Any, word: str, one: dict[str, Any], **body: Any) -> Any:
    return await client.post(f"{URL}/cancellations/{one['id']}/{word}", json=body or None)


async def test_before_hand_over_a_cancellation_applies_at_once(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1001"), observed(0)))
    await book.take(received(order("1001", state="cancelled"), observed(1)))
    assert (await book.row("1001"))["status"] == "cancelled"
    assert await demand(book) == 0
    assert await cancellations(await book.client()) == []
    assert await book.told("1001") == ["order_imported", "order_cancelled_in_shop", "order_cancelled"]


async def test_after_hand_over_a_cancellation_is_asked_for_and_the_stock_stays_reserved(book: Book) -> None:
    client = await handed_over(book, 2)
    await book.take(received(order("1001", *lines(2), state="cancelled"), observed(1)))
    assert ((await book.row("1001"))["status"], await demand(book)) == ("imported", 2)
    (one,) = await cancellations(client)
    assert (one["state"], one["whole"], one["version"]) == ("asked", True, 2)
    assert [(part["line_external_id"], part["quantity"]) for part in one["lines"]] == [("a", "2")]
    await book.number_feed()
    (item,) = await feed(client)
    assert (item["kind"], item["cancellations"][0]["id"]) == ("changed", one["id"])
    assert item["lines"][0]["outstanding"] == "2"
    assert "cancellation_asked" in await book.told("1001")


async def test_an_accepted_cancellation_frees_the_stock_once_and_cancels_the_order(book: Book) -> None:
    client = await handed_over(book, 2)
    await book.take(received(order("1001", *lines(2), state="cancelled"), observed(1)))
    (one,) = await cancellations(client)
    first, second = await answer(client, "accept", one), await answer(client, "accept", one)
    assert first.status_code == 200, first.text
    assert (first.json()["state"], first.json()["decided_by"]) == ("accepted", "operate")
    assert second.json() == first.json()
    assert ((await book.row("1001"))["status"], await demand(book)) == ("cancelled", 0)
    assert [event.data.version for event in await book.sent("order.cancelled")] == [3]
    assert (await book.told("1001")).count("cancellation_accepted") == 1
    late = await answer(client, "refuse", one, text="too late")
    assert (late.status_code, late.json()["code"]) == (409, "cancellation_settled")
    ship = await client.post(f"{URL}/shipments", json={"reference": "LS-1"})
    assert (ship.status_code, ship.json()["code"]) == (409, "shipment_order_cancelled")


async def test_a_refused_cancellation_leaves_the_order_open_and_says_who_and_why(book: Book) -> None:
    client = await handed_over(book, 2)
    await book.take(received(order("1001", *lines(2), state="cancelled"), observed(1)))
    (one,) = await cancellations(client)
    wordless = await answer(client, "refuse", one, text="")
    assert (wordless.status_code, wordless.json()["field"]) == (422, "text")
    refused = await answer(client, "refuse", one, text="lies on the van of Frau Muster", code="ON_VAN")
    assert (refused.json()["state"], refused.json()["text"]) == ("refused", "lies on the van of Frau Muster")
    assert (await answer(client, "refuse", one, text="again")).json() == refused.json()
    assert ((await book.row("1001"))["status"], await demand(book)) == ("imported", 2)
    entry = (await book.sent("journal.recorded"))[-1].data
    assert (entry.code, entry.actor, entry.params["erp_code"]) == ("cancellation_refused", "operate", "ON_VAN")
    assert "Muster" not in str([one.data for one in await book.sent("journal.recorded")])
    await book.take(received(order("1001", *lines(2), state="cancelled", note="seen"), observed(2)))
    assert ((await book.row("1001"))["status"], await demand(book)) == ("imported", 2)
    assert (await client.post(f"{URL}/shipments", json={"reference": "LS-1"})).status_code == 201


async def test_a_refused_cancellation_may_be_accepted_while_the_goods_are_in_the_house(book: Book) -> None:
    client = await handed_over(book, 2)
    await book.take(received(order("1001", *lines(2), state="cancelled"), observed(1)))
    (one,) = await cancellations(client)
    await answer(client, "refuse", one, text="on the van", code="ON_VAN")
    for _ in range(2):
        accepted = await answer(client, "accept", one)
        assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
        assert (accepted.json()["code"], accepted.json()["text"]) == ("", "")
    assert ((await book.row("1001"))["status"], await demand(book)) == ("cancelled", 0)
    told = [code for code in await book.told("1001") if code.startswith("cancellation")]
    assert told == ["cancellation_asked", "cancellation_refused", "cancellation_accepted"]
    again = await answer(client, "refuse", one, text="after all")
    assert (again.status_code, again.json()["code"]) == (409, "cancellation_settled")
    await book.take(received(order("1001", *lines(2), state="cancelled", note="seen"), observed(2)))
    assert ((await book.row("1001"))["status"], await demand(book)) == ("cancelled", 0)


async def test_a_refused_cancellation_of_goods_that_have_left_can_no_longer_be_accepted(book: Book) -> None:
    client = await handed_over(book, 3)
    await book.take(
        received(order("1001", line("KR-1", 3, external_id="a", cancelled_quantity=Decimal(2))), observed(1))
    )
    (one,) = await cancellations(client)
    await answer(client, "refuse", one, text="on the van")
    parcel = {"reference": "LS-1", "lines": [{"line_external_id": "a", "quantity": 1}]}
    assert (await client.post(f"{URL}/shipments", json=parcel)).status_code == 201
    rest = {"reference": "LS-2", "lines": [{"line_external_id": "a", "quantity": 1}]}
    assert (await client.post(f"{URL}/shipments", json=rest)).status_code == 201
    late = await answer(client, "accept", one)
    assert (late.status_code, late.json()["code"]) == (409, "cancellation_shipped_since")
    assert "KR-1" in late.json()["detail"]
    assert await demand(book) == 1
    (shown,) = await cancellations(client)
    assert shown["state"] == "refused"


async def test_an_unanswered_cancellation_that_ran_out_may_still_be_accepted(book: Book) -> None:
    client = await handed_over(book, 2)
    await book.take(received(order("1001", *lines(2), state="cancelled"), observed(1)))
    async with book.admin.transaction() as tx:
        await tx.execute("UPDATE cancellations SET due_at = :at", at=book.service.clock() - timedelta(seconds=1))
    await expire(book.service, OrderSettings(cancellation_unanswered="refuse"))
    (one,) = await cancellations(client)
    assert one["state"] == "expired"
    assert (await answer(client, "accept", one)).json()["state"] == "accepted"
    assert ((await book.row("1001"))["status"], await demand(book)) == ("cancelled", 0)


@pytest.mark.parametrize("how", ["lowered", "cancelled pieces", "removed"])
async def test_lines_taken_off_by_the_shop_are_asked_for_one_by_one(book: Book, how: str) -> None:
    client = await handed_over(book, 3, 1)
    changed = {
        "lowered": [line("KR-1", 2, external_id="a"), *lines(3, 1)[1:]],
        "cancelled pieces": [line("KR-1", 3, external_id="a", cancelled_quantity=Decimal(1)), *lines(3, 1)[1:]],
        "removed": lines(3),
    }[how]
    await book.take(received(order("1001", *changed), observed(1)))
    assert await demand(book) == 4
    (one,) = await cancellations(client)
    assert (one["whole"], [(part["line_external_id"], part["quantity"]) for part in one["lines"]]) == (
        False, [("b" if how == "removed" else "a", "1")],
    )  # fmt: skip
    assert ("order_line_removed" if how == "removed" else "order_quantity_lowered") in await book.told("1001")
    await answer(client, "accept", one)
    assert ((await book.row("1001"))["status"], await demand(book)) == ("imported", 3)
    wish = {"reference": "LS-1", "lines": [{"line_external_id": one["lines"][0]["line_external_id"], "quantity": 3}]}
    ship = await client.post(f"{URL}/shipments", json=wish)
    expected = "shipment_line_unknown" if how == "removed" else "shipment_line_cancelled"
    assert ship.json()["code"] == expected, ship.text
    assert ship.json()["field"].startswith("lines.0")


async def test_a_removed_line_can_still_be_shipped_while_nobody_has_agreed(book: Book) -> None:
    client = await handed_over(book, 3, 1)
    await book.take(received(order("1001", *lines(3)), observed(1)))
    wish = {"reference": "LS-1", "lines": [{"line_external_id": "b"}]}
    assert (await client.post(f"{URL}/shipments", json=wish)).status_code == 201
    (one,) = await cancellations(client)
    assert one["state"] == "overtaken"
    assert await demand(book) == 3


async def test_a_shipment_posted_first_wins_and_the_cancellation_becomes_a_return(book: Book) -> None:
    client = await handed_over(book, 2, 1)
    await client.post(f"{URL}/shipments", json={"reference": "LS-1", "lines": [{"line_external_id": "a"}]})
    await book.take(received(order("1001", *lines(2, 1), state="cancelled"), observed(1)))
    states = {one["state"]: one["lines"][0] for one in await cancellations(client)}
    assert {state: (part["line_external_id"], part["quantity"]) for state, part in states.items()} == {
        "asked": ("b", "1"), "overtaken": ("a", "2"),
    }  # fmt: skip
    (case,) = (await client.get("/orders/returns")).json()["items"]
    assert (case["cause"], case["state"], case["order_id"]) == ("cancelled_late", "open", str(ID))
    assert [(part["line_external_id"], part["quantity"]) for part in case["lines"]] == [("a", "2")]
    assert ((await book.row("1001"))["status"], await demand(book)) == ("imported", 1)
    told = await book.told("1001")
    assert (told.count("cancellation_overtaken"), told.count("return_opened")) == (1, 1)


async def test_a_shipment_overtakes_only_the_pieces_it_takes(book: Book) -> None:
    client = await handed_over(book, 5)
    await book.take(received(order("1001", line("KR-1", 3, external_id="a")), observed(1)))
    wish = {"reference": "LS-1", "lines": [{"line_external_id": "a", "quantity": 4}]}
    assert (await client.post(f"{URL}/shipments", json=wish)).status_code == 201
    found = {one["state"]: one for one in await cancellations(client)}
    assert {state: one["lines"][0]["quantity"] for state, one in found.items()} == {"asked": "1", "overtaken": "1"}
    assert await demand(book) == 1
    await answer(client, "accept", found["asked"])
    assert await demand(book) == 0
    again = await answer(client, "accept", found["overtaken"])
    assert (again.status_code, again.json()["code"]) == (409, "cancellation_settled")
    assert len((await client.get("/orders/returns")).json()["items"]) == 1


async def test_a_cancellation_that_the_shop_takes_back_is_withdrawn(book: Book) -> None:
    client = await handed_over(book, 2)
    await book.take(received(order("1001", *lines(2), state="cancelled"), observed(1)))
    await book.take(received(order("1001", *lines(2)), observed(2)))
    (one,) = await cancellations(client)
    assert one["state"] == "withdrawn"
    assert ((await book.row("1001"))["status"], await demand(book)) == ("imported", 2)
    told = await book.told("1001")
    assert {"cancellation_withdrawn", "order_reopened_in_shop"} <= set(told)


async def test_an_order_reopened_after_the_refusal_is_not_counted_twice(book: Book) -> None:
    client = await handed_over(book, 2)
    await book.take(received(order("1001", *lines(2), state="cancelled"), observed(1)))
    (one,) = await cancellations(client)
    await answer(client, "refuse", one, text="packed")
    await book.take(received(order("1001", *lines(2)), observed(2)))
    assert await demand(book) == 2


async def test_the_same_change_again_or_an_older_one_later_changes_nothing(book: Book) -> None:
    client = await handed_over(book, 2)
    cancelled = received(order("1001", *lines(2), state="cancelled"), observed(5))
    await book.take(cancelled)
    await book.take(cancelled)
    await book.take(received(order("1001", *lines(2), state="cancelled"), observed(6, content_hash="hash-5-0")))
    await book.take(received(order("1001", *lines(9)), observed(4)))
    assert len(await cancellations(client)) == 1
    assert ((await book.row("1001"))["version"], await demand(book)) == (2, 2)
    assert (await book.told("1001")).count("order_cancelled_in_shop") == 1


@pytest.mark.parametrize(
    ("setting", "state", "status", "pieces"),
    [("keep", "asked", "imported", 2), ("accept", "accepted", "cancelled", 0), ("refuse", "expired", "imported", 2)],
)
async def test_a_cancellation_nobody_answers_ends_as_the_setting_says(
    book: Book, setting: str, state: str, status: str, pieces: int
) -> None:
    client = await handed_over(book, 2)
    await book.take(received(order("1001", *lines(2), state="cancelled"), observed(1)))
    settings = OrderSettings(cancellation_unanswered=setting)  # type: ignore[arg-type]
    await expire(book.service, settings)
    assert [one["state"] for one in await cancellations(client)] == ["asked"]
    async with book.admin.transaction() as tx:
        await tx.execute("UPDATE cancellations SET due_at = :at", at=book.service.clock() - timedelta(seconds=1))
    for _ in range(2):
        await expire(book.service, settings)
    (one,) = await cancellations(client)
    assert (one["state"], (await book.row("1001"))["status"], await demand(book)) == (state, status, pieces)
    alarms = [one.data for one in await book.sent("journal.recorded") if one.data.code == "cancellation_overdue"]
    assert [alarm.outcome for alarm in alarms] == (["error"] if setting == "keep" else [])
    if setting == "keep":
        await answer(client, "accept", one)
        assert "cancellation_answered" in await book.told()


async def test_goods_received_move_stock_only_when_the_merchant_says_so_and_once(book: Book) -> None:
    client = await handed_over(book, 2, 1)
    await client.post(f"{URL}/shipments", json={"reference": "LS-1"})
    await book.take(received(order("1001", *lines(2, 1), state="cancelled"), observed(1)))
    (case,) = (await client.get("/orders/returns", params={"state": "open"})).json()["items"]
    url = f"/orders/returns/{case['id']}"
    too_many = {"restock": True, "lines": [{"line_external_id": "a", "quantity": 3}]}
    assert (await client.post(f"{url}/receive", json=too_many)).json()["code"] == "return_exceeds_case"
    part = {"restock": True, "lines": [{"line_external_id": "a", "quantity": 1}]}
    for _ in range(2):
        answered = await client.post(f"{url}/receive", json=part)
        assert (answered.status_code, answered.json()["state"]) == (200, "received")
    assert [(one["line_external_id"], one["restocked"]) for one in answered.json()["lines"]] == [("a", "1"), ("b", "0")]
    other = await client.post(f"{url}/receive", json={"restock": True})
    assert (other.status_code, other.json()["code"]) == (409, "return_received_otherwise")
    said = await newest(book)
    assert [(one.article_number, one.quantity) for one in said.returned] == [("KR-1", 1)]
    assert (said.version, said.returned_at is not None, sum(one.quantity for one in said.shipped)) == (4, True, 3)
    for _ in range(2):
        assert (await client.post(f"{url}/close", json={"note": "b is broken"})).json()["state"] == "closed"
    assert (await client.get(url)).json()["note"] == "b is broken"
    assert (await client.post(f"{url}/receive", json=part)).json()["code"] == "return_closed"
    await book.take(received(order("1001", *lines(2, 1), state="cancelled", note="later"), observed(2)))
    assert [one.quantity for one in (await newest(book)).returned] == [1]
    told = await book.told("1001")
    assert (told.count("return_received"), told.count("return_case_closed")) == (1, 1)


async def test_one_order_shows_everything_that_was_cancelled_and_returned(book: Book) -> None:
    client = await handed_over(book, 2, 1)
    await client.post(f"{URL}/shipments", json={"reference": "LS-1", "lines": [{"line_external_id": "a"}]})
    await book.take(received(order("1001", *lines(2, 1), state="cancelled"), observed(1)))
    detail = (await client.get(URL)).json()
    assert {one["state"] for one in detail["cancellations"]} == {"asked", "overtaken"}
    assert [one["cause"] for one in detail["returns"]] == ["cancelled_late"]
    assert detail["call_offs"] == []
    assert {one["external_id"]: one["outstanding"] for one in detail["lines"]} == {"a": "0", "b": "1"}


async def test_an_erasure_takes_the_words_of_people_out_of_cancellations_and_returns(book: Book) -> None:
    client = await handed_over(book, 2, 1)
    await client.post(f"{URL}/shipments", json={"reference": "LS-1", "lines": [{"line_external_id": "a"}]})
    await book.take(received(order("1001", *lines(2, 1), state="cancelled"), observed(1)))
    asked = next(one for one in await cancellations(client) if one["state"] == "asked")
    await answer(client, "refuse", asked, text="Frau Muster wants it", code="WANTED")
    (case,) = (await client.get("/orders/returns")).json()["items"]
    await client.post(f"/orders/returns/{case['id']}/close", json={"note": "Herr Muster kept it"})
    async with book.service.database.transaction() as tx:
        await erase(book.service, tx, [ID])
    assert "Muster" not in (await client.get(URL)).text
    kept = next(one for one in await cancellations(client) if one["id"] == asked["id"])
    assert (kept["state"], kept["code"], kept["text"]) == ("refused", "WANTED", "")
    await book.take(received(order("1001", *lines(2, 1), state="cancelled", note="x"), observed(2)))
    assert ((await book.row("1001"))["status"], await demand(book)) == ("imported", 1)


async def test_goods_that_cannot_be_sold_again_move_no_stock(book: Book) -> None:
    client = await handed_over(book, 2)
    await client.post(f"{URL}/shipments", json={"reference": "LS-1"})
    await book.take(received(order("1001", *lines(2), state="cancelled"), observed(1)))
    (case,) = (await client.get("/orders/returns")).json()["items"]
    before = (await newest(book)).version
    assert (await client.post(f"/orders/returns/{case['id']}/receive", json={"restock": False})).status_code == 200
    assert (await newest(book)).version == before


async def test_goods_refunded_after_shipping_are_expected_back_once(book: Book) -> None:
    client = await handed_over(book, 3)
    await client.post(f"{URL}/shipments", json={"reference": "LS-1"})
    shipped = line("KR-1", 3, external_id="a", fulfilled_quantity=Decimal(3))
    refund = Refund(
        external_id="R-1", refunded_at=observed().stamp, total=eur("20.00"),
        lines=(RefundedLine(line_external_id="a", quantity=Decimal(2), total=eur("20.00"), restocked=True),),
    )  # fmt: skip
    refunded = order("1001", shipped, refunds=(refund,), payment_state="partially_refunded")
    await book.take(received(refunded, observed(1)))
    await book.take(received(refunded.model_copy(update={"note": "again"}), observed(2)))
    (case,) = (await client.get("/orders/returns", params={"order": str(ID)})).json()["items"]
    assert (case["cause"], case["lines"][0]["quantity"]) == ("returned", "2")
    entries = [one.data for one in await book.sent("journal.recorded") if one.data.code == "order_refunded_pieces"]
    assert [(one.params["amount"], one.params["pieces"], one.params["restocked"]) for one in entries] == [
        ("20.00 EUR", "KR-1 × 2", "2")
    ]
    assert await cancellations(client) == []


async def test_what_the_shop_changed_is_told_in_words_once_per_version_and_without_the_person(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1001", *lines(2, 1)), observed(0)))
    moved = order("1001").shipping_address
    assert moved is not None
    changed = order(
        "1001", *lines(4, 1), line("KR-1", 1, external_id="c"),
        shipping_address=moved.model_copy(update={"street": "Geheimweg 3"}),
        refunds=(Refund(external_id="R-1", refunded_at=observed().stamp, total=eur("5.00"), reason="Kulanz"),),
    )  # fmt: skip
    await book.take(received(changed, observed(1)))
    told = await book.told("1001")
    assert sorted(told[1:-1]) == [
        "order_line_added", "order_quantity_raised", "order_refunded", "order_shipping_address_changed",
    ]  # fmt: skip
    assert "Geheim" not in str([one.data for one in await book.sent("journal.recorded")])


async def test_a_key_of_another_shop_sees_and_answers_nothing_here(book: Book) -> None:
    client = await handed_over(book, 2)
    await client.post(
        f"{URL}/shipments", json={"reference": "LS-1", "lines": [{"article_number": "KR-1", "quantity": 1}]}
    )
    await book.take(received(order("1001", *lines(2), state="cancelled"), observed(1)))
    (one, *_) = [each for each in await cancellations(client) if each["state"] == "asked"]
    (case,) = (await client.get("/orders/returns")).json()["items"]
    stranger = await book.client("operate", [OTHER_SHOP])
    assert (await answer(stranger, "accept", one)).status_code == 404
    assert (await stranger.get(f"{URL}/cancellations")).status_code == 404
    assert (await stranger.get("/orders/cancellations")).json()["items"] == []
    assert (await stranger.get("/orders/returns")).json()["items"] == []
    assert (await stranger.get(f"/orders/returns/{case['id']}")).status_code == 404
    assert (await stranger.post(f"/orders/returns/{case['id']}/receive", json={"restock": True})).status_code == 404
    reader = await book.client("read")
    assert (await answer(reader, "accept", one)).status_code == 403
    assert (await reader.post(f"/orders/returns/{case['id']}/close", json={})).status_code == 403
    page = (await reader.get("/orders/cancellations", params={"limit": 1})).json()
    rest = (await reader.get("/orders/cancellations", params={"limit": 1, "after": page["next"]})).json()
    assert {each["state"] for each in (*page["items"], *rest["items"])} == {"asked", "overtaken"}


async def test_a_return_opened_in_the_shop_is_one_case_whatever_follows(book: Book) -> None:
    client = await handed_over(book, 2)
    await client.post(f"{URL}/shipments", json={"reference": "LS-1"})
    line_back = ReturnedLine(line_external_id="a", quantity=Decimal(1))
    told = [
        Return(external_id="B-1", state=state, lines=(line_back,))  # type: ignore[arg-type]
        for state in ("requested", "open", "closed")
    ]
    await book.take(received(order("1001", *lines(2), returns=(told[0],)), observed(1)))
    assert (await client.get("/orders/returns")).json()["items"] == []
    opened = received(order("1001", *lines(2), returns=(told[1],)), observed(2))
    await book.take(opened)
    await book.take(opened)
    await book.take(received(order("1001", *lines(2), returns=(told[2],)), observed(3)))
    (case,) = (await client.get("/orders/returns")).json()["items"]
    assert (case["cause"], case["state"], [one["quantity"] for one in case["lines"]]) == ("returned", "open", ["1"])
    said = [code for code in await book.told("1001") if "return" in code]
    assert said == ["order_return_requested", "order_return_open", "return_opened", "order_return_closed"]
