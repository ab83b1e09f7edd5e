"""Prices by file. It replaces all prices of an offer, so those the offer has are read just before."""

from collections.abc import Sequence
from dataclasses import replace

from pydantic import ValidationError

from services.connectors.mirakl import outbound, wire
from services.connectors.mirakl.client import MOST, Client
from services.connectors.mirakl.outbound.prices import Row
from services.connectors.mirakl.sending import imports, records
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected


async def prices(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """What cannot be sent is refused alone; the rest goes as one file."""
    features = await records.features(client)
    held = await _held(client, [command.payload.external_id for command in commands])
    rows: list[Row] = []
    results: dict[int, PushResult] = {}
    for place, command in enumerate(commands):
        try:
            rows += outbound.prices(command.payload, _offer(held, command.payload.external_id), features)
        except Rejected as error:
            results[place] = PushResult("failed", "price_refused", {"detail": error.detail})
    sent = [place for place in range(len(commands)) if place not in results]
    if sent:
        answers = await imports.send(client, "price", outbound.price_file(rows), [commands[place] for place in sent])
        results |= dict(zip(sent, answers, strict=True))
    return [_told(results[place], command, features) for place, command in enumerate(commands)]


def _told(result: PushResult, command: Command, features: wire.Features) -> PushResult:
    """An operator without prices by quantity takes the price alone, and the result says so."""
    untold = command.payload.tiers and not outbound.tells_tiers(command.payload, features)
    return replace(result, code="price_tiers_untold") if untold and result.outcome == "done" else result


def _offer(held: dict[str, wire.Offer | None], sku: str) -> wire.Offer:
    if sku not in held:
        raise Rejected("the offer does not exist at the operator", code="not_found")
    found = held[sku]
    if found is None:
        raise Rejected("the offer's present prices cannot be read, and the file would replace them", code="rejected")
    return found


async def _held(client: Client, skus: Sequence[str]) -> dict[str, wire.Offer | None]:
    """The offers as they are, each by itself, or all of them where those are fewer pages; None for one unreadable.
    The list is sorted by price, so one that moves may be missed: it is asked for alone."""
    listed = await client.offers()
    rows = {row["shop_sku"]: row for row in listed.rows}
    if listed.total <= MOST * len(skus):
        offset = len(listed.rows)
        while listed.rows and offset < listed.total:
            listed = await client.offers(offset=offset)
            rows |= {row["shop_sku"]: row for row in listed.rows}
            offset += len(listed.rows)
    for sku in skus:
        if sku not in rows:
            rows |= {row["shop_sku"]: row for row in (await client.offers(sku=sku)).rows}
    return {sku: _read(rows[sku], listed.at.isoformat()) for sku in skus if sku in rows}


def _read(row: dict[str, object], at: str) -> wire.Offer | None:
    try:
        return wire.Offer.model_validate(row | {"read_at": at})
    except ValidationError:
        return None
