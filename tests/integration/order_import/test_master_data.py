"""Master data over REST: written whole under an ETag, checked, journalled, and closed to keys for some shops only."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from services.order_import import connection_replica
from shared.contracts.connection import Connection
from tests.integration.order_import.book import Book
from tests.pure.order_import.samples import OTHER_SHOP, SHOP

AT = "/orders/master-data"
LIST = f"{AT}/lists/payment-methods"
AUSTRIA = {
    "normal_rate": "0.20", "reduced_rate": "0.10", "special_rate": "0.13", "valid_from": "2021-07-01", "active": True,
    "vat_id": "ATU12345678", "articles": [{"article_number": "WINE", "rate_class": "special"}],
}  # fmt: skip


def if_match(etag: str) -> dict[str, str]:
    return {"If-Match": etag}


async def connect(book: Book, id: UUID = SHOP, project: str = "North") -> None:
    async with book.service.database.transaction() as tx:
        await connection_replica.put(tx, Connection(id=id, version=1, platform="shop", name="My shop", project=project))


async def entries(book: Book) -> list[Any]:
    return [one.data for one in await book.sent("journal.recorded")]


async def test_a_list_is_changed_only_by_somebody_who_knows_its_present_state(book: Book) -> None:
    client = await book.client()
    first = await client.put(LIST, json={"names": ["PayPal", "Rechnung"]})
    etag = first.headers["ETag"]
    assert (first.status_code, first.json()["etag"]) == (200, etag)
    second = (await client.put(LIST, json={"names": ["PayPal"]}, headers=if_match(etag))).json()["etag"]
    assert second != etag
    for headers in ({}, if_match(etag), if_match('"0"')):
        refused = await client.put(LIST, json={"names": ["Vorkasse"]}, headers=headers)
        assert (refused.status_code, refused.json()["code"], refused.json()["etag"]) == (
            409, "master_data_changed", second,
        )  # fmt: skip
    (kept,) = (await client.get(f"{AT}/lists")).json()
    assert (kept["name"], kept["content"], kept["etag"]) == ("payment-methods", {"names": ["PayPal"]}, second)
    assert (await client.put(LIST, json={"names": []}, headers=if_match("*"))).status_code == 200
    missing = await client.put(f"{AT}/lists/languages", json={"names": ["de"]}, headers=if_match(etag))
    assert (missing.status_code, missing.json()["etag"]) == (409, '"0"')
    assert len((await client.get(f"{AT}/lists")).json()) == 1


async def test_the_etag_of_a_deleted_record_does_not_fit_the_one_that_was_made_anew(book: Book) -> None:
    client = await book.client()
    url = f"{AT}/projects/North"
    stale = (await client.put(url, json={})).json()["etag"]
    assert (await client.delete(url, headers=if_match(stale))).status_code == 204
    await client.put(url, json={"pos_customer": "9"})
    assert (await client.put(url, json={"pos_customer": "8"}, headers=if_match(stale))).status_code == 409


async def test_the_same_change_twice_is_one_change(book: Book) -> None:
    client = await book.client()
    etags = set()
    for headers in ({}, {}, if_match('"9"')):
        answer = await client.put(LIST, json={"names": ["PayPal"]}, headers=headers)
        assert answer.status_code == 200
        etags.add(answer.json()["etag"])
    assert len(etags) == 1
    assert [one.code for one in await entries(book)] == ["master_data_stored"]


async def test_of_two_who_write_at_once_one_is_told(book: Book) -> None:
    client = await book.client()
    answers = await asyncio.gather(*(client.put(LIST, json={"names": [name]}) for name in "abcdef"))
    assert sorted(one.status_code for one in answers) == [200] + [409] * 5


async def test_every_change_is_in_the_journal_with_who_when_before_and_after(book: Book) -> None:
    client = await book.client()
    url = f"{AT}/projects/North"
    first = await client.put(url, json={"default_customer": "10000"})
    await client.put(url, json={"default_customer": "20000"}, headers=if_match(first.headers["ETag"]))
    assert (await client.delete(url)).status_code == 204
    told = await entries(book)
    assert [(one.action, one.actor, one.params["name"]) for one in told] == [
        ("created", "operate", "North"), ("updated", "operate", "North"), ("deleted", "operate", "North"),
    ]  # fmt: skip
    assert told[1].params["changes"] == "default_customer: 10000 → 20000"
    assert len({one.subject for one in told}) == 1
    assert (await client.delete(url)).status_code == 404


@pytest.mark.parametrize(("kind", "flags", "code", "field"), [
    ("shipping", {}, "shipping_flag_missing", "is_shipping"),
    ("shipping", {"is_discount": True}, "shipping_flag_missing", "is_shipping"),
    ("discount", {"is_shipping": True}, "discount_flag_missing", "is_discount"),
    ("surcharge", {"is_stock_article": True}, "surcharge_is_stock_article", "is_stock_article"),
])  # fmt: skip
async def test_an_article_for_charges_must_carry_its_flag(
    book: Book, kind: str, flags: dict[str, bool], code: str, field: str
) -> None:
    await book.know("PORTO")
    client = await book.client()
    answer = await client.put(f"{AT}/charge-articles/{kind}", json={"article_number": "PORTO"} | flags)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field)
    assert "PORTO" in answer.json()["detail"]


async def test_an_article_for_charges_must_exist(book: Book) -> None:
    await book.know("PORTO")
    client = await book.client()
    wish = {"article_number": "NEW", "is_shipping": True, "names": {"en": "Shipping"}}
    answer = await client.put(f"{AT}/charge-articles/shipping", json=wish)
    assert (answer.status_code, answer.json()["field"]) == (422, "article_number")
    right = await client.put(f"{AT}/charge-articles/shipping", json=wish | {"article_number": "PORTO"})
    assert right.status_code == 200
    (kept,) = (await client.get(f"{AT}/charge-articles")).json()
    assert kept["content"]["is_shipping"] is True
    assert (await client.put(f"{AT}/charge-articles/gift", json=wish)).status_code == 404
    assert (await client.delete(f"{AT}/charge-articles/shipping", headers=if_match('"0"'))).status_code == 409
    assert (await client.delete(f"{AT}/charge-articles/shipping", headers=if_match(kept["etag"]))).status_code == 204


async def test_a_delivery_threshold_is_of_a_country_of_the_eu_with_a_vat_id_of_the_right_form(book: Book) -> None:
    client = await book.client()
    assert (await client.put(f"{AT}/delivery-thresholds/AT", json=AUSTRIA)).status_code == 200
    (kept,) = (await client.get(f"{AT}/delivery-thresholds")).json()
    assert (kept["name"], kept["content"]["threshold_eur"], kept["content"]["net_handling"]) == ("AT", "10000", "none")
    for country, change, field in (
        ("CH", {}, "country"),
        ("at", {}, "country"),
        ("FR", {"vat_id": "FR1"}, "vat_id"),
        ("FR", {"normal_rate": "20"}, "normal_rate"),
        ("FR", {"surprise": 1}, "surprise"),
        ("FR", {"net_handling": "perhaps"}, "net_handling"),
    ):
        answer = await client.put(f"{AT}/delivery-thresholds/{country}", json=AUSTRIA | change)
        assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert (await client.delete(f"{AT}/delivery-thresholds/AT")).status_code == 204


@pytest.mark.parametrize(("path", "body"), [
    ("lists/languages", {"names": ["de"]}), ("projects/North", {}), ("delivery-thresholds/AT", AUSTRIA),
    ("charge-articles/shipping", {"article_number": "PORTO", "is_shipping": True}),
    ("customers", {"customers": [{"number": "1"}]}), ("bills-of-material", {"bills": []}),
])  # fmt: skip
async def test_only_an_operator_for_all_shops_changes_master_data(book: Book, path: str, body: dict[str, Any]) -> None:
    await book.know("PORTO")
    limited, reader = await book.client("admin", [SHOP]), await book.client("read")
    answer = await limited.put(f"{AT}/{path}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "master_data_key_limited")
    assert (await reader.put(f"{AT}/{path}", json=body)).json()["code"] == "role_missing"
    assert (await (await book.client()).put(f"{AT}/{path}", json=body)).status_code == 200


async def test_a_limited_key_sees_the_projects_and_customers_of_its_shops(book: Book) -> None:
    await connect(book)
    await connect(book, OTHER_SHOP, "South")
    client, limited = await book.client(), await book.client("read", [SHOP])
    for project in ("North", "South"):
        await client.put(f"{AT}/projects/{project}", json={})
    rows = [{"number": "1", "project": "North"}, {"number": "2", "project": "South"}, {"number": "3"}]
    await client.put(f"{AT}/customers", json={"customers": rows})
    assert [one["name"] for one in (await limited.get(f"{AT}/projects")).json()["items"]] == ["North"]
    assert [one["number"] for one in (await limited.get(f"{AT}/customers")).json()["items"]] == ["1"]
    assert len((await client.get(f"{AT}/projects")).json()["items"]) == 2
    assert (await limited.get(f"{AT}/checklist", params={"connection": str(OTHER_SHOP)})).status_code == 404


async def test_projects_come_in_pages(book: Book) -> None:
    client = await book.client()
    for n in range(5):
        await client.put(f"{AT}/projects/P{n}", json={})
    seen, after = [], None
    while True:
        page = (await client.get(f"{AT}/projects", params={"limit": 2} | ({"after": after} if after else {}))).json()
        seen += [one["name"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == ["P0", "P1", "P2", "P3", "P4"]


async def test_the_checklist_of_a_connection_follows_what_is_entered(book: Book) -> None:
    await connect(book)
    await book.know("PORTO")
    client = await book.client()

    async def states() -> dict[str, str]:
        answer = await client.get(f"{AT}/checklist", params={"connection": str(SHOP)})
        assert answer.status_code == 200, answer.text
        assert all(one["sentence"].endswith(".") for one in answer.json())
        return {one["name"]: one["state"] for one in answer.json()}

    before = await states()
    assert (before["project"], before["shipping_article"], before["payment_methods"]) == ("missing",) * 3
    await client.put(f"{AT}/projects/North", json={"default_customer": "10000"})
    await client.put(f"{AT}/charge-articles/shipping", json={"article_number": "PORTO", "is_shipping": True})
    await client.put(LIST, json={"names": ["PayPal"]})
    await client.put(f"{AT}/delivery-thresholds/AT", json=AUSTRIA)
    after = await states()
    done = {name for name, state in after.items() if state == "done"} - {
        name for name, state in before.items() if state == "done"
    }
    assert done == {"project", "default_customer", "shipping_article", "payment_methods", "delivery_thresholds"}
    await book.know("PORTO", version=2, deleted=True)
    assert (await states())["shipping_article"] == "missing"
    unknown = await client.get(f"{AT}/checklist", params={"connection": str(OTHER_SHOP)})
    assert unknown.status_code == 404


async def test_a_name_that_stands_twice_in_a_list_is_refused(book: Book) -> None:
    answer = await (await book.client()).put(LIST, json={"names": ["PayPal", "PayPal"]})
    assert answer.status_code == 422
