"""The order book's half of a dry run: every reason and the proof of the sum, and nothing is written."""

from typing import Any

from tests.integration.order_import.book import Book, order_id, received
from tests.pure.order_import.samples import OTHER_SHOP, SHOP, eur, line, observed, order


async def judged(book: Book, *orders: Any, language: str = "en") -> Any:
    body = {"connection": str(SHOP), "orders": [one.model_dump(mode="json") for one in orders]}
    client = await book.client("service")
    return await client.post("/orders/judgements", json=body, headers={"Accept-Language": language})


async def rows(book: Book) -> dict[str, int]:
    tables = ("orders", "order_lines", "order_versions", "parked_reasons", "inbox", "outbox", "feed_fresh")
    return {table: await book.value(f"SELECT count(*) FROM {table}") for table in tables}


async def test_a_judgement_says_what_an_import_would_decide_and_why(book: Book) -> None:
    await book.know("KR-1")
    before = await rows(book)
    good, odd = order("1"), order("2", line("NEW"), total=eur("99.00"), billing_address=None)
    first, second = (await judged(book, good, odd, language="de")).json()
    assert (first["status"], first["reasons"], first["article_numbers"]) == ("imported", [], ["KR-1"])
    assert (first["proof"]["stated"], first["proof"]["difference"], first["proof"]["tolerated"]) == (
        "14.90", "0.00", True,
    )  # fmt: skip
    assert [one["code"] for one in second["reasons"]] == [
        "article_unknown", "billing_address_missing", "totals_mismatch",
    ]  # fmt: skip
    assert second["reasons"][0]["sentence"] == "Die Artikelnummer „NEW“ ist unbekannt."
    assert (second["proof"]["stated"], second["proof"]["computed"], second["proof"]["tolerated"]) == (
        "99.00", "14.90", False,
    )  # fmt: skip
    assert await rows(book) == before


async def test_a_judgement_decides_as_the_import_that_follows_it(book: Book) -> None:
    await book.know("KR-1")
    orders = [
        order("1"),
        order("2", line("NEW")),
        order("3", withheld=("address",)),
        order("4", state="cancelled"),
        order("5", total=eur("1.00")),
    ]
    told = {one["external_id"]: one["status"] for one in (await judged(book, *orders)).json()}
    await book.take(*(received(one, observed(0)) for one in orders))
    assert told == {one.external_id: (await book.row(one.external_id))["status"] for one in orders}


async def test_a_judgement_knows_how_the_order_is_held_now(book: Book) -> None:
    await book.take(received(order("1", line("NEW")), observed(0)))
    await book.know("NEW")
    (one,) = (await judged(book, order("1", line("NEW")))).json()
    assert (one["order_id"], one["known_version"], one["known_status"], one["status"]) == (
        str(order_id("1")), 1, "parked", "imported",
    )  # fmt: skip


async def test_amounts_that_cannot_be_added_up_have_no_proof_but_a_reason(book: Book) -> None:
    await book.know("KR-1")
    (one,) = (await judged(book, order("1", total=eur("14.90").model_copy(update={"currency": "USD"})))).json()
    assert (one["proof"], [why["code"] for why in one["reasons"]]) == (None, ["currency_mismatch"])


async def test_a_stranger_has_nothing_judged(book: Book) -> None:
    body = {"connection": str(SHOP), "orders": []}
    assert (await (await book.client("read")).post("/orders/judgements", json=body)).status_code == 403
    limited = await book.client("operate", [OTHER_SHOP])
    assert (await limited.post("/orders/judgements", json=body)).status_code == 404


async def test_a_judgement_shows_what_the_rules_of_the_connection_decide(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await book.rule(mode="approval", payments={"rows": {"paypal": "PayPal"}})
    (fresh,) = (await judged(book, order("1"), language="de")).json()
    assert (fresh["status"], [one["code"] for one in fresh["reasons"]]) == ("waiting", ["approval_wanted"])
    (payment,) = [one for one in fresh["decisions"] if one["field"] == "payment_method"]
    assert (fresh["rules_version"], payment["value"], payment["sentence"]) == (
        1, "PayPal", "Die Zahlungsart „paypal“ des Shops ist als „PayPal“ zugeordnet.",
    )  # fmt: skip
    await book.take(received(order("1"), observed(0)))
    await client.post(f"/orders/{order_id('1')}/approve")
    (approved,) = (await judged(book, order("1"))).json()
    assert (approved["known_status"], approved["status"]) == ("imported", "imported")
