"""A product as WooCommerce's body: only what differs from what the shop has, and only what was asked to be told."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from services.connectors.woocommerce.outbound import properties
from services.connectors.woocommerce.outbound.facts import differing, facts, price, tax_class
from services.connectors.woocommerce.vocabulary import PUBLISHED, VARIABLE, YOAST
from shared.contracts.errors import Rejected
from shared.contracts.product import ProductPush, ProductVariant

Record = Mapping[str, Any]
MARK = "_kontor_product"
"""Tells that we made a product, and which of ours it is."""
IMAGES = "_kontor_images"
"""Where the shop's images came from, by their ids: it gives files names of its own."""


@dataclass(frozen=True)
class References:
    """What the shop calls the things a product refers to. None: not told."""

    units: Mapping[str, str] = field(default_factory=dict)
    currency: str = "EUR"
    classes: Sequence[str] = ()
    attributes: Sequence[Record] = ()
    visible: bool = False
    categories: Sequence[int] | None = None
    tags: Sequence[int] | None = None
    brands: Sequence[int] | None = None
    related: Sequence[int] | None = None


def varies(command: ProductPush) -> bool:
    return any(one.content.options for one in command.variants)


def made_by_us(command: ProductPush, found: Record) -> bool:
    """Whether we made it and never heard that it was made."""
    marks = {row.get("key"): row.get("value") for row in found.get("meta_data") or () if isinstance(row, dict)}
    return not command.external_id and str(marks.get(MARK, "")) == str(command.product_id)


def status(command: ProductPush, found: Record | None) -> str:
    """What the merchant chose among the ways of being on sale, or of not being, stays."""
    active = command.active and not command.withdrawn and any(one.active for one in command.variants)
    has = str(found["status"]) if found is not None else ""
    if active:
        return has if has in PUBLISHED else "publish"
    return has if has and has not in PUBLISHED else "draft"


def body(command: ProductPush, found: Record | None, refs: References) -> dict[str, Any]:
    """The product itself. Raises Rejected for what the shop would take amiss without saying so."""
    about, parts = command.content, command.parts
    variable = found.get("type") in VARIABLE if found is not None else varies(command)
    if found is not None and not variable and varies(command):
        detail = "the shop's product has no variants, and a plain product is never made one with variants"
        raise Rejected(detail, code="product_refused", field="variants")
    telling = found is None or "variants" in parts
    wanted: dict[str, Any] = {"status": status(command, found)}
    if "texts" in parts or found is None:
        texts = {
            "name": _title(command),
            "description": about.description,
            "short_description": about.short_description,
        }
        # What is empty here tells nothing: nobody knows whether it is meant to be empty there.
        wanted |= {name: text for name, text in texts.items() if text}
    wanted |= _own_facts(command, refs, variable=variable, telling=telling)
    for name in ("categories", "tags", "brands"):
        if (ids := getattr(refs, name)) is not None:
            wanted[name] = [{"id": id} for id in ids]
    if refs.related is not None:
        wanted["cross_sell_ids"] = list(refs.related)
    meta = properties.meta(command.attributes) if {"properties", "custom_fields"} & set(parts) else []
    if "meta" in parts:
        meta += [{"key": key, "value": getattr(about, name)} for name, key in YOAST.items() if getattr(about, name)]
    if meta:
        wanted["meta_data"] = meta
    listed = properties.attributes(command, found, refs.attributes, visible=refs.visible, telling=telling and variable)
    told = (
        differing(wanted, found)
        if found is not None
        else {name: value for name, value in wanted.items() if value != ""}
    )
    if listed is not None:
        told["attributes"] = listed
    if (pictures := images(command, found, variable=variable)) is not None:
        told["images"] = pictures
    if found is None:
        mark = {"key": MARK, "value": str(command.product_id)}
        told |= {"type": "variable" if variable else "simple", "meta_data": [*meta, mark]}
        if not variable:
            told |= price(command.variants[0], refs.currency)
            told.setdefault("manage_stock", True)
    return told


def _own_facts(command: ProductPush, refs: References, *, variable: bool, telling: bool) -> dict[str, Any]:
    """A product with variations has a number of its own, and their usual tax class."""
    numbers = {one.number for one in command.variants}
    if not variable:
        if len(command.variants) != 1:
            detail = "several pieces without options cannot be told apart"
            raise Rejected(detail, code="product_refused", field="options")
        ours = command.variants[0]
        return facts(command, ours, refs.units) | {"tax_class": tax_class(ours, refs.classes)}
    if not telling or not varies(command):
        return {}
    if command.number in numbers:
        detail = f"the product has the number of its own variant, {command.number}"
        raise Rejected(detail, code="product_refused", field="sku")
    return {"sku": command.number, "tax_class": tax_class(command.variants[0], refs.classes)}


def variations(
    command: ProductPush, found: Record | None, held: Sequence[Record], refs: References
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Those to be made and those to be changed. One that the shop has and the command does not name is left alone:
    nobody said that it is to go. One that is not active is kept, or made, out of the customers' sight."""
    made: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    telling = found is None or "variants" in command.parts
    for ours in command.variants:
        row = matched(ours, held)
        wanted = facts(command, ours, refs.units) | {"status": "publish" if ours.active else "private"}
        if ours.tax != command.variants[0].tax:
            wanted["tax_class"] = tax_class(ours, refs.classes)
        if telling and ours.content.description:
            wanted["description"] = ours.content.description
        if row is None:
            if telling:
                if not ours.content.options:
                    detail = f"{ours.number} names no options, and the product varies by some"
                    raise Rejected(detail, code="product_refused", field="options")
                wanted.setdefault("manage_stock", True)
                made.append(wanted | price(ours, refs.currency) | _chosen(ours) | _image(command, ours, None))
            continue
        told = differing(wanted, row) | _image(command, ours, row)
        if telling and ours.content.options and ours.content.options != _options(row):
            told |= _chosen(ours)
        if told:
            changed.append({"id": row["id"]} | told)
    return made, changed


def matched(ours: ProductVariant, held: Sequence[Record]) -> Record | None:
    """By the shop's id, else by the number, else by the options; a variation without a number shows its parent's."""
    for row in held:
        if ours.external_id and str(row["id"]) == ours.external_id:
            return row
    numbered = [row for row in held if row.get("sku") == ours.number]
    if len(numbered) == 1:
        return numbered[0]
    return next((row for row in held if ours.content.options and _options(row) == ours.content.options), None)


def images(command: ProductPush, found: Record | None, *, variable: bool) -> list[dict[str, Any]] | None:
    """All images the product is to have, those it keeps by their ids; None where it has them like this. The merchant's
    own are taken away only where images may be removed."""
    wanted = list(command.content.media)
    if not variable:
        wanted += [one for piece in command.variants for one in piece.content.media if one not in wanted]
    if "images" not in command.parts or not (wanted or (command.removes_images and found is not None)):
        return None
    has = list(found.get("images") or ()) if found is not None else []
    known = known_images(wanted, has, sources(found))
    rows = [_picture(command, address, known.get(address)) for address in dict.fromkeys(wanted)]
    if not command.removes_images:
        ours = set(known.values())
        order = [one["id"] for one in has]
        kept = [{"id": id} for id in order if id not in ours]
        rows = sorted(kept + rows, key=lambda row: order.index(row["id"]) if "id" in row else len(order))
    texts = {one["id"]: {"name": one.get("name") or "", "alt": one.get("alt") or ""} for one in has}
    same = [row.get("id") for row in rows] == [one["id"] for one in has]
    if same and all(row[name] == texts[row["id"]][name] for row in rows for name in ("name", "alt") if name in row):
        return None
    return rows


def known_images(wanted: Sequence[str], has: Sequence[Record], kept: Mapping[str, str]) -> dict[str, int]:
    """Which of the shop's images an address is: by what we wrote down, else by the name of the file."""
    found = {kept[str(one["id"])]: int(one["id"]) for one in has if str(one["id"]) in kept}
    left = [one for one in has if str(one["id"]) not in kept]
    for address in wanted:
        if address not in found:
            match = next((one for one in left if _stem(str(one.get("src"))) == _stem(address)), None)
            if match is not None:
                left.remove(match)
                found[address] = int(match["id"])
    return {address: id for address, id in found.items() if address in wanted}


def sources(found: Record | None) -> dict[str, str]:
    for row in (found or {}).get("meta_data") or ():
        if isinstance(row, dict) and row.get("key") == IMAGES and isinstance(row.get("value"), dict):
            return {str(id): str(address) for id, address in row["value"].items()}
    return {}


def _picture(command: ProductPush, address: str, id: int | None) -> dict[str, Any]:
    text = command.content.media_texts.get(address)
    for piece in command.variants:
        text = text or piece.content.media_texts.get(address)
    words = {"name": text.title, "alt": text.description or text.title} if text else {}
    where: dict[str, Any] = {"src": address} if id is None else {"id": id}
    return where | {name: value for name, value in words.items() if value}


def _image(command: ProductPush, ours: ProductVariant, row: Record | None) -> dict[str, Any]:
    """A variation has one image of its own."""
    if "images" not in command.parts or not ours.content.media:
        return {}
    has = str(((row or {}).get("image") or {}).get("src", ""))
    address = ours.content.media[0]
    return {} if has and _stem(has) == _stem(address) else {"image": _picture(command, address, None)}


def _stem(address: str) -> str:
    """A file's name without its ending, and without the number or size that the shop puts behind it."""
    name = unquote(urlsplit(address).path).rsplit("/", 1)[-1].rsplit(".", 1)[0].lower()
    return re.sub(r"(-\d{1,2}|-scaled|-\d+x\d+)+$", "", name)


def _chosen(ours: ProductVariant) -> dict[str, Any]:
    return {"attributes": [{"name": name, "option": value} for name, value in ours.content.options.items()]}


def _options(row: Record) -> dict[str, str]:
    return {str(one.get("name")): str(one.get("option")) for one in row.get("attributes") or ()}


def _title(command: ProductPush) -> str:
    return command.title or next((one.title for one in command.variants if one.title), "")
