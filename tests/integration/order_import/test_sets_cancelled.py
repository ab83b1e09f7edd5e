"""Articles that are taken apart, in orders of which something is cancelled: all sides count the same components."""

from decimal import Decimal
from typing import Any

import pytest

from tests.integration.order_import.book import Book, order_id, received
from tests.integration.order_import.test_calling_off import CANCEL, reported
from tests.integration.order_import.test_cancellations import URL, answer, cancellations
from tests.integration.order_import.test_contents import bill, enter, heard, left, put, shops, stated, wants
from tests.integration.order_import.test_feed import acknowledge, feed
from tests.pure.order_import.samples import line, observed, order

__all__ = ["shops"]
PARCELS = f"/orders/{order_id('1001')}/shipments"


def sets(pieces: int, cancelled: int = 0) -> Any:
    return line("SET", pieces, external_id="s", cancelled_quantity=Decimal(cancelled))


async def handed_over(book: Book, *lines: Any) -> Any:
    """An order that the ERP has acknowledged, of sets of two A and one B; answers a client."""
    client = await book.client()
    await bill(client, ("A", 2), ("B", 1))
    await feed(client)
    await book.take(received(order("1001", *lines), observed(0)))
    await book.number_feed()
    await acknowledge(client, await feed(client))
    return client


async def ship(client: Any, reference: str, *lines: dict[str, Any]) -> Any:
    return await client.post(PARCELS, json={"reference": reference, "lines": list(lines)})


async def test_components_are_reserved_until_the_cancellation_of_their_set_is_agreed(book: Book) -> None:
    client = await handed_over(book, sets(3))
    await book.take(received(order("1001", sets(3, 1)), observed(1)))
    assert await wants(book) == {"A": "6", "B": "3"}
    (asked,) = await cancellations(client)
    assert (await answer(client, "accept", asked)).status_code == 200
    assert await wants(book) == {"A": "4", "B": "2"}
    refused = await ship(client, "1", {"article_number": "A", "quantity": 5})
    assert (refused.json()["code"], refused.json()["field"]) == ("shipment_line_cancelled", "lines.0")
    assert (await ship(client, "1", {"line_external_id": "s/A"}, {"line_external_id": "s/B"})).status_code == 201
    assert (await heard(book), await left(book), await wants(book)) == ([{"s": "2"}], {"A": "4", "B": "2"}, {})


@pytest.mark.parametrize("parts", [[{"article_number": "A", "quantity": 2}, {"article_number": "B", "quantity": 1}],
                                   [{"line_external_id": "s"}]])  # fmt: skip
async def test_a_set_that_the_shop_removed_is_still_its_components_and_its_parcel_wins(book: Book, parts: Any) -> None:
    client = await handed_over(book, sets(1), line("KR-1", external_id="x"))
    await book.take(received(order("1001", line("KR-1", external_id="x")), observed(1)))
    assert await wants(book) == {"A": "2", "B": "1", "KR-1": "1"}
    assert (await ship(client, "1", *parts)).status_code == 201
    assert (await heard(book), await wants(book)) == ([{"s": "1"}], {"KR-1": "1"})
    assert [one["state"] for one in await cancellations(client)] == ["overtaken"]
    (case,) = (await client.get(URL)).json()["returns"]
    assert [(one["article_number"], one["quantity"]) for one in case["lines"]] == [("SET", "1")]


async def test_a_set_is_called_off_only_as_far_as_no_part_of_it_has_left(book: Book) -> None:
    client = await handed_over(book, sets(3))
    assert (await ship(client, "1", {"article_number": "A", "quantity": 3})).status_code == 201
    whole = await client.post(CANCEL, json={"reference": "S-1", "reason": "out_of_stock"})
    assert whole.json()["code"] == "cancel_partly_shipped"
    wish: dict[str, Any] = {"reference": "S-2", "reason": "out_of_stock", "lines": [{"line_external_id": "s"}]}
    one = (await client.post(CANCEL, json=wish)).json()
    assert [(each["line_external_id"], each["quantity"]) for each in one["lines"]] == [("s", "1")]
    assert await wants(book) == {"A": "3", "B": "3"}
    await book.take_reports(reported(one["id"], "done"))
    assert await wants(book) == {"A": "1", "B": "2"}
    assert (await ship(client, "2", {"article_number": "A"}, {"article_number": "B"})).status_code == 201
    assert (await heard(book), await wants(book)) == ([{"s": "2"}], {})


async def test_equal_lines_that_the_erp_got_as_one_are_called_off_by_its_key(book: Book) -> None:
    client = await book.client()
    await put(client, 0, lines={"aggregate": True})
    await handed_over(book, line(external_id="x"), line(external_id="y"))
    lines = [{"line_external_id": "x", "quantity": 2}]
    made = await client.post(CANCEL, json={"reference": "S-1", "reason": "out_of_stock", "lines": lines})
    assert made.status_code == 201, made.text
    assert [(each["line_external_id"], each["quantity"]) for each in made.json()["lines"]] == [("x", "1"), ("y", "1")]
    await book.take_reports(reported(made.json()["id"], "done"))
    assert await wants(book) == {}


@pytest.mark.parametrize("cancelled", [True, False], ids=["cancelled too late", "one set refunded"])
async def test_a_set_that_came_back_lies_on_the_shelf_as_its_components(book: Book, cancelled: bool) -> None:
    client = await handed_over(book, sets(2), line("KR-1", external_id="x"))
    assert (await ship(client, "1", {"line_external_id": "s"}, {"line_external_id": "x"})).status_code == 201
    assert await left(book) == {"A": "4", "B": "2", "KR-1": "1"}
    refunded = sets(2, 1).model_copy(update={"fulfilled_quantity": Decimal(2)})
    lines = [sets(2) if cancelled else refunded, line("KR-1", external_id="x", fulfilled_quantity=Decimal(1))]
    state = {"state": "cancelled" if cancelled else "open"}
    await book.take(received(order("1001", *lines, **state), observed(1)))
    (case,) = (await client.get("/orders/returns")).json()["items"]
    for _ in range(2):
        answered = await client.post(f"/orders/returns/{case['id']}/receive", json={"restock": True})
        assert answered.status_code == 200, answered.text
    expected = {"A": "4", "B": "2", "KR-1": "1"} if cancelled else {"A": "2", "B": "1"}
    assert await stated(book, "returned") == expected
    await enter(client, "bills-of-material", {"bills": [{"head": "SET", "components": []}]})
    await book.take(received(order("1001", *lines, note="later", **state), observed(2)))
    assert await stated(book, "returned") == expected
