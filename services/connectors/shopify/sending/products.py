"""Products: read, compared, and only what differs is told; made under a handle of ours, so that none is made twice."""

from collections.abc import Sequence
from typing import Any

from services.connectors.shopify.client import Client
from services.connectors.shopify.client.catalogue import Catalogue
from services.connectors.shopify.outbound import fields, products
from services.connectors.shopify.outbound.variants import matched, pieces
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected
from shared.contracts.product import ProductPush

FIELDS_PER_CALL = 25
TOLD_AS_FIELDS = frozenset({"properties", "custom_fields"})
Record = dict[str, Any]


async def push_products(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One product after the other; what is wrong with one of them holds back no other."""
    client.catalogue.forget()
    return [await _tell(client.catalogue, command.payload) for command in commands]


async def find_products(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """What became of images that were still worked on. Everything else is told again: it is looked for first, and what
    has arrived already is found unchanged."""
    return [await _judged(client.catalogue, command.ticket) if command.ticket else None for command in commands]


async def _judged(shop: Catalogue, id: str) -> PushResult | None:
    media = await shop.media(id)
    return None if media is None else _after_images(id, media)


async def _tell(shop: Catalogue, told: ProductPush) -> PushResult:
    found: Record | None = None
    try:
        found, ours = await _known(shop, told)
        if told.withdrawn:
            return await _withdraw(shop, told, found)
        if found is None and not told.creates:
            return PushResult("failed", "product_missing", {"article": told.number})
        if found is not None and not told.updates and not ours:
            return PushResult("failed", "product_exists", {"external_id": found["id"]}, found["id"])
        return await _make(shop, told, found, fresh=found is None or ours)
    except Rejected as error:
        return _refused(error, "" if found is None else str(found["id"]))


async def _make(shop: Catalogue, told: ProductPush, found: Record | None, *, fresh: bool) -> PushResult:
    """`fresh`: it is new, or was left unfinished when it was."""
    if found is not None and "images" in told.parts and products.pending(found["media"]):
        return PushResult("retrying", "product_images_pending", {"detail": "the shop is still at work on its images"})
    about: fields.Fields = {}
    if told.attributes and TOLD_AS_FIELDS & set(told.parts):
        about = fields.fields(told.attributes, await shop.defined("PRODUCT"))
    of_pieces = await _fields_of_pieces(shop, told)
    planned = products.head(told, found)
    images = products.files(told, found)
    sold = pieces(told, found, await shop.currency(), of_pieces, images)
    if sold is not None:
        planned |= {"productOptions": sold.options, "variants": sold.variants}
    new_images = images is not None and (images.differs or (sold is not None and sold.shows))
    if images is not None and new_images:
        planned["files"] = images.rows
    changed, media = False, []
    if found is None:
        if about:
            planned["metafields"] = list(about.values())
    else:
        changed = await _set_fields(shop, told, found, about, of_pieces)
    if planned:
        by = {"id": found["id"]} if found is not None else {"handle": planned["handle"]}
        made = await shop.set(by, planned)
        id, media, changed = str(made["id"]), made["media"], True
    else:
        assert found is not None
        id = str(found["id"])
    try:
        if fresh and told.channels:
            changed = await shop.publish(id, told.channels) or changed
        changed = await _translate(shop, told, id) or changed
    except Rejected as error:
        # It is there, whatever came of the rest: nobody must look for it again.
        return _refused(error, id)
    if new_images:
        return _after_images(id, media)
    return PushResult("done" if changed else "unchanged", external_id=id)


def _after_images(id: str, media: Sequence[Record]) -> PushResult:
    if products.pending(media):
        return PushResult("waiting", "product_images_pending", {"detail": "its images are worked on"}, id)
    if said := products.broken(media):
        return PushResult("failed", "product_refused", {"detail": f"an image: {said}"[:300]}, id)
    return PushResult("done", external_id=id)


async def _fields_of_pieces(shop: Catalogue, told: ProductPush) -> dict[str, fields.Fields]:
    if not TOLD_AS_FIELDS & set(told.parts) or not any(one.attributes for one in told.variants):
        return {}
    defined = await shop.defined("PRODUCTVARIANT")
    return {one.number: fields.fields(one.attributes, defined) for one in told.variants}


async def _set_fields(
    shop: Catalogue, told: ProductPush, found: Record, about: fields.Fields, of_pieces: dict[str, fields.Fields]
) -> bool:
    """Metafields of what is there already: by themselves, because `productSet` takes away those it is not told of."""
    rows = _differing(found, about)
    meant = matched(told, found["variants"])
    for variant in found["variants"]:
        if ours := meant.get(variant["id"]):
            rows += _differing(variant, of_pieces.get(ours.number, {}))
    for start in range(0, len(rows), FIELDS_PER_CALL):
        await shop.set_fields(rows[start : start + FIELDS_PER_CALL])
    return bool(rows)


def _differing(owner: Record, wanted: fields.Fields) -> list[Record]:
    has = {(row["namespace"], row["key"]): row["value"] for row in owner["metafields"]["nodes"]}
    return [{"ownerId": owner["id"], **row} for name, row in wanted.items() if has.get(name) != row["value"]]


async def _translate(shop: Catalogue, told: ProductPush, id: str) -> bool:
    """Texts in those of its languages that the shop has, too."""
    if "translations" not in told.parts or not told.content.texts:
        return False
    changed = False
    for language in await shop.languages():
        if language not in told.content.texts:
            continue
        digests, has = await shop.texts(id, language)
        if rows := products.texts(told, language, digests, has):
            await shop.translate(id, rows)
            changed = True
    return changed


async def _withdraw(shop: Catalogue, told: ProductPush, found: Record | None) -> PushResult:
    if found is None:
        return PushResult("unchanged", external_id=told.external_id or "")
    id = str(found["id"])
    if told.deletes:
        await shop.delete(id)
        return PushResult("done", external_id=id)
    status = products.status(told, found)
    if status == found["status"]:
        return PushResult("unchanged", external_id=id)
    await shop.set({"id": id}, {"status": status})
    return PushResult("done", external_id=id)


async def _known(shop: Catalogue, told: ProductPush) -> tuple[Record | None, bool]:
    """The shop's product: by its id, by the handle we gave it, else by the numbers of its variants; and whether we made
    it ourselves and never heard that it was made."""
    names = [attribute.target for attribute in told.attributes if attribute.target]
    inner = [attribute.target for one in told.variants for attribute in one.attributes if attribute.target]
    if TOLD_AS_FIELDS & set(told.parts):
        names += await _habitual(shop, "PRODUCT", told.attributes)
        for one in told.variants:
            inner += await _habitual(shop, "PRODUCTVARIANT", one.attributes)
    if told.external_id and (found := await shop.product(told.external_id, names, inner)) is not None:
        return found, False
    numbers = [one.number for one in told.variants] or [told.number]
    id = await shop.by_handle(products.handle(told))
    if id and (found := await shop.product(id, names, inner)) is not None:
        has = {variant["sku"] for variant in found["variants"]} - {None, ""}
        if has and not has & set(numbers):
            raise Rejected(f"another product has the address {found['handle']}", field="handle")
        return found, not told.external_id
    owners = await shop.by_numbers(numbers)
    if len(owners) > 1:
        raise Rejected(f"its numbers are those of several products: {', '.join(sorted(owners))}", field="number")
    return (await shop.product(owners.pop(), names, inner), False) if owners else (None, False)


async def _habitual(shop: Catalogue, owner: str, attributes: Sequence[Any]) -> list[str]:
    """Where attributes without a target go."""
    wanted = {one.name.strip().lower() for one in attributes if not one.target}
    if not wanted:
        return []
    rows = await shop.defined(owner)
    return [f"{row['namespace']}.{row['key']}" for row in rows if row["name"].strip().lower() in wanted]


def _refused(error: Rejected, id: str) -> PushResult:
    return PushResult("failed", "product_refused", {"detail": error.detail[:300], "field": error.field}, id)
