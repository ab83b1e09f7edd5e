"""The pretend Shopify shop makes and changes products as the original does, and refuses what it refuses."""

from datetime import timedelta
from typing import Any

import pytest

from tests.wired.sandbox_shopify.admin import Admin

pytestmark = pytest.mark.thorough
SET = """mutation Set($identifier: ProductSetIdentifiers, $input: ProductSetInput!) {
  productSet(identifier: $identifier, input: $input) {
    product {
      id handle title status tags seo { title description } hasOnlyDefaultVariant publishedAt
      options(first: 3) { name values }
      media(first: 10) { nodes { id alt status mediaErrors { code message } ... on MediaImage { image { url } } } }
      metafields(first: 10) { nodes { namespace key type value } }
      variants(first: 10) {
        nodes { id sku title price selectedOptions { name value } inventoryItem { tracked harmonizedSystemCode } }
      }
    }
    userErrors { code field message }
  }
}"""
MEDIA = """query Media($id: ID!) {
  product(id: $id) { media(first: 5) { nodes { status mediaErrors { code } ... on MediaImage { image { url } } } } }
}"""
COLOURS = {
    "productOptions": [{"name": "Farbe", "values": [{"name": "Rot"}, {"name": "Blau"}]}],
    "variants": [
        {"sku": f"NP-{name}", "price": "9.90", "optionValues": [{"optionName": "Farbe", "name": name}]}
        for name in ("Rot", "Blau")
    ],
}
PICTURE = "https://bilder.kramladen.example/neu.jpg"


async def set_(admin: Admin, given: dict[str, Any], **identifier: str) -> tuple[Any, list[Any]]:
    variables = {"input": given} | ({"identifier": identifier} if identifier else {})
    found = (await admin.data(SET, **variables))["productSet"]
    return found["product"], found["userErrors"]


async def made(admin: Admin, **given: Any) -> Any:
    product, errors = await set_(admin, {"title": "Brett"} | given)
    assert errors == []
    return product


async def code(admin: Admin, given: dict[str, Any], **identifier: str) -> str:
    product, errors = await set_(admin, given, **identifier)
    assert product is None
    assert errors[0]["message"]
    return str(errors[0]["code"])


async def test_a_bare_product_has_one_variant_and_is_published_nowhere(admin: Admin) -> None:
    one, two = await made(admin), await made(admin)
    assert (one["handle"], two["handle"]) == ("brett", "brett-1")
    assert one["hasOnlyDefaultVariant"]
    assert [variant["title"] for variant in one["variants"]["nodes"]] == ["Default Title"]
    assert (one["status"], one["publishedAt"]) == ("ACTIVE", None)


async def test_a_handle_makes_a_product_once(admin: Admin) -> None:
    first, _ = await set_(admin, {"title": "Brett", "handle": "brett-np-1"}, handle="brett-np-1")
    again, _ = await set_(admin, {"title": "Anderes", "handle": "brett-np-1"}, handle="brett-np-1")
    assert (again["id"], again["title"]) == (first["id"], "Anderes")
    assert await code(admin, {"title": "Brett"}, handle="brett") == "MISSING_FIELD_REQUIRED"
    assert await code(admin, {"title": "Brett", "handle": "anders"}, handle="brett") == "INPUT_MISMATCH"
    assert await code(admin, {"title": "Brett", "handle": "brett-np-1"}) == "HANDLE_NOT_UNIQUE"
    gone = "gid://shopify/Product/1"
    assert await code(admin, {"title": "Brett"}, id=gone) == "PRODUCT_DOES_NOT_EXIST"


async def test_lists_are_replaced_and_other_fields_only_if_given(admin: Admin) -> None:
    product = await made(admin, **COLOURS, tags=["b", "a"], seo={"title": "Titel", "description": "Text"})
    red, _ = product["variants"]["nodes"]
    kept = {
        "productOptions": [{"name": "Farbe", "values": [{"name": "Rot"}]}],
        "variants": [{"id": red["id"], "optionValues": [{"optionName": "Farbe", "name": "Rot"}]}],
        "seo": {"title": "Neu"},
    }
    after, errors = await set_(admin, kept, id=product["id"])
    assert errors == []
    assert [variant["id"] for variant in after["variants"]["nodes"]] == [red["id"]]
    assert after["variants"]["nodes"][0] == red
    assert (after["tags"], after["seo"]) == (["a", "b"], {"title": "Neu", "description": "Text"})
    assert admin.shop.catalogue.variant("NP-Blau", "") is None


def colours(**differing: Any) -> dict[str, Any]:
    return {"title": "Brett"} | COLOURS | differing


def variant(name: str = "Rot", option: str = "Farbe", **more: Any) -> dict[str, Any]:
    return {"optionValues": [{"optionName": option, "name": name}]} | more


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"title": " "}, "INVALID_PRODUCT"),
        ({"title": "Brett", "variants": COLOURS["variants"]}, "PRODUCT_OPTIONS_INPUT_MISSING"),
        ({"title": "Brett", "productOptions": COLOURS["productOptions"]}, "VARIANTS_INPUT_MISSING"),
        (colours(variants=[]), "VARIANTS_OVER_LIMIT"),
        (colours(variants=[variant("Grün")]), "OPTION_VALUE_DOES_NOT_EXIST"),
        (colours(variants=[variant(option="Größe")]), "OPTION_DOES_NOT_EXIST"),
        (colours(variants=[{"optionValues": []}]), "INVALID_VARIANT"),
        (colours(variants=[variant(), variant()]), "INVALID_VARIANT"),
        (colours(variants=[variant(price="-1")]), "INVALID_VARIANT"),
        (colours(variants=[variant(inventoryItem={"harmonizedSystemCode": "12"})]), "INVALID_VARIANT"),
        (colours(variants=[variant(id="gid://shopify/ProductVariant/1")]), "PRODUCT_VARIANT_DOES_NOT_EXIST"),
        (colours(productOptions=[{"name": "Farbe", "values": []}]), "OPTION_VALUES_MISSING"),
        (colours(productOptions=COLOURS["productOptions"] * 2), "DUPLICATED_OPTION_NAME"),
        (
            colours(productOptions=[{"name": "Farbe", "values": [{"name": "Rot"}, {"name": "rot"}]}]),
            "DUPLICATED_OPTION_VALUE",
        ),
        (
            colours(productOptions=[{"name": name, "values": [{"name": "x"}]} for name in "abcd"]),
            "OPTIONS_OVER_LIMIT",
        ),
        (colours(variants=[variant(file={"originalSource": PICTURE})]), "INVALID_INPUT"),
        ({"title": "Brett", "files": [{"originalSource": "bild.jpg"}]}, "INVALID_INPUT"),
        ({"title": "Brett", "files": [{"id": "gid://shopify/MediaImage/1"}]}, "INVALID_INPUT"),
        ({"title": "Brett", "category": "gid://shopify/TaxonomyCategory/nie"}, "INVALID_PRODUCT"),
        (
            {"title": "Brett", "metafields": [{"namespace": "custom", "key": "teile", "value": "viele"}]},
            "INVALID_METAFIELD",
        ),
        ({"title": "Brett", "metafields": [{"namespace": "custom", "key": "frei", "value": "x"}]}, "INVALID_METAFIELD"),
    ],
)
async def test_an_input_that_does_not_fit_is_refused_by_its_code(
    admin: Admin, given: dict[str, Any], expected: str
) -> None:
    before = len(admin.shop.catalogue.products)
    assert await code(admin, given) == expected
    assert len(admin.shop.catalogue.products) == before


async def test_quantities_have_no_place_in_the_served_input(admin: Admin) -> None:
    body = await admin.body(SET, input={"title": "Brett", "inventoryQuantities": []})
    assert "inventoryQuantities" in body["errors"][0]["message"]


async def test_an_image_is_worked_on_and_then_shown_or_failed(admin: Admin) -> None:
    product = await made(admin, files=[{"originalSource": PICTURE, "filename": "x.jpg", "alt": "vorn"},
                                       {"originalSource": PICTURE.replace("neu", "kaputt/neu")}])  # fmt: skip
    assert {one["status"] for one in product["media"]["nodes"]} <= {"UPLOADED", "PROCESSING"}
    assert [one["image"] for one in product["media"]["nodes"]] == [None, None]
    admin.sandbox.clock.shift(timedelta(seconds=2))
    nodes = (await admin.data(MEDIA, id=product["id"]))["product"]["media"]["nodes"]
    assert {one["status"] for one in nodes} == {"PROCESSING"}
    admin.sandbox.clock.shift(timedelta(minutes=1))
    good, bad = (await admin.data(MEDIA, id=product["id"]))["product"]["media"]["nodes"]
    assert (good["status"], bad["status"], bad["image"]) == ("READY", "FAILED", None)
    assert "/x.jpg?" in good["image"]["url"]
    assert bad["mediaErrors"] == [{"code": "IMAGE_DOWNLOAD_FAILURE"}]


async def test_metafields_are_set_all_or_none_and_others_stay(admin: Admin) -> None:
    product = await made(admin, metafields=[{"namespace": "custom", "key": "material", "value": "Eiche"}])
    call = """mutation Fields($rows: [MetafieldsSetInput!]!) {
      metafieldsSet(metafields: $rows) { metafields { value } userErrors { code elementIndex field } }
    }"""
    good = {"ownerId": product["id"], "namespace": "custom", "key": "herkunft", "value": "Bayern"}
    bad = good | {"key": "teile", "value": "viele"}
    found = (await admin.data(call, rows=[good, bad]))["metafieldsSet"]
    assert [(one["code"], one["elementIndex"]) for one in found["userErrors"]] == [("INVALID_VALUE", 1)]
    assert (await admin.data(call, rows=[good]))["metafieldsSet"]["userErrors"] == []
    after, _ = await set_(admin, {"title": "Anders"}, id=product["id"])
    assert [row["value"] for row in after["metafields"]["nodes"]] == ["Eiche", "Bayern"]
    after, _ = await set_(admin, {"metafields": []}, id=product["id"])
    assert after["metafields"]["nodes"] == []


async def test_a_translation_names_what_it_translates(admin: Admin) -> None:
    product = await made(admin)
    ask = """query Texts($id: ID!) {
      translatableResource(resourceId: $id) {
        translatableContent { key digest } translations(locale: "en") { key value outdated }
      }
    }"""
    call = """mutation Translate($id: ID!, $rows: [TranslationInput!]!) {
      translationsRegister(resourceId: $id, translations: $rows) { userErrors { code } }
    }"""

    async def register(**differing: str) -> list[str]:
        rows = [{"key": "title", "locale": "en", "value": "Board", "translatableContentDigest": digests["title"]}]
        found = await admin.data(call, id=product["id"], rows=[rows[0] | differing])
        return [one["code"] for one in found["translationsRegister"]["userErrors"]]

    content = (await admin.data(ask, id=product["id"]))["translatableResource"]["translatableContent"]
    digests = {row["key"]: row["digest"] for row in content}
    assert set(digests) == {"title", "handle"}
    assert await register(locale="de") == ["INVALID_LOCALE_FOR_SHOP"]
    assert await register(key="body_html") == ["INVALID_KEY_FOR_MODEL"]
    assert await register(translatableContentDigest="0" * 64) == ["INVALID_TRANSLATABLE_CONTENT"]
    assert await register(value=" ") == ["BLANK"]
    assert await register() == []
    await set_(admin, {"title": "Anderes Brett"}, id=product["id"])
    (row,) = (await admin.data(ask, id=product["id"]))["translatableResource"]["translations"]
    assert row == {"key": "title", "value": "Board", "outdated": True}


async def test_a_product_is_published_where_there_is_such_a_place(admin: Admin) -> None:
    product = await made(admin)
    places = (await admin.data("{ publications(first: 5) { nodes { id name } } }"))["publications"]["nodes"]
    call = """mutation Publish($id: ID!, $rows: [PublicationInput!]!) {
      publishablePublish(id: $id, input: $rows) { userErrors { field message } }
    }"""
    lost = await admin.data(call, id=product["id"], rows=[{"publicationId": "gid://shopify/Publication/1"}])
    assert lost["publishablePublish"]["userErrors"][0]["field"] == ["input", "0", "publicationId"]
    for _ in range(2):
        done = await admin.data(call, id=product["id"], rows=[{"publicationId": places[0]["id"]}])
        assert done["publishablePublish"]["userErrors"] == []
    (shown,) = [one for one in admin.shop.products() if one.external_id == product["id"]]
    assert shown.channels == ("Online Store",)


async def test_a_deleted_product_is_gone_with_its_variants(admin: Admin) -> None:
    product = await made(admin, **COLOURS)
    call = """mutation Delete($id: ID!) {
      productDelete(input: { id: $id }) { deletedProductId userErrors { message } }
    }"""
    assert (await admin.data(call, id=product["id"]))["productDelete"]["deletedProductId"] == product["id"]
    assert (await admin.data(call, id=product["id"]))["productDelete"]["userErrors"]
    assert admin.shop.catalogue.variant("NP-Rot", "") is None


async def test_rights_are_asked_for(admin: Admin) -> None:
    admin.shop.access.scopes -= {"write_products"}
    body = await admin.body(SET, input={"title": "Brett"})
    assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
