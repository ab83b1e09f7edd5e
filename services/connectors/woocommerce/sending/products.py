"""Products: read, compared, and only what differs is told. The shop has no key against twice, so one is looked for by
its numbers before it is made."""

from collections.abc import Sequence
from typing import Any

from services.connectors.woocommerce.client import Client
from services.connectors.woocommerce.client.catalogue import Catalogue
from services.connectors.woocommerce.outbound import products
from services.connectors.woocommerce.vocabulary import VARIABLE
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected
from shared.contracts.product import ProductPush

NUMBER_TAKEN = "product_invalid_sku"
Record = dict[str, Any]


async def push_products(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One product after the other; what is wrong with one of them holds back no other."""
    client.catalogue.forget()
    return [await _tell(client, command.payload) for command in commands]


async def find_products(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """A product may be told again: it is looked for first, and what has arrived already is found unchanged."""
    return [None] * len(commands)


async def _tell(client: Client, told: ProductPush) -> PushResult:
    shop = client.catalogue
    found: Record | None = None
    try:
        found = await _known(shop, told)
        if told.withdrawn:
            return await _withdraw(shop, told, found)
        if found is None and not told.creates:
            return PushResult("failed", "product_missing", {"article": told.number})
        if found is not None and not told.updates and not products.made_by_us(told, found):
            id = str(found["id"])
            return PushResult("failed", "product_exists", {"external_id": id}, id)
        return await _make(client, told, found)
    except Rejected as error:
        return _refused(error, "" if found is None else str(found["id"]))


async def _make(client: Client, told: ProductPush, found: Record | None) -> PushResult:
    shop = client.catalogue
    refs = await _references(client, told)
    held = await shop.variations(found["id"]) if found is not None and found.get("type") in VARIABLE else []
    given = products.body(told, found, refs)
    changed = bool(given)
    if found is None:
        whole = await shop.create(given)
    else:
        whole = await shop.change(found["id"], given) if given else found
    id = str(whole["id"])
    try:
        if any("src" in row for row in given.get("images", ())):
            await _write_down(shop, int(id), given["images"], whole)
        if whole.get("type") in VARIABLE:
            changed = await _vary(shop, int(id), *products.variations(told, found, held, refs)) or changed
    except Rejected as error:
        # It is there, whatever came of the rest: nobody must look for it again.
        return _refused(error, id)
    return PushResult("done" if changed else "unchanged", external_id=id)


async def _vary(shop: Catalogue, id: int, made: Sequence[Record], changed: Sequence[Record]) -> bool:
    """Raises Rejected for the first variation that the shop refuses; its neighbours have arrived."""
    for row, answer in await shop.vary(id, made, changed):
        if error := answer.get("error"):
            detail = f"{row.get('sku', row.get('id', ''))}: {error.get('message', '')}"
            raise Rejected(detail, platform_code=str(error.get("code", "")))
    return bool(made or changed)


async def _write_down(shop: Catalogue, id: int, given: Sequence[Record], whole: Record) -> None:
    """Where the images came from: the shop tells only its own addresses. Without this they are known by their names."""
    kept = products.sources(whole)
    for row, image in zip(given, whole.get("images") or (), strict=False):
        if "src" in row:
            kept[str(image["id"])] = str(row["src"])
    shown = {str(image["id"]) for image in whole.get("images") or ()}
    value = {key: address for key, address in kept.items() if key in shown}
    await shop.change(id, {"meta_data": [{"key": products.IMAGES, "value": value}]})


async def _references(client: Client, told: ProductPush) -> products.References:
    """Categories, tags and brands that the shop lacks are made; of related articles those count that it has."""
    shop, about = client.catalogue, told.content
    categories = tags = brands = related = None
    if "categories" in told.parts and about.categories:
        categories = [await shop.category(path) for path in about.categories]
    if "tags" in told.parts and about.tags:
        tags = [await shop.tag(name) for name in dict.fromkeys(tag.strip() for tag in about.tags) if name]
    if about.manufacturer:
        brand = await shop.brand(about.manufacturer)
        brands = None if brand is None else [brand]
    if about.related:
        rows = await shop.by_numbers(about.related)
        ids = {row["sku"]: int(row.get("parent_id") or row["id"]) for row in rows}
        related = list(dict.fromkeys(ids[number] for number in about.related if number in ids))
    return products.References(
        units=await shop.units(),
        currency=await client.currency(),
        classes=await shop.tax_classes() if any(one.tax != "standard" for one in told.variants) else (),
        attributes=await shop.attributes(),
        visible=shop.visible,
        categories=categories,
        tags=tags,
        brands=brands,
        related=related,
    )


async def _withdraw(shop: Catalogue, told: ProductPush, found: Record | None) -> PushResult:
    if found is None:
        return PushResult("unchanged", external_id=told.external_id or "")
    id = str(found["id"])
    if told.deletes:
        await shop.bin(found["id"])
        return PushResult("done", external_id=id)
    status = products.status(told, found)
    if status == found["status"]:
        return PushResult("unchanged", external_id=id)
    await shop.change(found["id"], {"status": status})
    return PushResult("done", external_id=id)


async def _known(shop: Catalogue, told: ProductPush) -> Record | None:
    """The shop's product: by its id, else by its own number or those of its variants."""
    if told.external_id and (found := await shop.product(told.external_id)) is not None:
        return found
    rows = await shop.by_numbers(list(dict.fromkeys([told.number, *(one.number for one in told.variants)])))
    owners = {int(row.get("parent_id") or row["id"]) for row in rows}
    if len(owners) > 1:
        listed = ", ".join(str(id) for id in sorted(owners))
        raise Rejected(f"its numbers are those of several products: {listed}", field="sku")
    return await shop.product(str(owners.pop())) if owners else None


def _refused(error: Rejected, id: str) -> PushResult:
    """In the shop's own words; a number that is taken names whose it is."""
    detail, code = error.detail, error.params.get("platform_code", "")
    if code == NUMBER_TAKEN and (owner := error.params.get("resource_id")):
        detail = f"{detail} ({owner})"
    return PushResult("failed", "product_refused", {"detail": detail[:300], "platform_code": code}, id)
