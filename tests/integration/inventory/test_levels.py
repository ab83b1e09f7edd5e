"""Stock uploads and movements: each row is answered, each change has its line in the ledger."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from tests.integration.inventory.stockroom import NOW, SHOP, Stockroom, at


async def levels(stockroom: Stockroom) -> dict[str, str]:
    page = await stockroom.get("/levels")
    return {f"{one['article_number']} {one['warehouse']}": one["quantity"] for one in page["items"]}


async def ledger(stockroom: Stockroom, article: str = "A-1") -> list[tuple[str, int, int, int | None]]:
    page = await stockroom.get("/ledger", article=article)
    entries = reversed(page["items"])
    return [(e["kind"], int(e["quantity"]), int(e["delta"]), e["level"] and int(e["level"])) for e in entries]


async def test_an_upload_answers_every_row_and_books_the_good_ones(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1", "A-2")
    rows = [
        {"article_number": number, "warehouse": "main", "quantity": quantity, "counted_at": NOW.isoformat(),
         "meaning": "physical"}
        for number, quantity in (("A-1", 5), ("A-9", 1), ("A-2", "two"))
    ]  # fmt: skip
    reply = await stockroom.call("PUT", "/levels", language="de", json={"rows": rows})
    answer = reply.json()
    assert [(row["outcome"], row["code"], row["field"]) for row in answer["rows"]] == [
        ("accepted", "", ""),
        ("refused", "level_article_unknown", "article_number"),
        ("refused", "level_quantity_invalid", "quantity"),
    ]
    assert (answer["accepted"], answer["refused"]) == (1, 2)
    assert "A-9" in answer["rows"][1]["detail"]
    assert "anlegen" in answer["rows"][1]["advice"]
    assert await levels(stockroom) == {"A-1 main": "5"}
    entries = [e for e in await stockroom.journalled() if e.noun == "stock_upload"]
    assert [(e.action, e.code) for e in entries] == [
        ("received", "level_upload_booked"),
        ("rejected", "level_article_unknown"),
        ("rejected", "level_quantity_invalid"),
    ]
    assert {e.correlation for e in entries} == {answer["id"]}


async def test_the_same_upload_twice_changes_nothing_the_second_time(stockroom: Stockroom) -> None:
    await stockroom.shelf()
    assert (await stockroom.count("A-1", 5))["outcome"] == "accepted"
    assert (await stockroom.count("A-1", 5))["outcome"] == "unchanged"
    assert await ledger(stockroom) == [("count", 5, 5, 5)]


async def test_an_older_count_than_the_stored_one_is_refused(stockroom: Stockroom) -> None:
    await stockroom.shelf()
    await stockroom.count("A-1", 5, when=at(30))
    late = await stockroom.count("A-1", 9, when=at(20))
    assert (late["outcome"], late["code"], late["field"]) == ("refused", "level_count_older", "counted_at")
    assert await levels(stockroom) == {"A-1 main": "5"}


async def test_the_first_upload_founds_its_warehouses_and_a_later_typing_mistake_is_refused(
    stockroom: Stockroom,
) -> None:
    await stockroom.articles("A-1")
    await stockroom.count("A-1", 5, warehouse="main")
    assert (await stockroom.count("A-1", 5, warehouse="mian"))["code"] == "level_warehouse_unknown"
    reply = await stockroom.call("PUT", "/warehouses/second", json={"name": "Second hall"})
    assert reply.status_code == 201
    assert (await stockroom.call("PUT", "/warehouses/second", json={"name": "Hall 2"})).status_code == 200
    assert (await stockroom.count("A-1", 2, warehouse="second"))["outcome"] == "accepted"
    warehouses = await stockroom.get("/warehouses")
    assert [(one["code"], one["name"], one["articles"]) for one in warehouses] == [
        ("main", "", 1), ("second", "Hall 2", 1)
    ]  # fmt: skip


async def test_a_movement_is_booked_once_by_its_reference(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=5)
    assert (await stockroom.move("GR-1", "A-1", 3))["level"] == "8"
    again = await stockroom.move("GR-1", "A-1", 3)
    assert (again["outcome"], again["level"]) == ("unchanged", "8")
    other = await stockroom.move("GR-1", "A-1", 4)
    assert (other["outcome"], other["code"]) == ("refused", "movement_reference_reused")
    assert await ledger(stockroom) == [("count", 5, 5, 5), ("movement", 3, 3, 8)]


async def test_the_same_reference_twice_in_one_request_is_booked_once(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=5)
    row = {"reference": "GR-1", "article_number": "A-1", "warehouse": "main", "quantity": 1}
    reply = await stockroom.call("POST", "/movements", json={"movements": [row, row]})
    assert [one["outcome"] for one in reply.json()["rows"]] == ["accepted", "unchanged"]


async def test_breakage_is_a_correction_with_its_reason(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=5)
    await stockroom.move("B-7", "A-1", -2, kind="correction", reason="broken")
    page = await stockroom.get("/ledger", article="A-1", reference="B-7")
    assert [(one["kind"], one["reason"], one["actor"]) for one in page["items"]] == [
        ("correction", "broken", "anna (operate)")
    ]  # fmt: skip


async def test_a_movement_before_the_last_count_is_noted_but_not_counted_twice(stockroom: Stockroom) -> None:
    await stockroom.shelf()
    await stockroom.count("A-1", 8, when=at(30))
    assert (await stockroom.move("GR-1", "A-1", 3, occurred_at=at(20).isoformat()))["level"] == "8"
    assert (await stockroom.move("GR-2", "A-1", 1, occurred_at=at(40).isoformat()))["level"] == "9"


async def test_a_count_that_arrives_late_keeps_what_moved_after_it(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=5)
    await stockroom.move("GR-1", "A-1", 3, occurred_at=at(20).isoformat())
    await stockroom.move("GR-2", "A-1", 2, occurred_at=at(40).isoformat())
    assert (await stockroom.count("A-1", 7, when=at(30)))["level"] == "9"


async def test_an_available_count_is_not_reduced_again_by_orders_its_sender_had_acknowledged(
    stockroom: Stockroom,
) -> None:
    await stockroom.shelf(quantity=10)
    await stockroom.take(stockroom.order("1", 1, [("A-1", 2)]), stockroom.order("2", 1, [("A-1", 3)]))
    await stockroom.take(stockroom.order("1", 2, [("A-1", 2)], acknowledged_at=at(20)))
    await stockroom.count("A-1", 8, when=at(30), meaning="available")
    assert await stockroom.sellable() == 5
    await stockroom.take(stockroom.order("2", 2, [("A-1", 3)], acknowledged_at=at(40)))
    assert await stockroom.sellable() == 5
    await stockroom.count("A-1", 5, when=at(50), meaning="available")
    assert await stockroom.sellable() == 5


async def test_pieces_added_to_an_acknowledged_order_are_taken_off_an_available_count(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    await stockroom.take(stockroom.order("1", 1, [("A-1", 2)], acknowledged_at=at(20)))
    await stockroom.count("A-1", 8, when=at(30), meaning="available")
    await stockroom.take(stockroom.order("1", 2, [("A-1", 5)], acknowledged_at=at(20)))
    assert await stockroom.sellable() == 5


async def test_a_second_warehouse_counted_physically_makes_every_order_count_again(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    await stockroom.call("PUT", "/warehouses/second", json={})
    await stockroom.take(stockroom.order("1", 1, [("A-1", 2)], acknowledged_at=at(20)))
    await stockroom.count("A-1", 8, when=at(30), meaning="available")
    assert await stockroom.sellable() == 8
    await stockroom.count("A-1", 1, when=at(30), warehouse="second")
    assert await stockroom.sellable() == 7


async def test_a_shipment_lowers_the_level_unless_the_count_was_taken_after_it(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    shipped: dict[str, Any] = {"shipped": [("A-1", 2)], "shipped_at": at(30)}
    await stockroom.take(stockroom.order("1", 1, [("A-1", 2)]))
    await stockroom.take(stockroom.order("1", 2, **shipped))
    assert await levels(stockroom) == {"A-1 main": "8"}
    await stockroom.count("A-1", 8, when=at(40))
    await stockroom.take(stockroom.order("2", 2, **shipped))
    assert await levels(stockroom) == {"A-1 main": "8"}
    assert await ledger(stockroom) == [
        ("count", 10, 10, 10), ("shipment", -2, -2, 8), ("shipment", -2, 0, 8)
    ]  # fmt: skip


async def test_a_parcel_taken_back_puts_its_pieces_back(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    await stockroom.take(stockroom.order("1", 1, shipped=[("A-1", 2)], shipped_at=at(30)))
    await stockroom.take(stockroom.order("1", 2, [("A-1", 2)]))
    assert await levels(stockroom) == {"A-1 main": "10"}
    assert await stockroom.sellable() == 8


async def test_a_shipment_leaves_the_warehouse_of_its_connection(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    await stockroom.call("PUT", "/warehouses/small", json={})
    await stockroom.count("A-1", 3, when=at(0), warehouse="small")
    reply = await stockroom.call("PUT", f"/settings/{SHOP}", json={"ships_from": "small"})
    assert reply.status_code == 200
    await stockroom.take(stockroom.order("1", 1, shipped=[("A-1", 2)], shipped_at=at(30)))
    assert await levels(stockroom) == {"A-1 main": "10", "A-1 small": "1"}


async def test_what_shipped_before_an_article_lay_anywhere_is_taken_off_its_first_late_count(
    stockroom: Stockroom,
) -> None:
    await stockroom.articles("A-1")
    await stockroom.take(stockroom.order("1", 1, shipped=[("A-1", 2)], shipped_at=at(30)))
    assert (await stockroom.count("A-1", 10, when=at(20)))["level"] == "8"


async def test_a_csv_upload_of_a_german_spreadsheet_is_taken(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1", "Größe 2")
    body = "Artikelnummer;Menge\r\nA-1;12,5\r\nGröße 2;3\r\nA-1x;1\r\n".encode("cp1252")
    reply = await stockroom.call(
        "PUT",
        "/levels",
        params={"warehouse": "main", "counted_at": NOW.isoformat(), "meaning": "physical"},
        content=body,
        headers={"Content-Type": "text/csv; charset=windows-1252"},
    )
    assert [one["outcome"] for one in reply.json()["rows"]] == ["accepted", "accepted", "refused"]
    assert {k: Decimal(v) for k, v in (await levels(stockroom)).items()} == {
        "A-1 main": Decimal("12.5"), "Größe 2 main": 3
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "media", "status", "code"),
    [
        (b"colour;size\nred;3", "text/csv", 422, "count_file_column"),
        (b"{}", "application/json", 422, "request_invalid"),
        (b"not json", "application/json", 422, "request_invalid"),
        (b"<a/>", "application/xml", 415, "upload_media_type"),
    ],
)
async def test_an_upload_that_is_none_says_what_is_expected(
    stockroom: Stockroom, content: bytes, media: str, status: int, code: str
) -> None:
    reply = await stockroom.call("PUT", "/levels", content=content, headers={"Content-Type": media})
    assert (reply.status_code, reply.json()["code"]) == (status, code)


async def test_a_key_for_some_connections_may_read_levels_but_not_change_them(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=5)
    token = await stockroom.key("operate", [SHOP])
    assert (await stockroom.call("GET", "/levels", token=token)).status_code == 200
    for method, path, body in (
        ("PUT", "/levels", {"rows": []}),
        ("POST", "/movements", {"movements": []}),
        ("PUT", "/articles", {"articles": []}),
        ("DELETE", "/articles/A-1", None),
        ("PUT", "/warehouses/x", {}),
    ):
        reply = await stockroom.call(method, path, token=token, json=body)
        assert (reply.status_code, reply.json()["code"]) == (403, "key_is_limited")


async def test_the_ledger_can_only_be_added_to(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=5)
    for statement in ("UPDATE ledger SET delta = 0", "DELETE FROM ledger"):
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            async with stockroom.service.database.transaction() as tx:
                await tx.execute(statement)


async def test_every_level_change_can_be_paged_through(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=0)
    for n in range(5):
        await stockroom.move(f"GR-{n}", "A-1", 1, occurred_at=(NOW + timedelta(seconds=n)).isoformat())
    seen, after = [], None
    while True:
        page = await stockroom.get("/ledger", limit=2, **({"after": after} if after else {}))
        seen += [one["reference"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == ["GR-4", "GR-3", "GR-2", "GR-1", "GR-0", ""]
