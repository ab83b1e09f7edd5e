"""Product data is told at once, worked through in minutes or days, and judged value by value. What was taken becomes
an offer, which can be sold as soon as its stock is told."""

from collections.abc import Sequence
from typing import Any

from services.connectors.kaufland import outbound
from services.connectors.kaufland.client import Client
from services.connectors.kaufland.sending.units import repeated
from services.connectors.kaufland.vocabulary import JUDGED, JUDGING, LOCALES, NOT_YET, ON_SALE, WRONG_VALUES
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected, Unknown
from shared.contracts.mapped_product import MappedProductPush

Row = dict[str, Any]


async def products(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One product a call, in the language of the first storefront. Its EAN is the ticket."""
    storefront = await client.home()
    return [await _tell(client, storefront, command.payload) for command in commands]


async def judged(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """What became of them; None for what was never told."""
    storefront = await client.home()
    return [await _judge(client, storefront, command) for command in commands]


async def _tell(client: Client, storefront: str, wanted: MappedProductPush) -> PushResult:
    if storefront not in LOCALES:
        return _refused(f"the platform takes no product data for the storefront {storefront}")
    try:
        body = outbound.product(wanted)
        await client.products.tell(storefront, body)
    except Rejected as error:
        return _refused(error.detail)
    return _waiting(body["ean"][0], "it was handed over")


async def _judge(client: Client, storefront: str, command: Command) -> PushResult | None:
    ean = command.ticket or await _arrived(client, storefront, command.payload)
    state = await client.products.status(ean, storefront) if ean else None
    if state is None:
        return None
    word, why = str(state.get("update_status")), state.get("product_not_ready_reason")
    if word in JUDGING or (word == JUDGED and why == NOT_YET):
        return _waiting(ean, f"the platform says {word}")
    if word != JUDGED or not state.get("product_ready"):
        return _refused(_reasons(state))
    return await _offered(client, storefront, ean, command.payload)


async def _arrived(client: Client, storefront: str, wanted: MappedProductPush) -> str:
    """The EAN of product data of which the answer was lost, where it is there as we told it; else nothing."""
    try:
        body = outbound.product(wanted)
    except Rejected:
        return ""
    ean = str(body["ean"][0])
    client.products.forget([ean], storefront)
    return ean if await client.products.told(ean, storefront) == body["attributes"] else ""


async def _offered(client: Client, storefront: str, ean: str, wanted: MappedProductPush) -> PushResult:
    """There is one offer of a number in a storefront. A new one is not listed for some minutes: where its answer was
    lost, or it is refused as the second, it waits until it is."""
    active = wanted.article is None or wanted.article.active
    if known := await client.products.units_of(storefront, wanted.article_number):
        return await _on_sale(client, storefront, known[0], ON_SALE[active])
    if not active:
        return PushResult("done", external_id=ean)
    try:
        body = outbound.offer(wanted, ean, storefront, client.merchant.handling_time)
        made = await client.products.create_unit(storefront, body)
    except Rejected as error:
        return _waiting(ean, "its offer is not listed yet") if repeated(error) else _refused(error.detail)
    except Unknown:
        return _waiting(ean, "nobody knows yet whether its offer was made")
    id = f"{storefront}:{made}"
    return PushResult("done", external_id=id, listings=(id,))


async def _on_sale(client: Client, storefront: str, unit: Row, wished: str) -> PushResult:
    """An offer of an article that was taken off sale is put on hold, and comes back with it; what the platform itself
    says of one, that it is incomplete, stays."""
    id = f"{storefront}:{unit['id_unit']}"
    if unit.get("status") in ON_SALE.values() and unit["status"] != wished:
        change = {"id_unit": unit["id_unit"], "unit_data": {"status": wished}}
        answered = next(iter(await client.set_units(storefront, [change])), {})
        if answered.get("status_code") != 200:
            return _refused(f"the offer {id}: {answered.get('message') or answered.get('status_code')}")
    return PushResult("done", external_id=id)


def _reasons(state: Row) -> str:
    """Everything that the platform says is wrong, in its own words."""
    heads = [state.get(name) for name in ("update_fail_reason", "product_not_ready_reason")]
    missing = [*(state.get("missing_attributes") or ()), *(state.get("min_one_missing_attributes") or ())]
    values = [
        f"{one.get('attribute')}: {one.get('message') or one.get('state')}"
        for one in state.get("attribute_values") or ()
        if one.get("state") in WRONG_VALUES
    ]
    words = [*(str(one) for one in heads if one), *values, *(f"{name}: is missing" for name in missing)]
    return "; ".join(dict.fromkeys(words))[:300] or f"it ended as {state.get('update_status')}"


def _waiting(ean: str, how: str) -> PushResult:
    return PushResult("waiting", "product_waits", {"detail": f"EAN {ean}, {how}"}, external_id=ean)


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "product_refused", {"detail": detail})
