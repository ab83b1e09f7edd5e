"""One sellable piece: the product's own row where it has no variants, else a row that holds only what differs."""

from collections.abc import Sequence

from services.connectors.shopware6.outbound import facts, lists, references
from services.connectors.shopware6.outbound.commands import both_prices, custom_fields
from services.connectors.shopware6.outbound.ids import id_of
from services.connectors.shopware6.outbound.knowledge import Draft, Known, Row, plain
from services.connectors.shopware6.outbound.pictures import pictures
from services.connectors.shopware6.outbound.plans import Piece, Plan
from shared.contracts.errors import Rejected
from shared.contracts.product import ProductAttribute, ProductPush, ProductVariant

SELLS_OFF = "kontor_sell_off"
"""A custom field that tells a closeout of ours from one that the merchant has set in the shop."""
ALWAYS_OWN = frozenset({"id", "productNumber", "stock", "options", "properties", "media", "translations"})


def own_row(push: ProductPush, piece: Piece, known: Known, *, variant: bool) -> Row:
    """Number, tax, whether it is on sale, and of a new one its price. The stock comes by itself."""
    told = piece.told
    row: Row = {"productNumber": told.number, "active": push.active and told.active}
    if told.ean:
        row["ean"] = told.ean
    if told.tax_rate is not None:
        row["taxId"] = references.tax(known, told.tax_rate)
    if told.content.sell_off or push.content.sell_off:
        row |= {"isCloseout": True, "customFields": {SELLS_OFF: True}}
    elif custom_fields(piece.held or {}).get(SELLS_OFF):
        row |= {"isCloseout": None if variant else False, "customFields": {SELLS_OFF: False}}
    if piece.held is None:
        row |= {"stock": 0, "price": price(told, known)}
    return row


def price(told: ProductVariant, known: Known) -> list[Row]:
    """Of a new piece, in the shop's own currency."""
    if told.price is None or told.tax_rate is None:
        raise Rejected(f"price: {told.number} is new and needs a price and a tax rate", code="rejected")
    if told.price.currency != known.currency_code:
        raise Rejected(f"price: the shop keeps its prices in {known.currency_code}", code="rejected")
    both = both_prices(told.price, told.tax_rate, includes_tax=told.includes_tax)
    return [{"currencyId": known.currency, "linked": True, **both}]


def variant(plan: Plan, piece: Piece, known: Known, made: Draft, above: Row) -> Row:
    """A row below that of its product, which is `above` as far as it is told."""
    push, told, parts = plan.push, piece.told, plan.push.parts
    row: Row = {"id": piece.id} | facts.texts(told.title, told.content, parts)
    row |= facts.measures(known, made, told.content) | own_row(push, piece, known, variant=True)
    merge(row, _attributes(push, piece, known, made, above))
    facts.say(row, facts.translations(known, told.content, told.attributes, parts), known)
    if "images" in parts and told.content.media != push.content.media:
        row |= pictures(known, made, piece.id, piece.held, told.content, removes=push.removes_images)
    if told.content.options:
        options = [references.option(known, made, name, value) for name, value in told.content.options.items()]
        row |= lists.options(made, piece.id, piece.held, lists.ids(options))
    return {
        name: value if name in ALWAYS_OWN or name == "customFields" or above.get(name) != value else None
        for name, value in row.items()
    }


def _attributes(push: ProductPush, piece: Piece, known: Known, made: Draft, above: Row) -> Row:
    """Custom fields of a product are its variants', too; a property of a variant's own hides all of its product's."""
    row = facts.attributes(known, made, piece.told.attributes, push.parts)
    if "properties" in row:
        both = facts.attributes(known, made, merged(push.attributes, piece.told.attributes), push.parts)
        row |= lists.properties(made, piece.id, piece.held, both["properties"])
    if "customFields" in row:
        held, general = custom_fields(piece.held or {}), above.get("customFields", {})
        row["customFields"] = {
            name: value for name, value in row["customFields"].items() if name in held or general.get(name) != value
        }
    return row


def settings(plan: Plan, known: Known, made: Draft) -> list[Row]:
    """The options by which variants are chosen, in the order in which they are told."""
    held = {one["optionId"]: one["id"] for one in (plan.held or {}).get("configuratorSettings") or ()}
    options = [pair for told in plan.push.variants for pair in told.content.options.items()]
    places = {(plain(name), plain(value)): place for place, (name, value) in reversed(list(enumerate(options)))}
    rows: dict[str, Row] = {}
    for piece in plan.pieces:
        for name, value in piece.told.content.options.items():
            option = references.option(known, made, name, value)
            id = held.get(option) or id_of("product_configurator_setting", plan.id, option)
            rows[option] = {"id": id, "optionId": option, "position": places[plain(name), plain(value)]}
    return list(rows.values())


def in_lists(plan: Plan, known: Known, made: Draft) -> Row:
    """Whether lists show the product once, or every variant."""
    once = known.variants_in_lists == "one"
    names = dict.fromkeys(name for told in plan.push.variants for name in told.content.options)
    groups = [
        {"id": references.group(known, made, name), "representation": "box", "expressionForListings": not once}
        for name in names
    ]
    return {"displayParent": once, "mainVariantId": None, "configuratorGroupConfig": groups}


def merged(general: Sequence[ProductAttribute], own: Sequence[ProductAttribute]) -> list[ProductAttribute]:
    """What is said of the piece stands in place of what is said of the product under the same name."""
    names = {(one.name, one.language) for one in own}
    return [*(one for one in general if (one.name, one.language) not in names), *own]


def merge(row: Row, more: Row) -> None:
    """Custom fields stand beside each other."""
    fields = row.get("customFields", {}) | more.get("customFields", {})
    row |= more
    if fields:
        row["customFields"] = fields
