"""`/connectors/<platform>/connections/{id}/preview`: a dry run. The shop is read, nothing is written anywhere."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.chassis.access import Principal, require
from shared.chassis.problems import not_found
from shared.chassis.sentences import Language, speaks
from shared.chassis.service import Service
from shared.connector_kit.declaration import Connector, Noun, RawItem, Stream, Window
from shared.connector_kit.opening import Opener
from shared.connector_kit.translation import Read, read
from shared.connector_kit.visible import connection_of, stream_of
from shared.contracts.order import Order

MOST_ORDERS = 20
# The newest orders are looked for in ever longer spans, each about three times the one before.
SPANS = tuple(timedelta(hours=hours) for hours in (1, 3, 9, 24, 72, 240, 720, 2160, 8760, 26280))

ExternalId = Annotated[str, Field(min_length=1, max_length=200)]


class PreviewWish(BaseModel):
    """Up to 20 orders: these ids, or the newest ones by change."""

    model_config = ConfigDict(extra="forbid")

    noun: Literal["order"] = "order"
    external_ids: Annotated[list[ExternalId], Field(max_length=MOST_ORDERS)] = []
    newest: int | None = Field(default=None, ge=1, le=MOST_ORDERS)

    @model_validator(mode="after")
    def _either(self) -> Self:
        if bool(self.external_ids) == (self.newest is not None):
            raise ValueError("Give either external_ids or newest.")
        return self


class Preview(BaseModel):
    """A record as it would be imported, without importing it. `judgement` is what the order book would decide, with its
    reasons and the proof of the sum; `found` is false when the shop has no such record."""

    external_id: str
    contract: dict[str, Any] | None
    unreadable: dict[str, str] | None
    judgement: dict[str, Any] | None = None
    found: bool = True


def preview_routes(connector: Connector, service: Service, opener: Opener) -> APIRouter:
    router = APIRouter(prefix="/connections/{connection_id}/preview", tags=["preview"])

    @router.post("")
    async def previews(
        connection_id: UUID, wish: PreviewWish, request: Request, caller: Principal = Depends(require("operate"))
    ) -> list[Preview]:
        """A dry run over up to 20 orders: read from the shop, translated, judged. Writes nothing, here or there; only a
        fresh access token is kept, where the platform gives such."""
        connection = await connection_of(service, connector, connection_id, caller)
        stream = stream_of(connector, wish.noun)
        shop = opener.open(connection)
        try:
            if wish.newest is not None:
                raws = await _newest(stream, shop.client, wish.newest, service)
                missing: list[str] = []
            else:
                found = {id: await stream.fetch_one(shop.client, id) for id in dict.fromkeys(wish.external_ids)}
                raws = [_named(items, id) for id, items in found.items() if items]
                missing = [id for id, items in found.items() if not items]
        finally:
            await shop.close()
        shown = await _judged(service, connection_id, [read(stream, raw) for raw in raws], speaks(request))
        return [*shown, *(Preview(external_id=id, contract=None, unreadable=None, found=False) for id in missing)]

    @router.get("/{noun}/{external_id:path}")
    async def preview(
        connection_id: UUID,
        noun: Noun,
        external_id: str,
        request: Request,
        caller: Principal = Depends(require("operate")),
    ) -> Preview:
        """A dry run: reads one record from the shop and shows what it would become. Writes nothing."""
        connection = await connection_of(service, connector, connection_id, caller)
        stream = stream_of(connector, noun)
        shop = opener.open(connection)
        try:
            found = await stream.fetch_one(shop.client, external_id)
        finally:
            await shop.close()
        if not found:
            raise not_found(external_id)
        item = read(stream, _named(found, external_id))
        (shown,) = await _judged(service, connection_id, [item], speaks(request))
        return shown

    return router


def _named(found: Sequence[RawItem], external_id: str) -> RawItem:
    return next((raw for raw in found if raw.external_id == external_id), found[0])


async def _newest(stream: Stream, client: Any, count: int, service: Service) -> list[RawItem]:
    """The records that changed last, the newest first."""
    newest: dict[str, RawItem] = {}
    for span in SPANS:
        newest.clear()
        async for page in stream.fetch(client, Window(service.clock() - span)):
            for raw in page.items:
                newest.pop(raw.external_id, None)
                newest[raw.external_id] = raw
                if len(newest) > count:
                    del newest[next(iter(newest))]
        if len(newest) == count:
            break
    return list(reversed(newest.values()))


async def _judged(service: Service, connection: UUID, items: Sequence[Read], language: Language) -> list[Preview]:
    """The records with what the order book would decide on those that are orders."""
    orders = [item.contract.model_dump(mode="json") for item in items if isinstance(item.contract, Order)]
    judgements: dict[str, Any] = {}
    if orders:
        answer = await service.peers.call(
            "POST",
            service.settings.orders_url,
            "/orders/judgements",
            json={"connection": str(connection), "orders": orders},
            headers={"Accept-Language": language},
        )
        judgements = {one["external_id"]: one for one in answer}
    return [
        Preview(
            external_id=item.raw.external_id,
            contract=None if item.contract is None else item.contract.model_dump(mode="json"),
            unreadable=None if item.unreadable is None else dict(vars(item.unreadable)),
            judgement=judgements.get(item.raw.external_id),
        )
        for item in items
    ]
