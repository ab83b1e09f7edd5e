"""What a product can be translated of, and where it is shown; computed when somebody looks."""

import hashlib
from typing import Any

Record = dict[str, Any]


def shown_at(product: Record, args: Record) -> list[Record]:
    """Until a product is active it is not published anywhere, only meant to be."""
    live = product["status"] == "ACTIVE"
    return [
        {"isPublished": live, "publishDate": at, "publication": product["_publications"][id]}
        for id, at in product["_published"].items()
        if live or not args.get("onlyPublished", True)
    ]


def content(product: Record) -> dict[str, str]:
    """What of a product can be translated; empty texts cannot."""
    found = {
        "title": product["title"],
        "body_html": product["descriptionHtml"],
        "handle": product["handle"],
        "product_type": product["productType"],
        "meta_title": product["seo"]["title"],
        "meta_description": product["seo"]["description"],
    }
    return {key: value for key, value in found.items() if value}


def digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def translatable(found: Record, _args: Record) -> list[Record]:
    rows = content(found["_product"])
    return [{"key": key, "value": value, "digest": digest(value), "locale": "de"} for key, value in rows.items()]


def translations(found: Record, args: Record) -> list[Record]:
    product = found["_product"]
    now = content(product)
    return [
        {
            "key": key,
            "locale": locale,
            "value": row["value"],
            "updatedAt": row["at"],
            "outdated": key not in now or digest(now[key]) != row["digest"],
        }
        for (locale, key), row in product["_translations"].items()
        if locale == args["locale"]
    ]
