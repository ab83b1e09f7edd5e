"""What the platform asks of products, in our words."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.contracts.taxonomy import Role, Taxonomy, TaxonomyAttribute, TaxonomyCategory, TaxonomyValue

Row = dict[str, Any]
SEPARATOR = "|"
PICTURES = "picture"
SAFETY = {
    "product_safety_contact.name": "Product safety: name of the manufacturer or of who answers for him",
    "product_safety_contact.address": "Product safety: address",
    "product_safety_contact.email_address": "Product safety: e-mail address",
    "product_safety_contact.phone_number": "Product safety: telephone number",
    "product_safety_contact.url": "Product safety: web page with a way to write",
}
ROLES: dict[str, Role] = {
    "ean": "ean", "title": "title", "description": "description", "manufacturer": "brand", "category": "category",
}  # fmt: skip
ALWAYS = ("ean", "title", "description", "manufacturer")
"""What is asked of every product, besides pictures, which an article has by itself."""


def categories(tree: Row) -> Taxonomy:
    """All categories but the one above all, and what is asked of every product."""
    found: list[TaxonomyCategory] = []

    def walk(row: Row, parent: str) -> None:
        code = str(row["id_category"])
        found.append(TaxonomyCategory(code=code, label=str(row["title_plural"]), parent_code=parent))
        for one in row.get("children") or ():
            walk(one, code)

    for one in tree.get("children") or ():
        walk(one, "")
    shared = [TaxonomyAttribute(code=name, label=name, requirement="required", role=ROLES[name]) for name in ALWAYS]
    safety = [TaxonomyAttribute(code=code, label=label, requirement="recommended") for code, label in SAFETY.items()]
    return Taxonomy(categories=tuple(found), attributes=(*shared, *safety), leaves_only=True, separator=SEPARATOR)


def asks_for_list(row: Row) -> bool:
    """What is asked of every product stands in the article, and so do its pictures."""
    return row["name"] not in (*ALWAYS, PICTURES)


def attributes(
    category: str, required: Sequence[Row], optional: Sequence[Row], lists: Mapping[int, Sequence[TaxonomyValue]]
) -> Taxonomy:
    """What one category asks for beyond that."""
    found = [
        TaxonomyAttribute(
            code=row["name"],
            label=str(row.get("title") or row["name"]),
            category_code=category,
            requirement="required" if row in required else "optional",
            list_code=row["name"] if lists.get(row["id"]) else "",
            multiple=bool(row.get("is_multiple")),
            role=ROLES.get(row["name"], ""),
        )
        for row in {row["name"]: row for row in (*optional, *required)}.values()
        if asks_for_list(row) and row["name"] not in SAFETY and not row["name"].startswith("product_safety_contact")
    ]
    values = tuple(value for one in lists.values() for value in one)
    return Taxonomy(categories=(), attributes=tuple(found), values=values, leaves_only=True, separator=SEPARATOR)
