"""Fields that are not simply stored: computed from other fields, or dependent on arguments."""

from collections.abc import Callable
from typing import Any

from services.sandbox.shopify import media, metafields, wording
from services.sandbox.shopify.paging import size

Record = dict[str, Any]
Field = Callable[[Record, dict[str, Any]], Any]


def _at(name: str) -> Callable[[Record], int]:
    return lambda level: int(level["_quantities"][name])


_available = _at("available")


def total_available(item: Record) -> int:
    """What can be sold of an inventory item, over all locations."""
    return sum(_available(level) for level in item["inventoryLevels"])


def _quantities(level: Record, args: dict[str, Any]) -> list[Record]:
    held = level["_quantities"]
    return [
        {"id": f"{level['id']}&name={name}", "name": name, "quantity": held[name], "updatedAt": level["updatedAt"]}
        for name in args["names"]
        if name in held
    ]


def _level(item: Record, args: dict[str, Any]) -> Record | None:
    levels = item["inventoryLevels"]
    return next((level for level in levels if level["location"]["id"] == args["locationId"]), None)


def _first(name: str) -> Field:
    """A plain list that `first` shortens."""

    def take(record: Record, args: dict[str, Any]) -> list[Any]:
        rows: list[Any] = record.get(name) or []
        return rows if args.get("first") is None else rows[: size(args, name)]

    return take


def _fulfilment_orders(order: Record, args: dict[str, Any]) -> list[Record]:
    rows: list[Record] = order["fulfillmentOrders"]
    for term in (args.get("query") or "").split():
        name, _, word = term.lstrip("-").partition(":")
        if name == "status":
            rows = [row for row in rows if (row["status"].lower() == word.lower()) != term.startswith("-")]
    return rows


def _address_lines(address: Record, args: dict[str, Any]) -> list[str]:
    place = " ".join(part for part in (address["zip"], address["city"]) if part)
    head = [address["name"]] if args.get("withName") else []
    head += [address["company"]] if args.get("withCompany") else []
    return [line for line in (*head, address["address1"], address["address2"], place, address["country"]) if line]


def _changes(group: Record, args: dict[str, Any]) -> list[Record]:
    def wanted(change: Record) -> bool:
        return (
            (args.get("inventoryItemIds") is None or change["item"]["id"] in args["inventoryItemIds"])
            and (args.get("locationIds") is None or change["location"]["id"] in args["locationIds"])
            and (args.get("quantityNames") is None or change["name"] in args["quantityNames"])
        )

    return [change for change in group["changes"] if wanted(change)]


FIELDS: dict[tuple[str, str], Field] = {
    ("Order", "transactions"): _first("transactions"),
    ("Order", "refunds"): _first("refunds"),
    ("Order", "fulfillments"): _first("fulfillments"),
    ("Order", "fulfillmentOrders"): _fulfilment_orders,
    ("Order", "transactionsCount"): lambda order, _: _count(order["transactions"]),
    ("Order", "fulfillmentsCount"): lambda order, _: _count(order["fulfillments"]),
    ("Order", "nonFulfillableLineItems"): lambda order, _: [
        line for line in order["lineItems"] if not line["currentQuantity"]
    ],
    ("Order", "shippingLine"): lambda order, _: next(iter(order["shippingLines"]), None),
    ("Order", "shippingLines"): lambda order, args: [
        line for line in order["shippingLines"] if args.get("includeRemovals") or not line["isRemoved"]
    ],
    ("LineItem", "taxLines"): _first("taxLines"),
    ("LineItem", "discountedTotalSet"): lambda line, args: (
        line["_with_codes"] if args.get("withCodeDiscounts") else line["discountedTotalSet"]
    ),
    ("Fulfillment", "trackingInfo"): _first("trackingInfo"),
    ("MailingAddress", "formatted"): _address_lines,
    ("MediaImage", "status"): media.status,
    ("MediaImage", "image"): media.image,
    ("MediaImage", "preview"): media.preview,
    ("MediaImage", "mediaErrors"): media.errors,
    ("Product", "metafield"): metafields.one,
    ("Product", "metafields"): metafields.some,
    ("ProductVariant", "metafields"): metafields.some,
    ("Product", "resourcePublicationsV2"): wording.shown_at,
    ("TranslatableResource", "translatableContent"): wording.translatable,
    ("TranslatableResource", "translations"): wording.translations,
    ("Product", "options"): _first("options"),
    ("Product", "variantsCount"): lambda product, _: _count(product["variants"]),
    ("Product", "totalInventory"): lambda product, _: sum(
        total_available(variant["inventoryItem"]) for variant in product["variants"]
    ),
    ("Product", "hasOutOfStockVariants"): lambda product, _: any(
        total_available(variant["inventoryItem"]) <= 0 for variant in product["variants"]
    ),
    ("ProductVariant", "inventoryQuantity"): lambda variant, _: total_available(variant["inventoryItem"]),
    ("ProductVariant", "sellableOnlineQuantity"): lambda variant, _: total_available(variant["inventoryItem"]),
    ("ProductVariant", "availableForSale"): lambda variant, _: total_available(variant["inventoryItem"]) > 0,
    ("InventoryItem", "inventoryLevel"): _level,
    ("InventoryItem", "locationsCount"): lambda item, _: _count(item["inventoryLevels"]),
    ("InventoryLevel", "quantities"): _quantities,
    ("InventoryAdjustmentGroup", "changes"): _changes,
}


def _count(rows: list[Any]) -> Record:
    return {"count": len(rows), "precision": "EXACT"}
