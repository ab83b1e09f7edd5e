"""Accounts of customers, whether or not they ever ordered: read by id, with what old shops write."""

from collections.abc import Callable
from typing import Any

import pytest

from services.connectors.shopware5 import reading
from services.connectors.shopware5.connector import SHOPWARE5
from services.sandbox import seeds
from services.sandbox.merchant import Address
from shared.connector_kit.declaration import Window
from shared.connector_kit.translation import read
from shared.contracts.customer import ShopCustomer
from tests.wired.contract.stand import Stand

Shop = Callable[..., Stand]


def ordered(stand: Stand, case: str) -> None:
    stand.opened.place(seeds.case(case, stand.sandbox.clock().replace(microsecond=0)))


async def accounts(stand: Stand) -> dict[str, ShopCustomer]:
    """Every account by its e-mail."""
    pages = [page async for page in reading.customers(stand.client, Window())]
    found = [read(stand.stream("customer"), raw).contract for page in pages for raw in page.items]
    assert all(isinstance(one, ShopCustomer) for one in found)
    return {one.person.email: one for one in found if isinstance(one, ShopCustomer)}


@pytest.mark.parametrize("entered", [{}, {"authentication": "basic"}], ids=["digest", "basic"])
async def test_who_never_ordered_is_read_with_his_addresses(shop: Shop, entered: dict[str, Any]) -> None:
    found = await accounts(shop(entered))
    usual, company, bare = (found[f"{name}.example"] for name in (
        "wilma.neugier@post", "einkauf@tante-emma", "ohne.nummer@post"))  # fmt: skip
    assert (usual.person.number, usual.person.first_name, usual.person.phone) == ("20001", "Wilma", "09131 4711")
    assert usual.billing_address is not None
    assert (usual.billing_address.street, usual.billing_address.country) == ("Lange Zeile 4", "DE")
    assert (company.person.last_name, company.person.company, company.group) == ("Krämer", "Tante Emma GmbH", "H")
    assert company.registered_at is None
    assert (bare.person.number, bare.active, bare.shipping_address) == ("", False, None)


async def test_a_guest_is_named_and_comes_with_his_order_only(stand: Stand) -> None:
    ordered(stand, "guest")
    ordered(stand, "pickup")
    pages = [page async for page in reading.customers(stand.client, Window())]
    guests = [(one.external_id, one.code) for page in pages for one in page.left_out]
    assert {code for _, code in guests} == {"customer_guest"}
    read_ones = {raw.external_id for page in pages for raw in page.items}
    assert not {id for id, _ in guests} & read_ones
    buyer = stand.shop.store.orders[max(stand.shop.store.orders)].body["customer"]
    assert str(buyer["id"]) in read_ones


async def test_more_than_a_page_of_customers_is_read_once_each(stand: Stand) -> None:
    home = Address("Erika", "Viele", "Weg 1", "10115", "Berlin")
    for n in range(230):
        stand.shop.store.till.people.register(f"viele{n}@post.example", home)
    found = await accounts(stand)
    assert len(found) == 233
    assert len({one.person.external_id for one in found.values()}) == 233


async def test_one_customer_is_read_by_his_id_and_nobody_by_anything_else(stand: Stand) -> None:
    (raw,) = await reading.customer(stand.client, "1")
    assert raw.external_id == "1"
    assert raw.number == ""
    for nobody in ("999999", "x", "²"):
        assert await reading.customer(stand.client, nobody) == []


async def test_hashes_of_passwords_and_payment_data_are_not_kept(stand: Stand) -> None:
    (raw,) = await reading.customer(stand.client, "1")
    assert b"$2y$" not in raw.body
    assert not [word for word in (b"hashPassword", b"sessionId", b"paymentData") if word in raw.body]


async def test_an_account_that_cannot_be_read_says_which_field(stand: Stand) -> None:
    stand.shop.store.till.people.rows[1]["email"] = ["not", "a", "text"]
    (raw,) = await reading.customer(stand.client, "1")
    why = read(stand.stream("customer"), raw).unreadable
    assert why is not None
    assert (why.code, why.field) == ("wrong_type", "email")


async def test_a_role_that_may_not_read_customers_is_told_so_and_connects(stand: Stand) -> None:
    stand.shop.store.withheld.add("customer")
    probed = await SHOPWARE5.probe(stand.client)
    assert probed.ok
    assert [one.field for one in probed.findings if one.code == "scope_missing"] == ["customer:read"]
