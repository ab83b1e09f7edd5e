"""Options and variants of a product: all of them as the shop is to have them, those it keeps included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.connectors.shopify.outbound.fields import Fields
from services.connectors.shopify.outbound.products import Files
from services.connectors.shopify.vocabulary import GRAMS
from shared.contracts.errors import Rejected
from shared.contracts.product import ProductPush, ProductVariant

Record = Mapping[str, Any]
ALONE = {"Title": "Default Title"}


@dataclass(frozen=True)
class Pieces:
    """What `productSet` is told of options and variants; nothing where the shop has it all like this."""

    options: list[dict[str, Any]]
    variants: list[dict[str, Any]]

    @property
    def shows(self) -> bool:
        """Whether variants name images, which their product must then be told as well."""
        return any("file" in row for row in self.variants)


def pieces(
    command: ProductPush, found: Record | None, currency: str, fields: Mapping[str, Fields], files: Files | None
) -> Pieces | None:
    """A variant that the shop has and the command does not name is kept as it is: nobody said that it is to go.

    `fields` are those of new variants, by our number. One that is not active is not made, unless none is, and kept
    where it is there: the platform knows no inactive variants. Raises Rejected for options that do not fit those of
    the shop's product, and for a new one without a price.
    """
    held = list(found["variants"]) if found is not None else []
    meant = matched(command, held)
    telling = found is None or "variants" in command.parts
    choices: list[dict[str, str]] = []
    rows: list[dict[str, Any]] = []
    differs = False
    for variant in held:
        ours = meant.get(variant["id"])
        has = {one["name"]: one["value"] for one in variant["selectedOptions"]}
        chosen = has if ours is None or not telling else wanted_options(ours)
        told = {} if ours is None else facts(command, ours, variant) | _image(ours, variant, files)
        differs = differs or bool(told) or chosen != has
        rows.append({"id": variant["id"], **told})
        choices.append(chosen)
    if telling:
        named = {one.number for one in meant.values()}
        dormant = found is None and not any(one.active for one in command.variants)
        for ours in command.variants:
            if ours.number not in named and (ours.active or dormant):
                differs = True
                made = _new(command, ours, currency, fields.get(ours.number, {}))
                rows.append(made | _image(ours, None, files))
                choices.append(wanted_options(ours))
    if not rows:
        raise Rejected("it has no variants that could be sold", code="product_refused", field="variants")
    if not differs:
        return None
    names = [one["name"] for one in found["options"]] if found is not None else list(choices[0])
    for row, chosen in zip(rows, choices, strict=True):
        if set(chosen) != set(names):
            detail = f"options do not fit: a variant has {', '.join(chosen)}, the product {', '.join(names)}"
            raise Rejected(detail, code="product_refused", field="options")
        row["optionValues"] = [{"optionName": name, "name": chosen[name]} for name in names]
    return Pieces([{"name": name, "values": _values(name, choices)} for name in names], rows)


def matched(command: ProductPush, held: Sequence[Record]) -> dict[str, ProductVariant]:
    """The shop's variants that ours are, by the shop's id, each of ours once: by that id, else by the number; one
    without a number by its options, and the only one of a product whatever its number was."""
    found: dict[str, ProductVariant] = {}
    left = {one.number: one for one in command.variants}
    ids = {one.external_id: one.number for one in command.variants if one.external_id}
    options = {frozenset(wanted_options(one).items()): one.number for one in command.variants}

    def take(each: Record, number: str | None) -> None:
        if each["id"] not in found and number in left:
            found[each["id"]] = left.pop(number)

    for each in held:
        take(each, ids.get(each["id"]))
    for each in held:
        take(each, each["sku"])
    for each in held:
        if not each["sku"] or len(held) == 1:
            take(each, options.get(frozenset((one["name"], one["value"]) for one in each["selectedOptions"])))
    return found


def wanted_options(ours: ProductVariant) -> dict[str, str]:
    return dict(ours.content.options) or dict(ALONE)


def facts(command: ProductPush, ours: ProductVariant, variant: Record) -> dict[str, Any]:
    """What of a variant differs from what the shop has. Its price and stock are told by others; what we do not know
    stays as the shop has it."""
    item, about = variant["inventoryItem"], command.content
    told: dict[str, Any] = {}
    if ours.number != (variant["sku"] or ""):
        told["sku"] = ours.number
    if ours.ean and ours.ean != variant["barcode"]:
        told["barcode"] = ours.ean
    if variant["taxable"] != (ours.tax != "exempt"):
        told["taxable"] = ours.tax != "exempt"
    if (ours.content.sell_off or about.sell_off) and variant["inventoryPolicy"] != "DENY":
        told["inventoryPolicy"] = "DENY"
    inner: dict[str, Any] = {}
    counted = about.counted if ours.content.counted is None else ours.content.counted
    if counted is not None and counted != item["tracked"]:
        inner["tracked"] = counted
    customs = ours.content.customs_number or about.customs_number
    if customs and customs != item["harmonizedSystemCode"]:
        inner["harmonizedSystemCode"] = customs
    origin = ours.content.origin or about.origin
    if origin and origin != item["countryCodeOfOrigin"]:
        inner["countryCodeOfOrigin"] = origin
    grams = ours.content.weight_grams if ours.content.weight_grams is not None else about.weight_grams
    if grams is not None and grams != _grams(item):
        inner["measurement"] = {"weight": {"value": float(grams), "unit": "GRAMS"}}
    if inner:
        told["inventoryItem"] = inner
    return told


NOTHING: Record = {
    "sku": None,
    "barcode": None,
    "taxable": True,
    "inventoryPolicy": "DENY",
    "inventoryItem": {
        "tracked": False, "harmonizedSystemCode": None, "countryCodeOfOrigin": None, "measurement": None,
    },
}  # fmt: skip


def _new(command: ProductPush, ours: ProductVariant, currency: str, fields: Fields) -> dict[str, Any]:
    if ours.price is None:
        raise Rejected(f"{ours.number} has no price to begin with", code="product_refused", field="price")
    if ours.price.currency != currency:
        detail = f"the price of {ours.number} is in {ours.price.currency}, the shop sells in {currency}"
        raise Rejected(detail, code="product_refused", field="price")
    told = facts(command, ours, NOTHING) | {"price": f"{ours.price.amount:f}"}
    counted = command.content.counted if ours.content.counted is None else ours.content.counted
    told["inventoryItem"] = told.get("inventoryItem", {}) | {"tracked": counted is not False}
    if fields:
        told["metafields"] = list(fields.values())
    return told


def _image(ours: ProductVariant, variant: Record | None, files: Files | None) -> dict[str, Any]:
    """A variant has one image, which is one of its product's."""
    if files is None or not ours.content.media:
        return {}
    file = files.of(ours.content.media[0])
    shown = [one["id"] for one in variant["media"]["nodes"]] if variant is not None else []
    return {} if file.get("id") in shown else {"file": file}


def _values(name: str, choices: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    return [{"name": value} for value in dict.fromkeys(chosen[name] for chosen in choices)]


def _grams(item: Record) -> Decimal | None:
    weight = (item["measurement"] or {}).get("weight")
    unit = GRAMS.get(weight["unit"]) if weight else None
    return Decimal(str(weight["value"])) * unit if weight and unit else None
