"""Accounts with a shop become the ERP's customers: recognised as buyers are, taken over once, and erased for good."""

from typing import Any
from uuid import UUID

import pytest

from services.order_import import shop_customers
from shared.contracts.customer import CustomerReceived, CustomerUnreadable, ShopCustomer
from shared.contracts.envelope import Event, event
from shared.contracts.identity import received_id, record_id
from shared.contracts.order import Address, Customer, Observation
from tests.integration.order_import.book import Book
from tests.integration.order_import.test_erp_customers import CUSTOMERS, person
from tests.pure.order_import.samples import NOON, SHOP, observed

ACCOUNTS = f"/orders/shop-customers/{SHOP}"


def account(id: str, **differing: Any) -> ShopCustomer:
    who = {"number": f"2000{id}", "email": f"who{id}@example.org", "first_name": "Wilma", "last_name": f"Neugier{id}"}
    known = Customer.model_validate({"external_id": id, **who, **differing})
    home = Address(first_name=known.first_name, last_name=known.last_name, street=f"Weg {id}", city="Köln",
                   postcode="51147", country="DE")  # fmt: skip
    return ShopCustomer(person=known, group="EK", billing_address=home)


def told(one: ShopCustomer | str, minute: int = 0, **differing: Any) -> Event[Any]:
    seen: Observation = observed(minute, **differing)
    id = one if isinstance(one, str) else str(one.person.external_id)
    data = (
        CustomerUnreadable(external_id=id, code="wrong_type", field="email", observed=seen)
        if isinstance(one, str)
        else CustomerReceived(customer=one, observed=seen)
    )
    key = received_id(data.type, SHOP, id, seen.stamp, f"{data.model_dump_json()}", minute)
    return event(data, id=key, source="shop", subject=id, time=NOON, platform="shop", connection=SHOP)


async def take(book: Book, *events: Event[Any]) -> None:
    for work, kind in ((shop_customers.received, CustomerReceived), (shop_customers.unreadable, CustomerUnreadable)):
        mine = [one for one in events if isinstance(one.data, kind)]
        await book.apply(lambda tx, fresh, work=work: work(book.service, tx, fresh), mine)


async def shown(book: Book, **params: Any) -> dict[str, dict[str, Any]]:
    client = await book.client()
    items = (await client.get(ACCOUNTS, params=params)).json()["items"]
    return {one["external_id"]: one for one in items}


async def figures(book: Book) -> dict[str, Any]:
    client = await book.client()
    found: dict[str, Any] = (await client.get(f"{ACCOUNTS}/summary")).json()
    return found


async def known_to_the_erp(book: Book, *rows: dict[str, Any]) -> None:
    client = await book.client()
    assert (await client.put(CUSTOMERS, json={"customers": list(rows)})).status_code == 200


async def test_who_never_ordered_is_taken_over_under_his_number_and_found_by_his_e_mail(book: Book) -> None:
    await take(book, told(account("1")), told(account("2")))
    found = await shown(book)
    assert {id: (one["outcome"], one["customer_number"]) for id, one in found.items()} == {
        "1": ("created", "20001"), "2": ("created", "20002"),
    }  # fmt: skip
    assert found["1"]["customer"]["person"]["email"] == "who1@example.org"
    client = await book.client()
    (by_mail,) = (await client.get(CUSTOMERS, params={"email": "WHO1@example.org"})).json()["items"]
    assert (by_mail["number"], by_mail["by_email"], by_mail["by_address"]) == ("20001", True, True)
    assert await book.told() == ["shop_customer_created"] * 2


@pytest.mark.parametrize(
    ("known", "criterion"),
    [
        (person("20001"), "number"),
        (person("9", email="WHO1@example.org"), "email"),
        (person("9", email="", first_name="Wilma", last_name="Neugier1", street="Weg 1"), "address"),
    ],
)
async def test_whom_the_erp_knows_is_recognised_as_a_buyer_is(
    book: Book, known: dict[str, Any], criterion: str
) -> None:
    await known_to_the_erp(book, known)
    await take(book, told(account("1")))
    (one,) = (await shown(book)).values()
    assert (one["outcome"], one["customer_number"]) == ("matched", known["number"])
    assert criterion in one["sentence"]
    client = await book.client()
    assert [row["number"] for row in (await client.get(CUSTOMERS)).json()["items"]] == [known["number"]]


async def test_the_same_again_changes_nothing_and_a_change_is_no_second_customer(book: Book) -> None:
    await take(book, told(account("1")), told(account("1")))
    before = await shown(book)
    await take(book, told(account("1")))
    assert await shown(book) == before
    await take(book, told(account("1", email="new@example.org"), 5))
    (now,) = (await shown(book)).values()
    assert (now["outcome"], now["customer"]["person"]["email"]) == ("created", "new@example.org")
    await take(book, told(account("1", email="old@example.org"), 3))
    assert (await shown(book))["1"]["customer"]["person"]["email"] == "new@example.org"
    assert await book.value("SELECT count(*) FROM erp_customers") == 1
    assert await book.told() == ["shop_customer_created"]


async def test_two_accounts_of_one_person_are_one_customer(book: Book) -> None:
    await take(book, told(account("1")), told(account("2", email="who1@example.org")))
    found = await shown(book)
    assert {id: (one["outcome"], one["customer_number"]) for id, one in found.items()} == {
        "1": ("created", "20001"), "2": ("matched", "20001"),
    }  # fmt: skip


async def test_what_is_missing_is_named_and_judged_again_when_the_erp_has_it(book: Book) -> None:
    nameless = account("2", first_name="", last_name="")
    await take(book, told(account("1", number="")), told(nameless), told("3"))
    counts = await figures(book)
    assert {name: n for name, n in counts.items() if name not in ("connection", "codes") and n} == {
        "customers": 3, "waiting": 2, "unreadable": 1,
    }  # fmt: skip
    assert counts["codes"] == {
        "shop_customer_number_missing": 1, "shop_customer_nameless": 1, "customer_unreadable": 1,
    }  # fmt: skip
    assert (await shown(book, code="shop_customer_number_missing"))["1"]["advice"]
    await known_to_the_erp(book, person("77", email="who1@example.org"))
    client = await book.client()
    judged = (await client.post(f"{ACCOUNTS}/judge")).json()
    assert (judged["matched"], judged["waiting"]) == (1, 1)
    assert (await shown(book, outcome="matched"))["1"]["customer_number"] == "77"


async def test_the_rules_of_the_connection_decide_whether_anybody_is_taken_over(book: Book) -> None:
    await book.rule(customers={"accounts": {"mode": "match", "criteria": ["email"], "unmatched": "refuse"}})
    await known_to_the_erp(book, person("20001"))
    await take(book, told(account("1")))
    (one,) = (await shown(book)).values()
    assert (one["outcome"], one["code"]) == ("waiting", "shop_customer_not_matched")


async def test_a_number_that_another_customer_has_is_never_taken_from_him(book: Book) -> None:
    await book.rule(customers={"accounts": {"mode": "create"}})
    await known_to_the_erp(book, person("20001"))
    await take(book, told(account("1")))
    (one,) = (await shown(book)).values()
    assert (one["outcome"], one["code"], one["field"]) == ("waiting", "shop_customer_number_taken", "number")


async def test_nobody_is_stored_in_clear_and_who_is_erased_does_not_come_back(book: Book) -> None:
    await take(book, told(account("1")))
    async with book.admin.transaction() as tx:
        stored = str(await tx.rows("SELECT * FROM shop_customers"))
    assert not [word for word in ("Wilma", "Neugier", "example.org", "Weg 1", "51147") if word in stored]
    service = await book.client("service")
    key = book.service.hasher.customer("who1@example.org")
    gone = (await service.post("/orders/internal/erasures", json={"customer_key": key})).json()
    id = record_id("customer", SHOP, "1")
    assert [UUID(one) for one in gone["customer_ids"]] == [id]
    # The journal destroys the key, as it does with those of orders.
    async with book.admin.transaction() as tx:
        await tx.execute("UPDATE archive.keys SET key = NULL, destroyed_at = now() WHERE id = :id", id=id)
    await take(book, told(account("1", email="who1@example.org", phone="1"), 9))
    (one,) = (await shown(book)).values()
    assert (one["outcome"], one["customer"], one["number"], one["customer_number"]) == ("erased", None, "", "")
    assert await book.told() == ["shop_customer_created", "shop_customer_erased"]


async def test_a_key_for_other_connections_sees_nobody(book: Book) -> None:
    await take(book, told(account("1")))
    client = await book.client("operate", connections=[UUID(int=7)])
    for path in (ACCOUNTS, f"{ACCOUNTS}/summary"):
        assert (await client.get(path)).status_code == 404
    assert (await client.post(f"{ACCOUNTS}/judge")).status_code == 403
