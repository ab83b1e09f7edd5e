"""Articles in full: what stands in the article itself, and what only names it: its categories, its images."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import orjson

from services.connectors.shopware5.client import Client, Row
from services.connectors.shopware5.reading.lists import CHUNK, UNDATED, everything, listed
from services.connectors.shopware5.wire import in_the_database, moment
from shared.connector_kit.declaration import Page, RawItem, Window
from shared.contracts.errors import Misconfigured

FEW = 20
"""So many articles ask for their files one by one; more than that read the shop's list of files first."""
COMMON = (
    "id", "name", "active", "changed", "added", "tax", "description", "descriptionLong", "keywords", "metaTitle",
    "lastStock", "supplier", "configuratorSet",
)  # fmt: skip
"""What an article says of all its variants."""


@dataclass
class Surroundings:
    """What an article only names. `paths` are categories by their id, from the top; `files` are addresses by the id of
    the file, asked for where one is missing. None of a kind that the user's role may not read."""

    client: Client
    currency: str
    paths: dict[int, str]
    files: dict[int, str] | None

    @classmethod
    async def of(cls, client: Client, *, many: bool) -> "Surroundings":
        categories = await _allowed(client.categories) or []
        above = {int(one["id"]): (int(one.get("parentId") or 0), str(one.get("name") or "")) for one in categories}
        files = await _allowed(client.media if many else _nothing)
        known = None if files is None else {int(one["id"]): str(one["path"]) for one in files if one.get("path")}
        return cls(client, await client.currency(), {id: _path(id, above) for id in above}, known)

    async def image(self, id: int) -> str:
        """The address of a file; empty where there is none, or none that may be read."""
        if self.files is None:
            return ""
        if id not in self.files:
            try:
                found = await self.client.medium(id)
            except Misconfigured as error:
                if error.code != "scope_missing":
                    raise
                self.files = None
                return ""
            self.files[id] = str((found or {}).get("path") or "")
        return self.files[id]


async def articles(client: Client, window: Window) -> AsyncIterator[Page]:
    """Articles by their change, each with all its variants. Pieces that were sold change nothing there."""
    now, zone = await client.now(), client.merchant.timezone
    since = [] if window.since is None else [("changed", ">=", in_the_database(window.since, zone))]
    heads = [
        (moment(str(row.get("changed") or ""), zone) or UNDATED, int(row["id"]))
        async for rows in listed(client.articles, since)
        for row in rows
    ]
    due = sorted(one for one in heads if window.until is None or one[0] < window.until)
    around = await Surroundings.of(client, many=len(due) > FEW)
    for start in range(0, len(due), CHUNK):
        part = due[start : start + CHUNK]
        read = await everything([_variants(client, id, around) for _, id in part])
        yield Page([item for items in read for item in items], part[-1][0])
    if window.until is None:
        yield Page([], now)


async def article(client: Client, external_id: str) -> list[RawItem]:
    """One variant by the ids of article and variant, or all of an article by its id alone."""
    id, _, variant = external_id.partition(":")
    if not (id.isascii() and id.isdecimal()):
        return []
    items = await _variants(client, int(id), await Surroundings.of(client, many=False))
    return [item for item in items if not variant or item.external_id == external_id]


async def _variants(client: Client, id: int, around: Surroundings) -> list[RawItem]:
    """The main variant and all others, each with what the article says of all."""
    row = await client.article(id)
    if row is None:
        return []
    zone = client.merchant.timezone
    stamp = moment(str(row.get("changed") or ""), zone) or UNDATED
    added = {
        "shopTimezone": zone,
        "shopCurrency": around.currency,
        "customerGroup": client.merchant.customer_group,
        "categoryPaths": _categories(row, around),
        "imageFiles": await _images(row, around),
        "mainNumber": (row.get("mainDetail") or {}).get("number"),
    }
    common = {name: row.get(name) for name in COMMON} | added
    variants = [one for one in (row.get("mainDetail"), *(row.get("details") or ())) if isinstance(one, dict)]
    return [RawItem(f"{id}:{one['id']}", stamp, orjson.dumps(common | {"variant": one})) for one in variants]


def _categories(row: Row, around: Surroundings) -> list[str]:
    """By id, as an object; an article in none has a list."""
    named = row.get("categories")
    return [around.paths[int(id)] for id in named if int(id) in around.paths] if isinstance(named, dict) else []


async def _images(row: Row, around: Surroundings) -> list[Row]:
    """The main image first, the others in their order."""
    images = sorted(row.get("images") or (), key=lambda one: (one.get("main") != 1, one.get("position") or 0))
    found = [(await around.image(int(one["mediaId"])), one) for one in images if one.get("mediaId")]
    return [{"url": url, "description": one.get("description")} for url, one in found if url]


def _path(id: int, above: dict[int, tuple[int, str]]) -> str:
    """The top of all has no name that anybody knows; a circle ends where it closes."""
    names: list[str] = []
    while id in above and above[id][0] and len(names) < len(above):
        id, name = above[id]
        names.append(name)
    return " > ".join(reversed(names))


async def _allowed(listed: Callable[[int], Awaitable[list[Row]]]) -> list[Row] | None:
    """All rows of a list; None where the user's role may not read it, which the test of the connection says."""
    rows: dict[int, Row] = {}
    try:
        while fresh := {int(one["id"]): one for one in await listed(len(rows)) if int(one["id"]) not in rows}:
            rows |= fresh
    except Misconfigured as error:
        if error.code != "scope_missing":
            raise
        return None
    return list(rows.values())


async def _nothing(start: int) -> list[Row]:
    return []
