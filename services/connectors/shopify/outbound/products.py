"""A product as Shopify's input: only what differs from what the shop has, and only what was asked to be told."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import unquote, urlsplit

from services.connectors.shopify.vocabulary import OFF_SALE, TRANSLATED
from shared.contracts.product import ProductPush

Record = Mapping[str, Any]
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
CATEGORY = "gid://shopify/TaxonomyCategory/"


def handle(command: ProductPush) -> str:
    """The address part of a new product: its name, and its number so that no other product has the same one."""
    return "-".join(part for part in (_plain(title(command))[:150], _plain(command.number)[:100]) if part)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower().translate(UMLAUTS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")


def title(command: ProductPush) -> str:
    return command.title or next((one.title for one in command.variants if one.title), "")


def status(command: ProductPush, found: Record | None) -> str:
    """What the merchant chose among the ways of being on sale, or of not being, stays."""
    active = command.active and not command.withdrawn and any(one.active for one in command.variants)
    has = found["status"] if found is not None else ""
    if active:
        return has if has and has not in OFF_SALE else "ACTIVE"
    return has if has in OFF_SALE else "DRAFT"


def head(command: ProductPush, found: Record | None) -> dict[str, Any]:
    """Everything but variants, images and metafields. What is empty here tells nothing: nobody knows whether it is
    meant to be empty there."""
    about, parts = command.content, command.parts
    wanted: dict[str, Any] = {"status": status(command, found)}
    if "texts" in parts or found is None:
        wanted |= {"title": title(command), "descriptionHtml": about.description}
    wanted["vendor"] = about.manufacturer
    if "tags" in parts:
        wanted["tags"] = sorted({tag.strip() for tag in about.tags if tag.strip()})
    if "categories" in parts and about.categories:
        for path in reversed(about.categories):
            wanted |= {"category": path} if path.startswith(CATEGORY) else {"productType": path.split(" > ")[-1]}
    if "meta" in parts and (about.meta_title or about.meta_description):
        has = found["seo"] if found is not None else {}
        wanted["seo"] = {
            "title": about.meta_title or has.get("title") or "",
            "description": about.meta_description or has.get("description") or "",
        }
    wanted = {name: value for name, value in wanted.items() if value}
    if found is None:
        return wanted | {"handle": handle(command)}
    return {name: value for name, value in wanted.items() if not _same(name, value, found)}


def _same(name: str, value: Any, found: Record) -> bool:
    if name == "tags":
        return {tag.lower() for tag in value} == {tag.lower() for tag in found["tags"]}
    if name == "category":
        return bool(found["category"] and found["category"]["id"] == value)
    if name == "seo":
        return all((found["seo"][key] or "") == text for key, text in value.items())
    return bool((found[name] or "") == value)


@dataclass(frozen=True)
class Files:
    """All files the product is to have, those it keeps by their ids. `known` are those of our addresses that are there
    already; `differs` says whether the product has them otherwise."""

    rows: list[dict[str, Any]]
    known: Mapping[str, str]
    differs: bool

    def of(self, address: str) -> dict[str, Any]:
        """One of them, as a variant names it."""
        id = self.known.get(address)
        return {"id": id} if id else {"originalSource": address, "filename": file_name(address), "contentType": "IMAGE"}


def files(command: ProductPush, found: Record | None) -> Files | None:
    """What becomes of the product's images; None where nothing is told of them.

    A new one gets a name that tells its address, by which it is known again. Of those we do not know, the merchant's
    own, none is taken away unless images may be removed; what could not be fetched is fetched again.
    """
    wanted = addresses(command)
    if "images" not in command.parts or not (wanted or (command.removes_images and found is not None)):
        return None
    has = [one for one in found["media"] if one["status"] != "FAILED"] if found is not None else []
    known = {address: one for address in wanted for one in has if file_name(address)[:24] in _shown(one)}
    rows: list[dict[str, Any]] = []
    for address in wanted:
        alt = _alt(command, address)
        if address not in known:
            rows.append({"originalSource": address, "filename": file_name(address), "contentType": "IMAGE", "alt": alt})
        else:
            rows.append({"id": known[address]["id"]} | ({"alt": alt} if alt else {}))
    ours = {one["id"] for one in known.values()}
    kept = [{"id": one["id"]} for one in has if one["id"] not in ours]
    if not command.removes_images:
        # What is there keeps its place: the merchant may have sorted it.
        order = [one["id"] for one in has]
        rows = sorted(kept + rows, key=lambda row: order.index(row["id"]) if "id" in row else len(order))
    alts = {one["id"]: one["alt"] or "" for one in has}
    same = [row.get("id") for row in rows] == [one["id"] for one in (found["media"] if found is not None else ())]
    same = same and all(row.get("alt", alts[row["id"]]) == alts[row["id"]] for row in rows)
    return Files(rows, {address: str(one["id"]) for address, one in known.items()}, not same)


def addresses(command: ProductPush) -> list[str]:
    """Images of the product, then those that only its variants have."""
    given = [*command.content.media, *(one for piece in command.variants for one in piece.content.media)]
    return list(dict.fromkeys(given))


def file_name(address: str) -> str:
    """The name of a file that tells its address; the shop may put something of its own behind it."""
    last = unquote(urlsplit(address).path).rsplit("/", 1)[-1]
    stem, dot, ending = last.rpartition(".")
    return f"{sha256(address.encode()).hexdigest()[:24]}-{_plain(stem or last)[:60] or 'image'}{dot}{ending.lower()}"


def pending(media: Sequence[Record]) -> bool:
    """Whether images are still worked on; until then they have no address to be known by."""
    return any(one["status"] in ("PROCESSING", "UPLOADED") for one in media)


def broken(media: Sequence[Record]) -> str:
    """What the platform says about images it could not take; empty where it took them all."""
    said = [error for one in media if one["status"] == "FAILED" for error in one["mediaErrors"] or [{"message": ""}]]
    words = [f"{one['message']} {one.get('details') or ''}".strip() for one in said]
    return "; ".join(dict.fromkeys(words))


def texts(
    command: ProductPush, language: str, digests: Mapping[str, str], has: Mapping[str, str]
) -> list[dict[str, str]]:
    """Translations that the shop does not have like this. Only what is there in the shop's own language can be
    translated."""
    given = command.content.texts[language]
    wanted = {key: getattr(given, name) for key, name in TRANSLATED.items()}
    return [
        {"locale": language, "key": key, "value": value, "translatableContentDigest": digests[key]}
        for key, value in wanted.items()
        if value.strip() and key in digests and has.get(key) != value
    ]


def _alt(command: ProductPush, address: str) -> str:
    text = command.content.media_texts.get(address)
    for piece in command.variants:
        text = text or piece.content.media_texts.get(address)
    return (text.description or text.title)[:512] if text else ""


def _shown(medium: Record) -> str:
    return str((medium.get("image") or {}).get("url", ""))
