"""A product as Shopify's input: what is told of it, and what is left as the shop has it."""

from decimal import Decimal
from typing import Any

import pytest

from services.connectors.shopify.outbound import fields, products
from services.connectors.shopify.outbound.variants import matched, pieces
from shared.contracts.article import ArticleContent, MediaText
from shared.contracts.errors import Rejected
from shared.contracts.money import Money
from shared.contracts.product import ProductAttribute, ProductPush, ProductVariant
from tests.wired.contract.telling import FRONT, changed, family, piece, product


def variant(id: str, sku: str | None, **options: str) -> dict[str, Any]:
    return {
        "id": id,
        "sku": sku,
        "barcode": None,
        "taxable": True,
        "inventoryPolicy": "CONTINUE",
        "media": {"nodes": []},
        "selectedOptions": [{"name": name, "value": value} for name, value in options.items()],
        "inventoryItem": {
            "tracked": True,
            "harmonizedSystemCode": "44190090",
            "countryCodeOfOrigin": "DE",
            "measurement": {"weight": {"value": 0.75, "unit": "KILOGRAMS"}},
        },
    }


def held(*variants: dict[str, Any], **differing: Any) -> dict[str, Any]:
    facts = {
        "id": "gid://shopify/Product/1",
        "title": "Frühstücksbrett",
        "descriptionHtml": "<p>Ein Brett aus einem Stück.</p>",
        "vendor": "Holzwerk",
        "productType": "Bretter",
        "status": "ACTIVE",
        "tags": ["handarbeit", "Eiche"],
        "category": None,
        "seo": {"title": "Frühstücksbrett kaufen", "description": "Frühstücksbretter aus Eiche."},
        "options": [{"name": one["name"], "optionValues": []} for one in variants[0]["selectedOptions"]],
        "media": [],
        "variants": list(variants),
    }
    return facts | differing


def picture(id: str, address: str, alt: str = "", status: str = "READY") -> dict[str, Any]:
    shown = {"url": f"https://cdn.example.test/files/{products.file_name(address)}"} if status == "READY" else None
    return {"id": id, "alt": alt, "status": status, "image": shown, "mediaErrors": []}


def rows_of(told: ProductPush, found: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The files that a product is told to have, which differ from those it has."""
    planned = products.files(told, found)
    assert planned is not None
    assert planned.differs
    return planned.rows


def test_a_new_product_is_told_whole_and_without_stock() -> None:
    told = products.head(product(), None)
    assert told == {
        "status": "ACTIVE",
        "title": "Frühstücksbrett",
        "descriptionHtml": "<p>Ein Brett aus einem Stück.</p>",
        "vendor": "Holzwerk",
        "tags": ["Eiche", "Handarbeit"],
        "productType": "Bretter",
        "seo": {"title": "Frühstücksbrett kaufen", "description": "Frühstücksbretter aus Eiche."},
        "handle": "fruehstuecksbrett-np-1",
    }
    made = pieces(product(), None, "EUR", {}, None)
    assert made is not None
    assert made.options == [{"name": "Title", "values": [{"name": "Default Title"}]}]
    assert made.variants == [
        {
            "sku": "NP-1",
            "price": "29.90",
            "inventoryItem": {
                "tracked": True,
                "harmonizedSystemCode": "44190090",
                "countryCodeOfOrigin": "DE",
                "measurement": {"weight": {"value": 750.0, "unit": "GRAMS"}},
            },
            "optionValues": [{"optionName": "Title", "name": "Default Title"}],
        }
    ]


def test_of_a_product_that_is_as_told_nothing_is_told() -> None:
    found = held(variant("v1", "NP-1", Title="Default Title") | {"inventoryPolicy": "DENY"})
    assert products.head(product(), found) == {}
    assert pieces(product(), found, "EUR", {}, None) is None


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("texts", {"title", "descriptionHtml"}),
        ("tags", {"tags"}),
        ("categories", {"productType"}),
        ("meta", {"seo"}),
        ("images", set()),
    ],
)
def test_only_the_parts_asked_for_are_told(part: str, told: set[str]) -> None:
    found = held(
        variant("v1", "NP-1", Title="Default Title"), title="", descriptionHtml="", tags=[], productType="",
        seo={"title": None, "description": None},
    )  # fmt: skip
    assert set(products.head(product(parts=(part,)), found)) == told


def test_what_we_do_not_know_stays_as_the_shop_has_it() -> None:
    bare = ProductPush(
        product_id=product().product_id, version=1, number="NP-1", parts=("variants",),
        variants=(ProductVariant(article_id=product().product_id, number="NP-1"),),
    )  # fmt: skip
    found = held(variant("v1", "NP-1", Title="Default Title"))
    assert products.head(bare, found) == {}
    assert pieces(bare, found, "EUR", {}, None) is None


@pytest.mark.parametrize(
    ("active", "has", "expected"),
    [
        (True, "", "ACTIVE"), (True, "DRAFT", "ACTIVE"), (True, "ARCHIVED", "ACTIVE"), (True, "UNLISTED", "UNLISTED"),
        (False, "", "DRAFT"), (False, "ACTIVE", "DRAFT"), (False, "UNLISTED", "DRAFT"), (False, "ARCHIVED", "ARCHIVED"),
    ],
)  # fmt: skip
def test_a_products_status(active: bool, has: str, expected: str) -> None:
    assert products.status(product(active=active), {"status": has} if has else None) == expected


def test_a_product_whose_variants_are_all_inactive_is_off_sale() -> None:
    off = tuple(one.model_copy(update={"active": False}) for one in family().variants)
    assert products.status(family(variants=off), {"status": "ACTIVE"}) == "DRAFT"
    made = pieces(family(variants=off), None, "EUR", {}, None)
    assert made is not None
    assert [row["sku"] for row in made.variants] == ["NP-8-1", "NP-8-2"]
    with pytest.raises(Rejected, match="no variants"):
        pieces(family(variants=()), None, "EUR", {}, None)


def test_variants_the_shop_has_beyond_ours_are_named_so_that_they_stay() -> None:
    found = held(variant("own", "EIGENE", Farbe="Schwarz"), variant("v1", "NP-8-1", Farbe="Rot"))
    told = pieces(family(), found, "EUR", {}, None)
    assert told is not None
    assert [row.get("id") for row in told.variants] == ["own", "v1", None]
    assert told.variants[0] == {"id": "own", "optionValues": [{"optionName": "Farbe", "name": "Schwarz"}]}
    assert told.options == [{"name": "Farbe", "values": [{"name": name} for name in ("Schwarz", "Rot", "Blau")]}]


def test_a_variant_is_known_by_its_id_then_its_number_then_its_options() -> None:
    one, two, three = family(colours=("Rot", "Blau", "Grün")).variants
    told = family(variants=(one.model_copy(update={"external_id": "v9"}), two, three))
    rows = [
        variant("v9", "ANDERS", Farbe="Lila"),
        variant("v2", "NP-8-2", Farbe="Blau"),
        variant("v3", None, Farbe="Grün"),
        variant("v4", "FREMD", Farbe="Rot"),
    ]
    found = {id: ours.number for id, ours in matched(told, rows).items()}
    assert found == {"v9": "NP-8-1", "v2": "NP-8-2", "v3": "NP-8-3"}


@pytest.mark.parametrize("price", [None, Money(amount=Decimal(5), currency="CHF")])
def test_a_new_piece_needs_a_price_in_the_shops_currency(price: Money | None) -> None:
    with pytest.raises(Rejected) as refused:
        pieces(product(variants=(piece("NP-1", price=price),)), None, "EUR", {}, None)
    assert (refused.value.code, refused.value.field) == ("product_refused", "price")


def test_images_that_are_there_keep_their_place_and_new_ones_come_behind() -> None:
    own = {"id": "own", "alt": "", "status": "READY", "image": {"url": "https://cdn.example.test/a.jpg"}}
    told = product(content={"media": ("https://x.test/neu.jpg", FRONT)})
    found = held(variant("v1", "NP-1", Title="x"), media=[own, picture("one", FRONT)])
    assert [row.get("id", row.get("originalSource")) for row in rows_of(told, found)] == [
        "own", "one", "https://x.test/neu.jpg",
    ]  # fmt: skip
    fewer = changed(told, removes_images=True)
    assert [row.get("id", row.get("originalSource")) for row in rows_of(fewer, found)] == [
        "https://x.test/neu.jpg", "one",
    ]  # fmt: skip


def test_an_image_that_failed_is_told_again_and_one_with_another_text_is_changed() -> None:
    told = product(content={"media": (FRONT,)})
    alt = "Das Brett von vorn"
    same = products.files(told, held(variant("v", "x", Title="x"), media=[picture("one", FRONT, alt)]))
    assert same is not None
    assert not same.differs
    other = rows_of(told, held(variant("v", "x", Title="x"), media=[picture("one", FRONT, "alt")]))
    assert other == [{"id": "one", "alt": alt}]
    again = rows_of(told, held(variant("v", "x", Title="x"), media=[picture("one", FRONT, alt, "FAILED")]))
    assert again == [
        {"originalSource": FRONT, "filename": products.file_name(FRONT), "contentType": "IMAGE", "alt": alt}
    ]


def test_no_images_at_all_take_none_away_unless_they_may() -> None:
    none = product(content={"media": ()})
    found = held(variant("v1", "NP-1", Title="x"), media=[picture("one", FRONT)])
    assert products.files(none, found) is None
    assert rows_of(changed(none, removes_images=True), found) == []
    assert products.files(changed(none, removes_images=True, parts=("texts",)), found) is None


def test_a_file_is_named_after_its_address() -> None:
    name = products.file_name("https://x.test/a/Größe%201.JPG?v=3")
    assert name.endswith("-groesse-1.jpg")
    assert name != products.file_name("https://x.test/b/Größe%201.JPG?v=3")


def test_images_of_variants_come_after_those_of_the_product_with_their_own_text() -> None:
    content = ArticleContent(media=("https://x.test/rot.jpg",), media_texts={
        "https://x.test/rot.jpg": MediaText(title="Rot")
    })  # fmt: skip
    told = product(variants=(piece("NP-1").model_copy(update={"content": content}),))
    assert [row["alt"] for row in rows_of(told, None)] == ["Das Brett von vorn", "", "Rot"]


def test_translations_are_told_of_what_can_be_translated_and_is_otherwise_there() -> None:
    digests = {"title": "d1", "body_html": "d2"}
    rows = products.texts(product(), "en", digests, {"title": "Breakfast board"})
    assert rows == [
        {"locale": "en", "key": "body_html", "value": "<p>Of one piece.</p>", "translatableContentDigest": "d2"}
    ]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("single_line_text_field", "a\nb", None),
        ("multi_line_text_field", "a\nb", "a\nb"),
        ("number_integer", "1,5", None),
        ("number_decimal", "1,5", "1.5"),
        ("number_decimal", "1.000,5", None),
        ("boolean", "NEIN", "false"),
        ("boolean", "x", None),
        ("date", "morgen", None),
        ("date", "2026-02-01", "2026-02-01"),
        ("weight", "1 kg", '{"value":1.0,"unit":"kg"}'),
        ("weight", "schwer", None),
        ("list.number_integer", "1|2", "[1,2]"),
        ("list.number_integer", "1|x", None),
        ("list.single_line_text_field", '["a"]', '["a"]'),
        ("url", "https://x.test", "https://x.test"),
    ],
)  # fmt: skip
def test_values_of_metafields(kind: str, text: str, expected: str | None) -> None:
    assert fields.written(kind, text) == expected


def test_what_is_the_same_in_all_languages_comes_first() -> None:
    defined = [{"namespace": "custom", "key": "m", "name": "Material", "type": {"name": "single_line_text_field"}}]
    told = [
        ProductAttribute(name="Material", value="oak", language="en"),
        ProductAttribute(name="Material", value="Eiche"),
    ]
    assert [row["value"] for row in fields.fields(told, defined).values()] == ["Eiche"]


def test_a_variant_names_its_image_as_its_product_does() -> None:
    content = ArticleContent(options={"Farbe": "Rot"}, media=(FRONT,))
    one = piece("NP-8-1").model_copy(update={"content": content})
    told = product("NP-8", variants=(one,), content={"media": ()})
    new = pieces(told, None, "EUR", {}, products.files(told, None))
    assert new is not None
    assert (new.shows, new.variants[0]["file"]["originalSource"]) == (True, FRONT)
    found = held(variant("v1", "NP-8-1", Farbe="Rot"), media=[picture("one", FRONT, "Das Brett von vorn")])
    there = pieces(told, found, "EUR", {}, products.files(told, found))
    assert there is not None
    assert there.variants[0]["file"] == {"id": "one"}
    found["variants"][0]["media"]["nodes"] = [{"id": "one"}]
    assert "file" not in str(pieces(told, found, "EUR", {}, products.files(told, found)))


def test_what_is_empty_here_tells_nothing() -> None:
    empty = {"description": "", "tags": (), "categories": (), "meta_title": "", "manufacturer": "", "media": ()}
    found = held(variant("v1", "NP-1", Title="Default Title"))
    assert products.head(product(title="", variants=(piece("NP-1"),), content=empty), found) == {}
    half = products.head(product(content={"meta_title": "Anders", "meta_description": ""}), found)
    assert half == {"seo": {"title": "Anders", "description": "Frühstücksbretter aus Eiche."}}


def test_of_variants_that_share_a_number_one_is_ours_and_the_other_stays() -> None:
    found = held(variant("v1", "NP-8-1", Farbe="Rot"), variant("v2", "NP-8-1", Farbe="Lila"))
    told = family(colours=("Rot",))
    assert [one.number for one in matched(told, found["variants"]).values()] == ["NP-8-1"]
    heavy = told.variants[0].content.model_copy(update={"weight_grams": Decimal(900)})
    made = pieces(
        family(variants=(told.variants[0].model_copy(update={"content": heavy}),)), found, "EUR", {}, None
    )  # fmt: skip
    assert made is not None
    assert [sorted(row) for row in made.variants] == [
        ["id", "inventoryItem", "inventoryPolicy", "optionValues"], ["id", "optionValues"],
    ]  # fmt: skip
