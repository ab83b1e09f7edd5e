"""The ERP's customers and bills of material: many rows in one call, each answered; and nothing kept of who they are."""

from typing import Any

from services.order_import import customer_book
from tests.integration.order_import.book import Book
from tests.pure.order_import.samples import order

CUSTOMERS = "/orders/master-data/customers"
BILLS = "/orders/master-data/bills-of-material"


def person(number: str, **differing: Any) -> dict[str, Any]:
    return {
        "number": number, "project": "North", "email": f"Buyer{number}@example.org", "first_name": "Erika",
        "last_name": "Mustermann", "street": "Heidestr. 17", "postcode": "51147", "city": "Köln", "country": "DE",
    } | differing  # fmt: skip


async def test_ten_thousand_customers_in_one_call_and_the_same_again_change_nothing(book: Book) -> None:
    client = await book.client()
    rows = [person(str(n)) for n in range(10_000)]
    first = (await client.put(CUSTOMERS, json={"customers": rows})).json()
    assert (first["accepted"], first["unchanged"], first["refused"]) == (10_000, 0, 0)
    again = (await client.put(CUSTOMERS, json={"customers": rows})).json()
    assert (again["accepted"], again["unchanged"], again["refused"]) == (0, 10_000, 0)
    assert {one["outcome"] for one in again["rows"]} == {"unchanged"}
    assert await book.value("SELECT count(*) FROM erp_customers") == 10_000
    assert await book.told() == ["master_customers_stored"]
    one_more = await client.put(CUSTOMERS, json={"customers": [*rows, person("x")]})
    assert (one_more.status_code, one_more.json()["field"]) == (422, "customers")


async def test_each_row_is_answered_and_a_bad_one_spoils_no_other(book: Book) -> None:
    client = await book.client()
    rows = [
        person("1"), {"email": "nobody@example.org"}, person("2", surprise=1), person("3"), person("3", city="Bonn"),
        person("4", street=17),
    ]  # fmt: skip
    answer = (await client.put(CUSTOMERS, json={"customers": rows})).json()
    assert [(one["row"], one["outcome"], one["field"]) for one in answer["rows"]] == [
        (0, "created", ""), (1, "refused", "number"), (2, "refused", "surprise"), (3, "refused", "number"),
        (4, "refused", "number"), (5, "refused", "street"),
    ]  # fmt: skip
    assert "example.org" not in str([one["detail"] for one in answer["rows"]])
    changed = (await client.put(CUSTOMERS, json={"customers": [person("1", email="")]})).json()
    assert changed["rows"][0]["outcome"] == "updated"


async def test_a_customer_is_found_by_his_e_mail_which_is_not_kept(book: Book) -> None:
    client = await book.client()
    await client.put(CUSTOMERS, json={"customers": [person("1"), person("2", email=""), {"number": "3"}]})
    page = (await client.get(CUSTOMERS, params={"email": " buyer1@EXAMPLE.org "})).json()["items"]
    assert [(one["number"], one["by_email"], one["by_address"]) for one in page] == [("1", True, True)]
    found = (await client.get(CUSTOMERS, params={"limit": 2})).json()
    rest = (await client.get(CUSTOMERS, params={"limit": 2, "after": found["next"]})).json()
    assert [one["number"] for one in found["items"] + rest["items"]] == ["1", "2", "3"]
    async with book.admin.transaction() as tx:
        stored = str(await tx.rows("SELECT * FROM erp_customers"))
    for word in ("example", "Erika", "Mustermann", "Heide", "Köln", "51147"):
        assert word not in stored


async def test_erasing_a_person_ends_his_being_recognised(book: Book) -> None:
    client, service = await book.client(), await book.client("service")
    await client.put(CUSTOMERS, json={"customers": [person("1"), person("2")]})
    key = book.service.hasher.customer("buyer1@example.org")
    for _ in range(2):
        assert (await service.post("/orders/internal/erasures", json={"customer_key": key})).status_code == 200
    rows = (await client.get(CUSTOMERS)).json()["items"]
    assert [(one["number"], one["by_email"], one["by_address"]) for one in rows] == [
        ("1", False, False), ("2", True, True),
    ]  # fmt: skip
    await service.post("/orders/internal/erasures", json={"order_ids": []})
    assert (await client.get(CUSTOMERS, params={"number": "2"})).json()["items"][0]["by_email"] is True


async def test_a_customer_can_be_forgotten(book: Book) -> None:
    client = await book.client()
    await client.put(CUSTOMERS, json={"customers": [person("A/1")]})
    assert (await client.delete(f"{CUSTOMERS}/A/1")).status_code == 204
    assert (await client.delete(f"{CUSTOMERS}/A/1")).status_code == 404
    assert await book.told() == ["master_customers_stored", "master_customer_deleted"]


async def test_a_masked_e_mail_recognises_nobody(book: Book) -> None:
    bought = order()
    assert bought.customer is not None
    email, address = customer_book.keys_of(book.service.hasher, bought)
    masked = bought.model_copy(update={"customer": bought.customer.model_copy(update={"email_is_masked": True})})
    assert email
    assert customer_book.keys_of(book.service.hasher, masked) == ("", address)


def bill(head: str, *components: tuple[str, Any]) -> dict[str, Any]:
    return {"head": head, "components": [{"article_number": number, "quantity": n} for number, n in components]}


async def test_bills_of_material_are_stored_whole_and_twice_is_once(book: Book) -> None:
    await book.know("SET", "A", "B")
    client = await book.client()
    for outcomes in (["created"], ["unchanged"]):
        answer = (await client.put(BILLS, json={"bills": [bill("SET", ("A", 2), ("B", "0.5"))]})).json()
        assert [one["outcome"] for one in answer["rows"]] == outcomes
    shown = (await client.get(BILLS, params={"component": "B"})).json()["items"]
    assert shown == [bill("SET", ("A", "2"), ("B", "0.5")) | {"kept_in_stock": False}]
    assert (await client.put(BILLS, json={"bills": [bill("SET", ("B", 1))]})).json()["rows"][0]["outcome"] == "updated"
    for outcome in ("deleted", "unchanged"):
        assert (await client.put(BILLS, json={"bills": [bill("SET")]})).json()["rows"][0]["outcome"] == outcome
    assert (await client.get(BILLS)).json()["items"] == []
    told = [one.data for one in await book.sent("journal.recorded")]
    assert [one.action for one in told] == ["created", "updated", "deleted"]
    assert (told[1].params["before"], told[1].params["after"]) == ("2 × A, 0.5 × B", "1 × B")


async def test_a_bill_names_known_articles_once_and_has_one_level(book: Book) -> None:
    await book.know("SET", "BOX", "A", "B")
    client = await book.client()
    await client.put(BILLS, json={"bills": [bill("SET", ("A", 2))]})
    rows = [
        bill("NEW", ("A", 1)), bill("BOX", ("NEW", 1)), bill("BOX", ("SET", 1)), bill("A", ("B", 1)),
        bill("BOX", ("A", 1), ("A", 2)), bill("BOX", ("A", 0)), bill("BOX", ("BOX", 1)),
    ]  # fmt: skip
    answers = [(await client.put(BILLS, json={"bills": [row]})).json()["rows"][0] for row in rows]
    assert [(one["code"], one["field"]) for one in answers] == [
        ("master_article_unknown", "head"),
        ("master_article_unknown", "components.0.article_number"),
        ("bill_component_is_head", "components.0.article_number"),
        ("bill_head_is_component", "head"),
        ("bill_component_twice", "components.1.article_number"),
        ("master_row_invalid", "components.0.quantity"),
        ("bill_head_is_component", "head"),
    ]
    both = (await client.put(BILLS, json={"bills": [bill("BOX", ("A", 1)), bill("BOX", ("B", 1)), bill("SET")]})).json()
    assert [one["outcome"] for one in both["rows"]] == ["refused", "refused", "deleted"]
