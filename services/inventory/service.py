"""The inventory service."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from fastapi import APIRouter
from prometheus_client import Gauge

from services.inventory import (
    bill_replica,
    connection_replica,
    demand_book,
    hold_desk,
    import_work,
    listing_book,
    marks,
    participation_book,
    price_guarding,
    price_loop,
    price_outcomes,
    product_book,
    product_guarding,
    product_loop,
    product_outcomes,
    push_outcomes,
    readings,
    stock_loop,
    taxonomy_reading,
)
from services.inventory.routes_adjustments import adjustment_routes
from services.inventory.routes_articles import article_routes
from services.inventory.routes_contents import content_routes
from services.inventory.routes_external_numbers import external_number_routes
from services.inventory.routes_guard import guard_routes
from services.inventory.routes_imports import import_routes
from services.inventory.routes_levels import level_routes
from services.inventory.routes_listings import listing_routes
from services.inventory.routes_mapping import mapping_routes
from services.inventory.routes_participation import participation_routes
from services.inventory.routes_price_groups import price_group_routes
from services.inventory.routes_prices import price_routes
from services.inventory.routes_product_settings import product_settings_routes
from services.inventory.routes_products import product_routes
from services.inventory.routes_push import push_routes
from services.inventory.routes_texts import text_routes
from services.inventory.routes_twins import twin_routes
from shared.chassis.consumer import Consumer
from shared.chassis.loops import Loop, every
from shared.chassis.service import Service, ServiceDefinition, consume
from shared.contracts.article import ArticleReceived, ArticleUnreadable
from shared.contracts.bill import BillChanged
from shared.contracts.connection import ConnectionChanged
from shared.contracts.envelope import Event
from shared.contracts.fulfilment import PushReported
from shared.contracts.model import Payload
from shared.contracts.order import OrderCancelled, OrderChanged, OrderImported, OrderParked
from shared.contracts.stock import StockReported
from shared.messaging.topology import event_queue
from shared.persistence.database import Transaction

Handler = Callable[[Service, Transaction, Sequence[Event[Any]]], Awaitable[None]]
WAITING = Gauge("kontor_stock_marks", "Marks that the stock loop has not worked off")
WAITING_AGE = Gauge("kontor_stock_marks_age_seconds", "Age of the oldest of them")


async def reported(service: Service, tx: Transaction, events: Sequence[Event[PushReported]]) -> None:
    """What became of pushes: of numbers, of prices, of products."""
    await push_outcomes.reported(service, tx, events)
    await price_outcomes.reported(service, tx, events)
    await product_book.reported(service, tx, events)
    await product_outcomes.reported(service, tx, events)


CONSUMES: tuple[tuple[type[Payload], Handler], ...] = (
    (ArticleReceived, listing_book.received),
    (ArticleUnreadable, listing_book.unreadable),
    (OrderImported, demand_book.changed),
    (OrderChanged, demand_book.changed),
    (OrderParked, demand_book.changed),
    (OrderCancelled, demand_book.changed),
    (PushReported, reported),
    (StockReported, readings.reported),
    (ConnectionChanged, connection_replica.changed),
    (BillChanged, bill_replica.changed),
)


def routes(service: Service) -> APIRouter:
    """The router for `/inventory`."""
    router = APIRouter()
    router.include_router(article_routes(service))
    router.include_router(content_routes(service))
    router.include_router(text_routes(service))
    router.include_router(external_number_routes(service))
    router.include_router(level_routes(service))
    router.include_router(listing_routes(service))
    router.include_router(guard_routes(service))
    router.include_router(adjustment_routes(service))
    router.include_router(push_routes(service))
    router.include_router(price_routes(service))
    router.include_router(price_group_routes(service))
    router.include_router(twin_routes(service))
    router.include_router(import_routes(service))
    router.include_router(participation_routes(service))
    router.include_router(mapping_routes(service))
    router.include_router(product_settings_routes(service))
    router.include_router(product_routes(service))
    return router


def loops(service: Service) -> Sequence[Loop]:
    """Takes events in, tells channels their numbers, keeps the replica of connections."""

    async def measure() -> None:
        async with service.database.transaction() as tx:
            depth, age = await marks.waiting(tx)
        WAITING.set(depth)
        WAITING_AGE.set(age)

    consumers = [
        consume(service, Consumer(event_queue("inventory", payload.type), payload, partial(apply, service)))
        for payload, apply in CONSUMES
    ]
    return (
        *consumers,
        every(0.2, "stock", partial(stock_loop.step, service)),
        every(0.2, "prices", partial(price_loop.step, service)),
        every(0.5, "products", partial(product_loop.step, service)),
        every(1, "connections", partial(connection_replica.refresh, service)),
        every(30, "holds", partial(hold_desk.look_after, service)),
        every(30, "price holds", partial(price_guarding.look_after, service)),
        every(30, "product holds", partial(product_guarding.look_after, service)),
        every(60, "participation", partial(participation_book.night, service)),
        every(60, "taxonomies", partial(taxonomy_reading.daily, service)),
        every(1, "article imports", partial(import_work.step, service)),
        every(15, "marks gauge", measure),
    )


INVENTORY = ServiceDefinition(
    name="inventory",
    schema="inventory",
    routes={"/inventory": routes},
    loops=loops,
    queues=tuple(event_queue("inventory", payload.type) for payload, _ in CONSUMES),
)
