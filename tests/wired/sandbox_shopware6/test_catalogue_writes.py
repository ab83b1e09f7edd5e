"""What the pretend shop refuses of those who write its catalogue, and in which words."""

from typing import Any

import pytest

from services.sandbox.shopware6.values import DEFAULT_CURRENCY, DEFAULT_LANGUAGE, hexid
from tests.wired.sandbox_shopware6.admin import Admin, code, opened

ID, OTHER = "a" * 32, "b" * 32
TAX = hexid("tax", "0.19")


@pytest.fixture
async def admin() -> Admin:
    return await opened()


def new(**differing: Any) -> dict[str, Any]:
    price = {"currencyId": DEFAULT_CURRENCY, "gross": 11.9, "net": 10.0, "linked": True}
    return {"id": ID, "name": "Brett", "productNumber": "B-1", "stock": 0, "taxId": TAX, "price": [price]} | differing


async def sync(admin: Admin, *rows: Any, entity: str = "product", action: str = "upsert") -> Any:
    operation = {"entity": entity, "action": action, "payload": rows}
    return await admin.call("POST", "/api/_action/sync", {"p": operation})


async def stored(admin: Admin, **associations: Any) -> dict[str, Any]:
    found = await admin.search("product", ids=[ID], associations={name: {} for name in associations})
    return dict(found["data"][0])


@pytest.mark.parametrize(
    ("differing", "pointer"),
    [
        ({"name": None}, f"/p/1/translations/{DEFAULT_LANGUAGE}/name"),
        ({"name": "x" * 256}, "/p/1/name"),
        ({"stock": "3"}, "/p/1/stock"),
        ({"weight": "0.5"}, "/p/1/weight"),
        ({"active": 1}, "/p/1/active"),
        ({"minPurchase": 0}, "/p/1/minPurchase"),
        ({"price": [{"currencyId": OTHER, "gross": 1, "net": 1, "linked": True}]}, "/p/1/price"),
        ({"customFields": {"garantie_monate": "24"}}, "/p/1/customFields/garantie_monate"),
        ({"customFields": {"spuelfest": "ja"}}, "/p/1/customFields/spuelfest"),
        ({"children": [{"id": "c" * 32, "stock": 1}]}, "/p/1/children/0/productNumber"),
    ],
)
async def test_a_bad_value_is_named_by_its_place_and_nothing_is_written(
    admin: Admin, differing: Any, pointer: str
) -> None:
    answer = await sync(admin, new(id=OTHER, productNumber="B-2"), new(**differing))
    assert answer.status_code == 400
    assert [one["source"]["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert not {ID, OTHER} & set(admin.shop.store.catalogue.rows)


async def test_a_choice_and_a_field_that_nobody_defined_are_stored_as_they_come(admin: Admin) -> None:
    fields = {"guete": "gibt es nicht", "ganz_neu": {"a": 1}}
    assert (await sync(admin, new(customFields=fields))).status_code == 200
    assert (await stored(admin))["customFields"] == fields
    assert (await sync(admin, {"id": ID, "customFields": {"guete": "a"}})).status_code == 200
    assert (await stored(admin))["customFields"] == fields | {"guete": "a"}


@pytest.mark.parametrize("name", ["taxId", "manufacturerId", "unitId", "deliveryTimeId", "parentId"])
async def test_what_is_referred_to_must_be_there_else_the_server_errs_for_ever(admin: Admin, name: str) -> None:
    answer = await sync(admin, new(**{name: OTHER}))
    assert code(answer) == (500, "1452")
    assert "SQLSTATE[23000]" in answer.json()["errors"][0]["detail"]


async def test_a_number_is_taken_once_whatever_its_capital_letters(admin: Admin) -> None:
    answer = await sync(admin, new(productNumber="kr-1001"))
    assert code(answer) == (400, "CONTENT__DUPLICATE_PRODUCT_NUMBER")
    assert answer.json()["errors"][0]["meta"]["parameters"]["number"] == "kr-1001"
    twice = await sync(admin, new(), new(id=OTHER))
    assert code(twice) == (400, "CONTENT__DUPLICATE_PRODUCT_NUMBER")


async def test_an_option_stands_once_among_those_a_product_is_chosen_by(admin: Admin) -> None:
    option = admin.shop.store.library.option("Farbe", "Rot")["id"]
    first = {"id": "c" * 32, "optionId": option}
    assert (await sync(admin, new(configuratorSettings=[first]))).status_code == 200
    again = await sync(admin, {"id": ID, "configuratorSettings": [{"id": "d" * 32, "optionId": option}]})
    assert code(again) == (500, "1062")


async def test_lists_grow_and_links_are_taken_away_by_themselves(admin: Admin) -> None:
    tags = [{"id": "c" * 32, "name": "Eiche"}, {"id": "d" * 32, "name": "Buche"}]
    assert (await sync(admin, *tags, entity="tag")).status_code == 200
    assert (await sync(admin, new(tags=[{"id": "c" * 32}]))).status_code == 200
    assert (await sync(admin, {"id": ID, "tags": [{"id": "d" * 32}]})).status_code == 200
    assert [one["name"] for one in (await stored(admin, tags=True))["tags"]] == ["Eiche", "Buche"]
    key = {"productId": ID, "tagId": "c" * 32}
    gone = (await sync(admin, key, entity="product_tag", action="delete")).json()
    assert gone["deleted"] == {"product_tag": [key]}
    again = (await sync(admin, key, entity="product_tag", action="delete")).json()
    assert (again["deleted"], again["notFound"]) == ([], {"product_tag": [key]})
    assert [one["name"] for one in (await stored(admin, tags=True))["tags"]] == ["Buche"]


async def test_a_product_goes_with_its_variants(admin: Admin) -> None:
    child = {"id": OTHER, "productNumber": "B-1.1", "stock": 2}
    assert (await sync(admin, new(children=[child]))).status_code == 200
    assert admin.shop.store.catalogue.rows[ID]["childCount"] == 1
    assert (await sync(admin, {"id": ID}, action="delete")).status_code == 200
    assert not {ID, OTHER} & set(admin.shop.store.catalogue.rows)


@pytest.mark.parametrize(
    ("names", "url", "refusal"),
    [
        ("extension=jpg&fileName=brett", "https://bilder.example/brett.jpg", None),
        ("fileName=brett", "https://bilder.example/brett.jpg", (400, "CONTENT__MEDIA_MISSING_FILE_EXTENSION")),
        ("extension=exe&fileName=brett", "https://b.example/b.exe", (400, "CONTENT__MEDIA_FILE_TYPE_NOT_SUPPORTED")),
        ("extension=jpg&fileName=brett", "brett.jpg", (400, "CONTENT__MEDIA_INVALID_URL")),
        (
            "extension=jpg&fileName=brett", "https://weg.invalid/b.jpg",
            (400, "CONTENT__MEDIA_CANNOT_OPEN_SOURCE_STREAM_TO_READ"),
        ),
        ("extension=jpg&fileName=taken", "https://b.example/b.jpg", (500, "CONTENT__MEDIA_DUPLICATED_FILE_NAME")),
    ],
)  # fmt: skip
async def test_a_file_is_fetched_from_an_address(admin: Admin, names: str, url: str, refusal: Any) -> None:
    admin.shop.store.library.put("media", OTHER, fileName="taken", fileExtension="jpg")
    assert (await sync(admin, {"id": ID}, entity="media")).status_code == 200
    answer = await admin.call("POST", f"/api/_action/media/{ID}/upload?{names}", {"url": url})
    if refusal is None:
        assert answer.status_code == 204
        assert admin.shop.store.library.all("media")[ID]["fileName"] == "brett"
    else:
        assert code(answer) == refusal


async def test_a_search_by_name_ignores_capital_letters(admin: Admin) -> None:
    wanted = {"type": "equalsAny", "field": "name", "value": ["STÜCK", "liter "]}
    found = await admin.search("unit", filter=[wanted])
    assert [one["shortCode"] for one in found["data"]] == ["Stk.", "l"]


RULE = hexid("rule", "Händler")


def advanced(**differing: Any) -> dict[str, Any]:
    price = {"currencyId": DEFAULT_CURRENCY, "gross": 9.0, "net": 8.0, "linked": True}
    return {"id": OTHER, "productId": ID, "ruleId": RULE, "quantityStart": 1, "price": [price]} | differing


@pytest.mark.parametrize(
    ("differing", "pointer"),
    [
        ({"ruleId": None}, "/p/0/ruleId"),
        ({"quantityStart": None}, "/p/0/quantityStart"),
        ({"quantityStart": "1"}, "/p/0/quantityStart"),
        ({"quantityEnd": "9"}, "/p/0/quantityEnd"),
        ({"price": [{"currencyId": OTHER, "gross": 1, "net": 1, "linked": True}]}, "/p/0/price"),
    ],
)
async def test_a_price_under_a_rule_is_judged_as_a_price_is(admin: Admin, differing: Any, pointer: str) -> None:
    await sync(admin, new())
    answer = await sync(admin, advanced(**differing), entity="product_price")
    assert [one["source"]["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert (await stored(admin, prices=True))["prices"] == []


@pytest.mark.parametrize("name", ["ruleId", "productId"])
async def test_a_price_under_a_rule_that_refers_to_nothing_breaks_the_database(admin: Admin, name: str) -> None:
    await sync(admin, new())
    answer = await sync(admin, advanced(**{name: "f" * 32}), entity="product_price")
    assert answer.status_code == 500
    assert "SQLSTATE[23000]" in answer.json()["errors"][0]["detail"]
    assert (await stored(admin, prices=True))["prices"] == []


async def test_prices_under_rules_are_written_changed_by_their_id_searched_and_deleted_once(admin: Admin) -> None:
    await sync(admin, new())
    for end in (9, None):
        await sync(admin, advanced(quantityEnd=end), entity="product_price")
        (row,) = (await stored(admin, prices=True))["prices"]
        assert (row["id"], row["quantityEnd"]) == (OTHER, end)
    mine = {"type": "equalsAny", "field": "productId", "value": ID}
    assert [row["id"] for row in (await admin.search("product-price", filter=[mine]))["data"]] == [OTHER]
    for name in ("deleted", "notFound"):
        gone = await sync(admin, {"id": OTHER}, entity="product_price", action="delete")
        assert gone.json()[name] == {"product_price": [{"id": OTHER}]}
    assert (await stored(admin))["prices"] is None
