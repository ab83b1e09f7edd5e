"""What an article is, in the fields of the shop's products. What is not known is left out: nothing is ever reset."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from services.connectors.shopware6.outbound import references, values
from services.connectors.shopware6.outbound.knowledge import Draft, Known, Row
from services.connectors.shopware6.vocabulary import STANDARD, STANDARD_FIELDS
from shared.contracts.article import ArticleContent
from shared.contracts.errors import Rejected
from shared.contracts.product import ProductAttribute

KILO = 1000
FIELD, PROPERTY = "customFields.", "properties."


def measures(known: Known, draft: Draft, content: ArticleContent) -> Row:
    """What is told whatever the parts: kilograms and millimetres, maker, unit, times, quantities."""
    row: Row = {
        "weight": None if content.weight_grams is None else float(content.weight_grams / KILO),
        "length": _float(content.length_mm),
        "width": _float(content.width_mm),
        "height": _float(content.height_mm),
        "manufacturerNumber": content.manufacturer_number,
        "manufacturerId": references.maker(known, draft, content.manufacturer) if content.manufacturer else "",
        "unitId": references.unit(known, draft, content.unit) if content.unit else "",
        "deliveryTimeId": references.delivery_time(known, content.delivery_time) if content.delivery_time else "",
        "minPurchase": None,
    }
    if content.minimum_order is not None:
        row["minPurchase"] = values.whole("minimum_order", str(content.minimum_order))
    return _known(row)


def texts(title: str, content: ArticleContent, parts: Collection[str]) -> Row:
    """In the shop's own language."""
    row: Row = {}
    if "texts" in parts:
        row |= {"name": title, "description": content.description}
    if "meta" in parts:
        row |= _meta(content.meta_title, content.meta_description, content.meta_keywords)
    return _known(row)


def translations(
    known: Known, content: ArticleContent, attributes: Sequence[ProductAttribute], parts: Collection[str]
) -> dict[str, Row]:
    """By the id of the language. Those of the shop's own language stand here, too, and win over the general ones."""
    if "translations" not in parts:
        return {}
    said: dict[str, Row] = {}
    for language, words in content.texts.items():
        row = {"name": words.title, "description": words.description}
        if "meta" in parts:
            row |= _meta(words.meta_title, words.meta_description, words.meta_keywords)
        if row := _known(row):
            said[language] = row
    if "custom_fields" in parts:
        for one in attributes:
            if one.language and (field := _custom(known, one)):
                said.setdefault(one.language, {}).setdefault("customFields", {})[field.name] = values.typed(
                    field, one.value
                )
    return references.language_words(known, said)


def say(row: Row, words: Mapping[str, Row], known: Known) -> None:
    """Puts what is said in each language into a row: what is said in the shop's own stands in the row itself."""
    own = next((one.id for one in known.languages if one.default), "")
    if own in words:
        fields = row.get("customFields", {}) | words[own].get("customFields", {})
        row |= words[own] | ({"customFields": fields} if fields else {})
    if others := {id: one for id, one in words.items() if id != own}:
        row["translations"] = others


def attributes(known: Known, draft: Draft, told: Sequence[ProductAttribute], parts: Collection[str]) -> Row:
    """Custom fields, fields of the product itself, and properties (by their ids, in `properties`).

    An attribute becomes what its target is, or its name: a custom field of that name, a field of the product for the
    names that begin with shopware6_, else a property. Raises Rejected for a value of the wrong kind.
    """
    row: Row = {}
    for one in told:
        name = one.target or one.name
        field = _custom(known, one)
        if one.language:
            continue
        if field is not None:
            if "custom_fields" in parts:
                row.setdefault("customFields", {})[field.name] = values.typed(field, one.value)
        elif name.startswith(FIELD):
            raise Rejected(f"{one.name}: the shop has no custom field {name.removeprefix(FIELD)}", code="rejected")
        elif name.startswith(STANDARD):
            if "custom_fields" in parts:
                row |= _standard(known, draft, name, one.value)
        elif "properties" in parts and one.value.strip():
            id = references.option(known, draft, name.removeprefix(PROPERTY), one.value)
            row.setdefault("properties", {})[id] = None
    if "properties" in row:
        row["properties"] = [{"id": id} for id in row["properties"]]
    return row


def _custom(known: Known, one: ProductAttribute) -> values.Definition | None:
    name = one.target or one.name
    return None if name.startswith(PROPERTY) else known.fields.get(name.removeprefix(FIELD))


def _standard(known: Known, draft: Draft, name: str, text: str) -> Row:
    if name not in STANDARD_FIELDS:
        names = ", ".join(STANDARD_FIELDS)
        raise Rejected(f"{name}: there is no such field; those there are: {names}", code="rejected")
    field, kind = STANDARD_FIELDS[name]
    if kind == "unit":
        return {field: references.unit(known, draft, text)}
    if kind == "delivery_time":
        return {field: references.delivery_time(known, text)}
    return {field: values.KINDS[kind](name, text)}


def _meta(title: str, description: str, keywords: str) -> Row:
    return {"metaTitle": title, "metaDescription": description, "keywords": keywords}


def _known(row: Mapping[str, object]) -> Row:
    return {name: value for name, value in row.items() if value not in (None, "")}


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
