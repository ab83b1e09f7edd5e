"""Products and variations as JSON, key by key as WooCommerce 11.0 answers them."""

from typing import Any

from services.sandbox.woocommerce import pictures
from services.sandbox.woocommerce.catalogue import Row
from services.sandbox.woocommerce.terms import Terms
from services.sandbox.woocommerce.times import both


def _low_price(row: Row) -> str:
    prices = [variation.sale_price or variation.regular_price for variation in row.variations]
    return min(filter(None, prices), key=float, default="") if row.variations else row.sale_price or row.regular_price


def _stock_status(row: Row) -> str:
    keeper = row.keeper
    if keeper is None or keeper.stock is None or keeper.stock > 0:
        return "instock"
    return "onbackorder" if row.backorders != "no" else "outofstock"


def _links(home: str, path: str, collection: str, up: str | None = None) -> dict[str, Any]:
    api = f"{home}/wp-json/wc/v3"
    allow = {"allow": ["GET", "POST", "PUT", "PATCH", "DELETE"]}
    links: dict[str, Any] = {
        "self": [{"href": f"{api}/{path}", "targetHints": allow}],
        "collection": [{"href": f"{api}/{collection}"}],
    }
    return links | ({"up": [{"href": f"{api}/{up}"}]} if up else {})


def product(row: Row, home: str, terms: Terms) -> dict[str, Any]:
    slug = f"{row.name.lower().replace(' ', '-')}-{row.id}"
    price = _low_price(row)
    variable = row.type == "variable"
    return {
        "id": row.id,
        "name": row.name,
        "slug": slug,
        "permalink": f"{home}/product/{slug}/",
        **both("date_created", row.created_at),
        **both("date_modified", row.modified_at),
        "type": row.type,
        "status": row.status,
        "featured": False,
        "catalog_visibility": "visible",
        "description": row.description,
        "short_description": row.short_description,
        "sku": row.sku,
        "price": price,
        "regular_price": "" if variable else row.regular_price,
        "sale_price": row.sale_price,
        **both("date_on_sale_from", row.sale_from),
        **both("date_on_sale_to", row.sale_to),
        "on_sale": row.on_sale,
        "purchasable": bool(price),
        "total_sales": row.total_sales,
        "virtual": row.virtual,
        "downloadable": row.virtual,
        "downloads": [],
        "download_limit": -1,
        "download_expiry": -1,
        "external_url": "",
        "button_text": "",
        "tax_status": "taxable",
        "tax_class": row.tax_class,
        "manage_stock": row.manage_stock,
        "stock_quantity": row.stock if row.manage_stock else None,
        "backorders": row.backorders,
        "backorders_allowed": row.backorders != "no",
        "backordered": False,
        "low_stock_amount": None,
        "sold_individually": False,
        "weight": row.weight,
        "dimensions": dict(row.dimensions),
        "shipping_required": not row.virtual,
        "shipping_taxable": not row.virtual,
        "shipping_class": "",
        "shipping_class_id": 0,
        "reviews_allowed": True,
        "average_rating": "0.00" if variable else "0",
        "rating_count": 0,
        "upsell_ids": [],
        "cross_sell_ids": list(row.cross_sells),
        "parent_id": 0,
        "purchase_note": "",
        "categories": _named(terms, "categories", row.categories),
        "brands": _named(terms, "brands", row.brands),
        "tags": _named(terms, "tags", row.tags),
        "images": [pictures.shown(image) for image in row.images],
        "attributes": row.attributes,
        "default_attributes": [],
        "variations": [variation.id for variation in row.variations],
        "grouped_products": [],
        "menu_order": 0,
        "price_html": f'<span class="woocommerce-Price-amount amount"><bdi>{price}&nbsp;&euro;</bdi></span>',
        "related_ids": [],
        "meta_data": row.meta,
        "stock_status": _stock_status(row),
        "has_options": variable,
        "post_password": "",
        "global_unique_id": row.ean,
        "_links": _links(home, f"products/{row.id}", "products"),
    }


def variation(row: Row, home: str) -> dict[str, Any]:
    parent = row.parent
    assert parent is not None
    keeper = row.keeper
    base = f"products/{parent.id}"
    return {
        "id": row.id,
        "type": "variation",
        **both("date_created", row.created_at),
        **both("date_modified", row.modified_at),
        "description": row.description,
        "permalink": f"{home}/product/{parent.id}/?variation={row.id}",
        "sku": row.shown_sku,
        "global_unique_id": row.ean,
        "price": row.sale_price or row.regular_price,
        "regular_price": row.regular_price,
        "sale_price": row.sale_price,
        **both("date_on_sale_from", row.sale_from),
        **both("date_on_sale_to", row.sale_to),
        "on_sale": row.on_sale,
        "status": row.status,
        "purchasable": bool(row.regular_price),
        "virtual": row.virtual,
        "downloadable": False,
        "downloads": [],
        "download_limit": -1,
        "download_expiry": -1,
        "tax_status": "taxable",
        "tax_class": row.tax_class or "parent",
        "manage_stock": "parent" if keeper is not None and keeper is parent else row.manage_stock,
        "stock_quantity": keeper.stock if keeper else None,
        "stock_status": _stock_status(row),
        "backorders": row.backorders,
        "backorders_allowed": row.backorders != "no",
        "backordered": False,
        "low_stock_amount": None,
        "weight": row.weight,
        "dimensions": dict(row.dimensions),
        "shipping_class": "",
        "shipping_class_id": 0,
        "image": pictures.shown(row.images[0]) if row.images else None,
        "gallery_image_ids": [],
        "attributes": [
            {"id": _attribute_id(parent, name), "name": name, "slug": f"pa_{name.lower()}", "option": option}
            for name, option in row.options
        ],
        "menu_order": 0,
        "meta_data": row.meta,
        "name": ", ".join(option for _, option in row.options),
        "parent_id": parent.id,
        "_links": _links(home, f"{base}/variations/{row.id}", f"{base}/variations", base),
    }


def shown(row: Row, home: str, terms: Terms) -> dict[str, Any]:
    return variation(row, home) if row.parent else product(row, home, terms)


def _named(terms: Terms, kind: str, ids: list[int]) -> list[dict[str, Any]]:
    rows = [terms.rows[kind][id] for id in ids]
    return [{name: row[name] for name in ("id", "name", "slug")} for row in rows]


def _attribute_id(parent: Row, name: str) -> int:
    return next((int(one["id"]) for one in parent.attributes if one["name"] == name), 0)
