"""What the shop has of what products refer to, asked for by the names they speak of and afresh for every batch."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from services.connectors.shopware6 import outbound
from services.connectors.shopware6.client import Client
from services.connectors.shopware6.outbound.knowledge import breadcrumb, plain, steps
from services.connectors.shopware6.queries import Criteria
from shared.contracts.errors import Rejected
from shared.contracts.product import ProductPush

Row = Mapping[str, Any]

SYSTEM_LANGUAGE = "2fbb5fe2e29a4d70aa5854ce7ce3e20b"
"""The same in every shop: the language in which everything must have a name."""
MOST, NAMES = 500, 100


async def lookups(client: Client, pushes: Sequence[ProductPush], products: Mapping[str, str]) -> outbound.Known:
    """`products` are ids by number. Raises Rejected where a setting of the connection names what the shop lacks."""
    wants = outbound.wants(pushes)
    currency, code = await client.currency()
    taxes = sorted(await everything(client, "tax", ["id", "taxRate", "position"]), key=_position, reverse=True)
    languages = await everything(client, "language", ["id", "locale"], {"locale": {}}, {"locale": ["id", "code"]})
    groups = await named(client, "property_group", wants.groups)
    channels = await everything(client, "sales-channel", CHANNEL) if wants.channels else []
    units = await everything(client, "unit", ["id", "name", "translated", "shortCode"]) if wants.units else []
    times = await everything(client, "delivery-time", NAMED) if wants.delivery_times else []
    fields = await _fields(client) if wants.fields else []
    return outbound.Known(
        currency=currency,
        currency_code=code,
        languages=[
            outbound.Language(row["id"], row["locale"]["code"], default=row["id"] == SYSTEM_LANGUAGE)
            for row in languages
        ],
        taxes={Decimal(str(row["taxRate"])): row["id"] for row in taxes},
        units=by_name(units) | {plain(row["shortCode"]): row["id"] for row in units if row.get("shortCode")},
        delivery_times=by_name(times),
        makers=by_name(await named(client, "product_manufacturer", wants.makers)),
        tags=by_name(await named(client, "tag", wants.tags)),
        groups=by_name(groups),
        options=await _options(client, [row["id"] for row in groups], wants.options),
        channels=by_name(channels) | {row["id"]: row["id"] for row in channels},
        entry=await _entry(client, pushes, channels) if wants.categories else None,
        categories={
            (str(row.get("parentId")), plain(name(row))): row["id"]
            for row in await named(client, "category", wants.categories, CATEGORY)
        },
        fields={row["name"]: outbound.definition(row) for row in fields},
        products=products,
        folder=await _folder(client) if wants.images else "",
        layout=await _layout(client) if client.page_layout else "",
        variants_in_lists=client.variants_in_lists,
    )


NAMED = ["id", "name", "translated"]
CHANNEL = [*NAMED, "navigationCategoryId", "createdAt", "active"]
CATEGORY = [*NAMED, "parentId", "breadcrumb"]


async def everything(
    client: Client,
    entity: str,
    fields: Sequence[str],
    associations: Criteria | None = None,
    includes: Mapping[str, Sequence[str]] | None = None,
) -> list[dict[str, Any]]:
    """All rows of an entity of which shops have few."""
    wanted = {entity.replace("-", "_"): list(fields), **(includes or {})}
    return await client.search(entity, {"limit": MOST, "associations": associations or {}, "includes": wanted})


async def named(
    client: Client, entity: str, names: Collection[str], fields: Sequence[str] = NAMED
) -> list[dict[str, Any]]:
    """Rows by their names, oldest last: where there are several of one name, that one counts."""
    rows: list[dict[str, Any]] = []
    for part in portions(sorted(names)):
        wanted = {"type": "equalsAny", "field": "name", "value": part}
        criteria = {
            "limit": MOST,
            "filter": [wanted],
            "sort": [{"field": "createdAt", "order": "DESC"}],
            "includes": {entity: list(fields)},
        }
        rows += await client.search(entity.replace("_", "-"), criteria)
    return rows


def by_name(rows: Sequence[Row]) -> dict[str, str]:
    return {plain(name(row)): str(row["id"]) for row in rows}


def name(row: Row) -> str:
    return str(row.get("name") or (row.get("translated") or {}).get("name") or "")


def portions(found: Sequence[str]) -> list[list[str]]:
    return [list(found[start : start + NAMES]) for start in range(0, len(found), NAMES)]


async def _options(client: Client, groups: Sequence[str], values: Collection[str]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for part in portions(sorted(values)) if groups else []:
        criteria = {
            "limit": MOST,
            "filter": [
                {"type": "equalsAny", "field": "name", "value": part},
                {"type": "equalsAny", "field": "groupId", "value": list(groups)},
            ],
            "sort": [{"field": "createdAt", "order": "DESC"}],
            "includes": {"property_group_option": [*NAMED, "groupId"]},
        }
        rows = await client.search("property-group-option", criteria)
        found |= {(str(row["groupId"]), plain(name(row))): str(row["id"]) for row in rows}
    return found


async def _fields(client: Client) -> list[dict[str, Any]]:
    """The custom fields that products have."""
    wanted = [
        {"type": "equals", "field": "customFieldSet.relations.entityName", "value": "product"},
        {"type": "equals", "field": "active", "value": True},
    ]
    includes = {"custom_field": ["id", "name", "type", "config"]}
    return await client.search("custom-field", {"limit": MOST, "filter": wanted, "includes": includes})


async def _entry(client: Client, pushes: Sequence[ProductPush], channels: Sequence[Row]) -> outbound.Entry | None:
    """The category that the merchant names, else that with which the navigation of a sales channel begins."""
    if client.entry_category:
        path = steps(client.entry_category)
        for row in await named(client, "category", path[-1:], CATEGORY):
            if list(map(plain, breadcrumb(row))) == list(map(plain, path)):
                return outbound.Entry(row["id"], tuple(breadcrumb(row)))
        raise Rejected(f"entry_category: the shop has no category {client.entry_category}", code="rejected")
    places = [plain(place) for push in pushes for place in push.channels]
    chosen = [one for one in channels if plain(name(one)) in places or one["id"] in places]
    on = [one for one in channels if one.get("active")]
    first = min(chosen or on or channels, key=lambda one: str(one.get("createdAt")), default=None)
    if first is None or not first.get("navigationCategoryId"):
        return None
    criteria = {"ids": [first["navigationCategoryId"]], "limit": 1, "includes": {"category": CATEGORY}}
    rows = await client.search("category", criteria)
    return outbound.Entry(rows[0]["id"], tuple(breadcrumb(rows[0]) or [name(rows[0])])) if rows else None


async def _folder(client: Client) -> str:
    if client.media_folder:
        found = await named(client, "media_folder", [client.media_folder], ["id", "name"])
        if not found:
            raise Rejected(f"media_folder: the shop has no folder {client.media_folder}", code="rejected")
        return str(found[-1]["id"])
    wanted = {"type": "equals", "field": "entity", "value": "product"}
    includes = {"media_default_folder": ["id", "folder"], "media_folder": ["id"]}
    criteria = {"limit": 1, "filter": [wanted], "associations": {"folder": {}}, "includes": includes}
    rows = await client.search("media-default-folder", criteria)
    return str((rows[0].get("folder") or {}).get("id") or "") if rows else ""


async def _layout(client: Client) -> str:
    wanted = {"type": "equals", "field": "type", "value": "product_detail"}
    includes = {"cms_page": NAMED}
    rows = await client.search("cms-page", {"limit": MOST, "filter": [wanted], "includes": includes})
    found = by_name(rows).get(plain(client.page_layout))
    if found is None:
        raise Rejected(f"page_layout: the shop has no layout {client.page_layout} for products", code="rejected")
    return found


def _position(row: Row) -> int:
    """The first of several taxes of one rate is read last, and counts."""
    return int(row.get("position") or 0)
