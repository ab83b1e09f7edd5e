"""What eBay asks of listings: the tree of categories at once, item specifics category by category."""

from services.connectors.ebay import inbound, wire
from services.connectors.ebay.client import Client
from shared.contracts.taxonomy import Taxonomy, TaxonomyCategory


async def taxonomy(client: Client) -> Taxonomy:
    """All categories of the marketplace where the account is registered."""
    return inbound.categories(wire.Tree.model_validate(await client.taxonomies.tree()))


async def category(client: Client, code: str) -> Taxonomy:
    """The item specifics of one category. Raises Rejected for one that is gone, or has others below it."""
    return inbound.category(code, [wire.Aspect.model_validate(one) for one in await client.taxonomies.aspects(code)])


async def suggested(client: Client, title: str) -> list[TaxonomyCategory]:
    """Categories that may fit, in the platform's order."""
    rows = await client.taxonomies.suggestions(title)
    return [inbound.suggestion(wire.Suggestion.model_validate(row)) for row in rows]
