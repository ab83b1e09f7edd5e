"""The pretend WooCommerce shop makes products as the original does, and refuses what it refuses."""

from typing import Any

import pytest

from tests.wired.sandbox.callers import Caller

pytestmark = pytest.mark.thorough
PICTURE = "https://bilder.kramladen.example/neu.jpg"


async def made(shop: Caller, **given: Any) -> dict[str, Any]:
    answer = await shop.call("POST", "/products", json={"name": "Brett", "regular_price": "9.90"} | given)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def refused(shop: Caller, **given: Any) -> tuple[int, str]:
    answer = await shop.call("POST", "/products", json={"name": "Brett"} | given)
    return answer.status_code, answer.json()["code"]


async def test_a_category_is_there_once_below_each_parent(shop: Caller) -> None:
    one = (await shop.call("POST", "/products/categories", json={"name": "Bretter & mehr"})).json()
    assert (one["name"], one["parent"]) == ("Bretter &amp; mehr", 0)
    twice = await shop.call("POST", "/products/categories", json={"name": "bretter & mehr"})
    assert (twice.status_code, twice.json()["code"]) == (400, "term_exists")
    assert twice.json()["data"]["resource_id"] == one["id"]
    below = await shop.call("POST", "/products/categories", json={"name": "Bretter & mehr", "parent": one["id"]})
    assert below.status_code == 201
    lost = await shop.call("POST", "/products/categories", json={"name": "Bretter", "parent": 99999})
    assert (lost.status_code, lost.json()["code"]) == (404, "woocommerce_rest_term_invalid")
    listed = (await shop.get("/products/categories", per_page=2, page=2)).json()
    assert [row["name"] for row in listed] == ["Küche &amp; Tisch", "Bretter &amp; mehr"]


@pytest.mark.parametrize("kind", ["tags", "brands"])
async def test_tags_and_brands_are_there_once(shop: Caller, kind: str) -> None:
    one = (await shop.call("POST", f"/products/{kind}", json={"name": "Eiche"})).json()
    twice = await shop.call("POST", f"/products/{kind}", json={"name": "Eiche"})
    assert (twice.json()["code"], twice.json()["data"]["resource_id"]) == ("term_exists", one["id"])
    nameless = await shop.call("POST", f"/products/{kind}", json={})
    assert (nameless.status_code, nameless.json()["code"]) == (400, "rest_missing_callback_param")


async def test_a_product_is_sorted_where_nobody_said_and_only_into_what_there_is(shop: Caller) -> None:
    assert [row["name"] for row in (await made(shop))["categories"]] == ["Unsortiert"]
    sorted_in = await made(shop, categories=[{"id": 16}, {"id": 99999}])
    assert [row["id"] for row in sorted_in["categories"]] == [16]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"sku": "KR-1001"}, "product_invalid_sku"),
        ({"type": "rare"}, "rest_invalid_param"),
        ({"status": "live"}, "rest_invalid_param"),
        ({"weight": 5}, "rest_invalid_param"),
        ({"dimensions": {"length": 5}}, "rest_invalid_param"),
        ({"categories": "16"}, "rest_invalid_param"),
        ({"tags": [{"id": "1"}]}, "rest_invalid_param"),
        ({"images": [{"src": "https://bilder.example/kaputt/a.jpg"}]}, "woocommerce_product_image_upload_error"),
        ({"images": [{"src": "a.jpg"}]}, "woocommerce_product_image_upload_error"),
        ({"images": [{"id": 7}]}, "woocommerce_product_invalid_image_id"),
    ],
)
async def test_what_does_not_fit_is_refused_and_leaves_nothing_behind(
    shop: Caller, given: dict[str, Any], code: str
) -> None:
    before = (await shop.get("/products", per_page=1)).headers["X-WP-Total"]
    assert await refused(shop, **given) == (400, code)
    assert (await shop.get("/products", per_page=1)).headers["X-WP-Total"] == before


async def test_an_ean_is_there_once(shop: Caller) -> None:
    first = await made(shop, global_unique_id="4006381333931")
    assert await refused(shop, global_unique_id="4006381333931") == (400, "product_invalid_global_unique_id")
    own = await shop.call("PUT", f"/products/{first['id']}", json={"global_unique_id": "4006381333931"})
    assert own.status_code == 200


async def test_an_image_gets_an_address_of_the_shops_own_and_a_second_one_another(shop: Caller) -> None:
    twice = await made(shop, images=[{"src": PICTURE, "alt": "vorn"}, {"src": PICTURE}])
    assert [row["src"].rsplit("/", 1)[1] for row in twice["images"]] == ["neu.jpg", "neu-1.jpg"]
    kept = [{"id": twice["images"][1]["id"], "name": "Titel"}]
    again = (await shop.call("PUT", f"/products/{twice['id']}", json={"images": kept})).json()
    assert [(row["src"].rsplit("/", 1)[1], row["name"]) for row in again["images"]] == [("neu-1.jpg", "Titel")]


async def test_a_variation_takes_options_only_of_what_its_product_varies_by(shop: Caller) -> None:
    attributes = [
        {"name": "Ton", "variation": True, "options": ["Rot", "Blau"]},
        {"name": "Material", "variation": False, "options": ["Eiche"]},
    ]
    product = await made(shop, type="variable", attributes=attributes)
    chosen = [{"name": "Ton", "option": "Rot"}, {"name": "Material", "option": "Eiche"}, {"name": "Nie", "option": "x"}]
    answer = await shop.call("POST", f"/products/{product['id']}/variations", json={"attributes": chosen})
    assert [(one["name"], one["option"]) for one in answer.json()["attributes"]] == [("Ton", "Rot")]


async def test_a_global_attribute_sorts_its_options_and_is_known_by_its_id(shop: Caller) -> None:
    known = (await shop.get("/products/attributes")).json()
    colour = next(row for row in known if row["name"] == "Farbe")
    product = await made(shop, attributes=[{"id": colour["id"], "options": ["Rot", "Blau"]}])
    assert [(one["name"], one["options"]) for one in product["attributes"]] == [("Farbe", ["Blau", "Rot"])]
    twice = await shop.call("POST", "/products/attributes", json={"name": "Farbe"})
    assert (twice.status_code, twice.json()["code"]) == (400, "woocommerce_rest_cannot_create")


async def test_the_bin_frees_a_number_and_is_in_no_list(shop: Caller) -> None:
    product = await made(shop, sku="NP-1")
    assert (await shop.call("DELETE", f"/products/{product['id']}")).status_code == 200
    assert (await shop.get("/products", sku="NP-1")).json() == []
    assert (await shop.get(f"/products/{product['id']}")).json()["status"] == "trash"
    again = await shop.call("DELETE", f"/products/{product['id']}")
    assert (again.status_code, again.json()["code"]) == (410, "woocommerce_rest_already_trashed")
    assert (await made(shop, sku="NP-1"))["sku"] == "NP-1"
    gone = await shop.call("DELETE", f"/products/{product['id']}", params={"force": "true"})
    assert gone.status_code == 200
    assert (await shop.get(f"/products/{product['id']}")).status_code == 404


async def test_an_unknown_tax_class_is_the_usual_one(shop: Caller) -> None:
    assert (await made(shop, tax_class="nie gehört"))["tax_class"] == ""
    assert (await made(shop, tax_class="reduced-rate"))["tax_class"] == "reduced-rate"
    assert [row["slug"] for row in (await shop.get("/taxes/classes")).json()] == [
        "standard",
        "reduced-rate",
        "zero-rate",
    ]
