"""Images of a product: a medium for each address, once in the shop, and its place at the product."""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from services.connectors.shopware6.outbound.ids import id_of
from services.connectors.shopware6.outbound.knowledge import Draft, Known, Row
from services.connectors.shopware6.outbound.plans import Held
from shared.contracts.article import ArticleContent
from shared.contracts.errors import Rejected

LONGEST_NAME = 80


def pictures(
    known: Known, draft: Draft, product: str, held: Held | None, content: ArticleContent, *, removes: bool
) -> Row:
    """`media` and `coverId` of one row. The first image is the cover; where others hang there and may stay, what hangs
    there already keeps its place."""
    if not content.media:
        return {}
    there: Sequence[Mapping[str, object]] = (held or {}).get("media") or ()
    places: list[Row] = []
    taken = [one for row in there if isinstance(one := row.get("position"), int)]
    for url in dict.fromkeys(content.media):
        id = id_of("media", url)
        row = next((one for one in there if one["mediaId"] == id or _address(one) == url), None)
        if row is None or row["mediaId"] == id:
            _medium(known, draft, id, url, content)
        if row is not None:
            places.append({"id": row["id"], "mediaId": row["mediaId"]})
        else:
            taken.append(max(taken, default=-1) + 1)
            places.append({"id": id_of("product_media", product, id), "mediaId": id, "position": taken[-1]})
    keeps = {one["id"] for one in places}
    others = [one["id"] for one in there if one["id"] not in keeps]
    if removes or not others:
        places = [one | {"position": place} for place, one in enumerate(places)]
        draft.after += [("product_media", {"id": id}) for id in others]
    return {"media": places, "coverId": places[0]["id"]}


def file_name(url: str) -> tuple[str, str]:
    """Name and extension of the file behind an address. Names are the whole shop's, so each bears a mark of its own.

    Raises Rejected for an address that does not say what kind of file it is."""
    path = PurePosixPath(unquote(urlsplit(url).path))
    extension = path.suffix.removeprefix(".").lower()
    if not extension or urlsplit(url).scheme not in ("http", "https"):
        raise Rejected(f"media: the address {url} does not end in the name of an image file", code="rejected")
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", path.stem).strip("-")[:LONGEST_NAME]
    return f"{name}-{id_of('media', url)[:8]}".strip("-"), extension


def _medium(known: Known, draft: Draft, id: str, url: str, content: ArticleContent) -> None:
    file_name(url)
    draft.images[id] = url
    row: Row = {"id": id}
    if known.folder:
        row["mediaFolderId"] = known.folder
    if (words := content.media_texts.get(url)) is not None:
        row |= {
            name: text for name, text in (("title", words.title), ("alt", words.description or words.title)) if text
        }
    draft.media[id] = row


def _address(row: Mapping[str, object]) -> object:
    media = row.get("media")
    return media.get("url") if isinstance(media, Mapping) else None
