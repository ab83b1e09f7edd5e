"""Images: each address is one medium of the shop, which fetches the file itself and has it once."""

from collections.abc import Sequence
from typing import Any

from services.connectors.shopware6 import outbound, queries
from services.connectors.shopware6.client import Client
from services.connectors.shopware6.outbound.pictures import file_name
from services.connectors.shopware6.sending.products.lookups import portions
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
    told: dict[str, dict[str, Any]] = {}
    for one in drafts:
        for id, row in one.media.items():
            # Where a medium lies is decided when it is made; what is said of it may change.
            known = there.get(id, {})
            told[id] = {name: value for name, value in row.items() if not known or name != "mediaFolderId"}
            if all(known.get(name) == value for name, value in told[id].items()):
                del told[id]
    if told:
        await client.sync([("upsert", "media", list(told.values()))])
    lacking = [id for id in sorted(wanted) if not there.get(id, {}).get("fileName")]
    refused = {id: problem for id in lacking if (problem := await _fetch(client, id, wanted[id]))}
    return {
        place: next(refused[id] for id in one.images if id in refused)
        for place, one in enumerate(drafts)
        if set(one.images) & set(refused)
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
