"""The checklist of a connection: its own state, a live test of the shop, and what the neighbours say."""

import asyncio
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter, ValidationError

from services.connections import readiness
from services.connections.book import Record
from services.connections.desk import Desk
from services.connections.readiness import Item, Source, State
from shared.chassis.problems import Problem
from shared.chassis.sentences import Language
from shared.chassis.service import Service
from shared.contracts.errors import KontorError

ORDERS = "/orders/master-data/checklist"
INVENTORY = "/inventory/checklist"


class PeerItem(BaseModel):
    """One line of a neighbour's checklist, in the caller's language; `where` is the route that mends it. Its "missing"
    is for attention here: what it names concerns single orders or articles, which wait until it is there."""

    name: str
    state: Literal["done", "missing", "attention", "optional"]
    sentence: str
    advice: str = ""
    where: str = ""

    def item(self, source: Source) -> Item:
        state: State = "attention" if self.state == "missing" else self.state
        return Item(self.name, state, source, said=self.sentence, advised=self.advice, where=self.where)


_LIST = TypeAdapter(list[PeerItem])


async def checklist(
    service: Service, desk: Desk, record: Record, language: Language, news: Mapping[str, Any] | None = None
) -> list[Item]:
    """Every item, the connection's own first. `news`: as it would be after these changes."""
    orders, inventory = service.settings.orders_url, service.settings.inventory_url
    asked = await asyncio.gather(
        _source(desk, record),
        _shop(desk, record),
        _peer(service, "orders", orders, ORDERS, record, language),
        _peer(service, "inventory", inventory, INVENTORY, record, language),
    )
    return [*readiness.own(record, news), *(item for items in asked for item in items)]


async def _source(desk: Desk, record: Record) -> list[Item]:
    try:
        return readiness.source(await desk.connectors.declared(record.platform))
    except (Problem, KontorError):
        # That the connector does not answer is said where the shop is asked through it.
        return []


async def _shop(desk: Desk, record: Record) -> list[Item]:
    try:
        return readiness.shop(await desk.test_stored(record))
    except Problem:
        return [Item("connector_not_told_yet", "not_known", "shop")]
    except KontorError as error:
        return [Item("shop_not_asked", "not_known", "shop", params={"detail": error.detail})]


async def _peer(
    service: Service, source: Source, base: str, path: str, record: Record, language: Language
) -> list[Item]:
    asked = {"params": {"connection": str(record.id)}, "headers": {"Accept-Language": language}}
    try:
        answer = await service.peers.call("GET", base, path, **asked)
        return [one.item(source) for one in _LIST.validate_python(answer)]
    except Problem:
        # There is no such route. An order book that keeps no master data has none; that is nothing to look after.
        return [] if source == "orders" else [_not_known(source, path)]
    except KontorError as error:
        return [_not_known(source, error.detail)]
    except ValidationError:
        return [_not_known(source, f"{path}: the answer is no checklist")]


def _not_known(source: Source, detail: str) -> Item:
    return Item("neighbour_not_asked", "not_known", source, params={"service": source, "detail": detail})
