"""The shop's rows behind products and pieces: by the ids that are known, by those we give, and by their numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from services.connectors.shopware6 import queries
from services.connectors.shopware6.client import Client
from services.connectors.shopware6.outbound import Held
from services.connectors.shopware6.outbound.knowledge import plain
from services.connectors.shopware6.outbound.plans import own_ids
from services.connectors.shopware6.sending.products.lookups import MOST, portions
from shared.contracts.product import ProductPush

ID_FORM = frozenset("0123456789abcdef")
ID_LENGTH = 32
FIELDS = ["id", "parentId", "productNumber", "childCount", "active", "customFields", "coverId"]
HANGING: queries.Criteria = {
    "options": {}, "configuratorSettings": {}, "properties": {}, "categories": {}, "tags": {},
    "media": {"associations": {"media": {}}}, "crossSellings": {"associations": {"assignedProducts": {}}},
}  # fmt: skip
INCLUDES = {
    "product": [*FIELDS, *HANGING],
    "property_group_option": ["id", "groupId"],
    "product_configurator_setting": ["id", "optionId"],
    "category": ["id", "breadcrumb", "translated"],
    "tag": ["id"],
    "product_media": ["id", "mediaId", "position", "media"],
    "media": ["id", "url"],
    "product_cross_selling": ["id", "assignedProducts"],
    "product_cross_selling_assigned_products": ["id", "productId"],
}


@dataclass
class Found:
    by_id: dict[str, Held] = field(default_factory=dict)
    by_number: dict[str, Held] = field(default_factory=dict)

    @property
    def ids(self) -> dict[str, str]:
        return {number: str(row["id"]) for number, row in self.by_number.items()}


async def find(client: Client, pushes: Sequence[ProductPush]) -> Found:
    """Products, their pieces and what is offered beside them, as far as the shop has them."""
    ids = {id for push in pushes for id in (push.external_id, *own_ids(push)) if id}
    ids |= {one.external_id for push in pushes for one in push.variants if one.external_id}
    numbers = {number for push in pushes for number in (push.number, *(one.number for one in push.variants))}
    related = {number for push in pushes for number in push.content.related} - numbers
    found = Found()
    # An id in another form is nobody's, and would undo the whole search.
    for part in portions(sorted(one for one in ids if len(one) == ID_LENGTH and set(one) <= ID_FORM)):
        await _read(client, found, {"type": "equalsAny", "field": "id", "value": part}, HANGING)
    for part in portions(sorted(numbers)):
        await _read(client, found, {"type": "equalsAny", "field": "productNumber", "value": part}, HANGING)
    parents = {str(row["parentId"]) for row in found.by_id.values() if row.get("parentId")} - set(found.by_id)
    for part in portions(sorted(parents)):
        await _read(client, found, {"type": "equalsAny", "field": "id", "value": part}, HANGING)
    for part in portions(sorted(related)):
        await _read(client, found, {"type": "equalsAny", "field": "productNumber", "value": part}, {})
    return found


async def variants(client: Client, parent: str) -> list[dict[str, Any]]:
    """All variants of a product, also those that nobody here knows."""
    wanted = {"type": "equals", "field": "parentId", "value": parent}
    return await client.search("product", {"limit": MOST, "filter": [wanted], "includes": {"product": FIELDS}})


async def _read(client: Client, found: Found, wanted: queries.Criteria, associations: queries.Criteria) -> None:
    criteria = {"limit": MOST, "filter": [wanted], "associations": associations, "includes": INCLUDES}
    for row in await client.search("product", criteria):
        found.by_id.setdefault(str(row["id"]), row)
        found.by_number.setdefault(plain(str(row["productNumber"])), row)
