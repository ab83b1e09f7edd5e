"""Images: each address is one medium of the shop, which fetches the file itself and has it once."""

from collections.abc import Sequence
from typing import Any

from services.connectors.shopware6 import outbound, queries
from services.connectors.shopware6.client import Client
from services.connectors.shopware6.outbound.pictures import file_name
from services.connectors.shopware6.sending.products.lookups import portions
from services.connectors.shopware6.sending.products.writing import write
from shared.contracts.errors import Rejected

FIELDS = ["id", "fileName", "title", "alt"]
NAME_TAKEN = "CONTENT__MEDIA_DUPLICATED_FILE_NAME"


async def images(client: Client, drafts: Sequence[outbound.Draft]) -> dict[int, str]:
    """Sees to it that the shop has the files of all drafts. Answers what speaks against some of them, by place."""
    wanted = {id: url for one in drafts for id, url in one.images.items()}
    if not wanted:
        return {}
    there: dict[str, dict[str, Any]] = {}
    for part in portions(sorted(wanted)):
        rows = await client.search("media", queries.by_ids(part, {}, {"media": FIELDS}))
        there |= {str(row["id"]): row for row in rows}
    told = _told(drafts, there)
    makes = {place: {("media", id): told[id] for id in one.media if id in told} for place, one in enumerate(drafts)}
    refused = await write(client, {place: outbound.Draft({}, makes=rows) for place, rows in makes.items() if rows})
    lost = {id for place in refused for _, id in makes[place]} - {
        id for place, one in enumerate(drafts) if place not in refused for id in one.images
    }
    lacking = [id for id in sorted(set(wanted) - lost) if not there.get(id, {}).get("fileName")]
    problems = {id: problem for id in lacking if (problem := await _fetch(client, id, wanted[id]))}
    return refused | {
        place: next(problems[id] for id in one.images if id in problems)
        for place, one in enumerate(drafts)
        if set(one.images) & set(problems)
    }


def _told(drafts: Sequence[outbound.Draft], there: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Media that are new, or of which something else is said than the shop has. Where one lies is decided when it is
    made."""
    told: dict[str, dict[str, Any]] = {}
    for one in drafts:
        for id, row in one.media.items():
            told.setdefault(id, {}).update(row)
    changed = {
        id: {name: value for name, value in row.items() if id not in there or name != "mediaFolderId"}
        for id, row in told.items()
    }
    return {
        id: row
        for id, row in changed.items()
        if any(there.get(id, {}).get(name) != value for name, value in row.items())
    }


async def _fetch(client: Client, id: str, url: str) -> str:
    """The shop's words against it, empty if it has the file now."""
    name, extension = file_name(url)
    try:
        try:
            await client.upload_media(id, url, name, extension)
        except Rejected as error:
            if error.params.get("platform_code") != NAME_TAKEN:
                raise
            await client.upload_media(id, url, f"{name}-{id}", extension)
    except Rejected as error:
        return f"media: {url}: {error.detail}"
    return ""
