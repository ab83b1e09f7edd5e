"""The shop's products as its customers see them, in words that no platform has for itself."""

import json
from decimal import Decimal
from typing import Any

from services.sandbox.merchant import ShownImage, ShownPiece, ShownProduct
from services.sandbox.shopify import media
from services.sandbox.shopify.backend import Backend
from services.sandbox.shopify.derived import total_available

Record = dict[str, Any]
GRAMS = {"GRAMS": Decimal(1), "KILOGRAMS": Decimal(1000)}


def product(backend: Backend, record: Record) -> ShownProduct:
    fields = {f"{row['namespace']}.{row['key']}": _readable(row) for row in record["metafields"]}
    return ShownProduct(
        external_id=record["id"],
        title=record["title"],
        active=record["status"] == "ACTIVE",
        pieces=tuple(_piece(variant, record) for variant in record["variants"]),
        description=record["descriptionHtml"],
        manufacturer=record["vendor"],
        group=record["productType"],
        categories=(record["category"]["fullName"],) if record["category"] else (),
        tags=tuple(record["tags"]),
        images=tuple(
            ShownImage(one["_source"], "", one["alt"]) for one in record["media"] if media.status(one) != "FAILED"
        ),
        properties=fields,
        fields=fields,
        meta_title=record["seo"]["title"] or "",
        meta_description=record["seo"]["description"] or "",
        titles={locale: row["value"] for (locale, key), row in record["_translations"].items() if key == "title"},
        channels=tuple(record["_publications"][id]["name"] for id in record["_published"]),
    )


def _piece(variant: Record, record: Record) -> ShownPiece:
    item = variant["inventoryItem"]
    weight = item["measurement"]["weight"]
    alone = record["hasOnlyDefaultVariant"]
    return ShownPiece(
        external_id=variant["id"],
        sku=variant["sku"] or "",
        ean=variant["barcode"] or "",
        options={} if alone else {one["name"]: one["value"] for one in variant["selectedOptions"]},
        price=Decimal(variant["price"]),
        stock=total_available(item) if item["tracked"] else None,
        oversold=variant["inventoryPolicy"] == "CONTINUE",
        weight_grams=Decimal(str(weight["value"])) * GRAMS[weight["unit"]],
        customs_number=item["harmonizedSystemCode"] or "",
        origin=item["countryCodeOfOrigin"] or "",
        tax="taxed" if variant["taxable"] else "exempt",
    )


def _readable(row: Record) -> str:
    value = row["value"]
    return ", ".join(json.loads(value)) if row["type"].startswith("list.") else str(value)
