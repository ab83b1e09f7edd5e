"""The platform's tree of categories, what one of them asks for, and which it takes a title for."""

from typing import Any

from services.connectors.kaufland import inbound
from services.connectors.kaufland.client import Client
from services.connectors.kaufland.client.products import PER_PAGE
from shared.contracts.taxonomy import Taxonomy, TaxonomyCategory, TaxonomyValue

Row = dict[str, Any]
LONGEST_LIST = 1000
"""A longer list (of manufacturers there are more than anybody maps) is left to the platform to judge."""


async def taxonomy(client: Client) -> Taxonomy:
    """All categories of the storefront in which products are made, and what is asked of every product."""
    return inbound.categories(await client.products.tree(await client.home()))


async def category(client: Client, code: str) -> Taxonomy:
    """What one category asks for, with the lists that values are taken from. Raises Rejected for no category."""
    storefront = await client.home()
    required = await client.products.attributes(storefront, code, "required_attributes")
    optional = await client.products.attributes(storefront, code, "optional_attributes")
    lists: dict[int, list[TaxonomyValue]] = {}
    for row in (*required, *optional):
        if row.get("is_sharedset") and inbound.asks_for_list(row):
            lists[row["id"]] = await _values(client, storefront, row)
    return inbound.attributes(code, required, optional, lists)


async def suggested(client: Client, title: str) -> list[TaxonomyCategory]:
    """Categories for a title, the likeliest first."""
    storefront = await client.home()
    named = paths(await client.products.tree(storefront))
    rows = await client.products.decided(storefront, title)
    return [
        TaxonomyCategory(code=str(row["id_category"]), label=named[row["id_category"]])
        for row in rows
        if row.get("id_category") in named
    ]


def paths(tree: Row) -> dict[int, str]:
    """Every category from the top, joined by " > "; the one above all is no place."""
    found: dict[int, str] = {}

    def walk(row: Row, above: str) -> None:
        path = f"{above} > {row['title_plural']}" if above else str(row["title_plural"])
        found[row["id_category"]] = path
        for one in row.get("children") or ():
            walk(one, path)

    for one in tree.get("children") or ():
        walk(one, "")
    return found


async def _values(client: Client, storefront: str, attribute: Row) -> list[TaxonomyValue]:
    """A list; empty where it is too long."""
    found: list[Row] = []
    while len(found) <= LONGEST_LIST:
        part = await client.products.shared_set(attribute["id"], storefront, len(found))
        found += part
        if len(part) < PER_PAGE:
            return [
                TaxonomyValue(list_code=attribute["name"], code=str(one["value"]), label=str(one["label"]))
                for one in {str(one["value"]): one for one in found}.values()
            ]
    return []
