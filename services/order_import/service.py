"""The order book as a service: its addresses, its loops, its queues."""

from collections.abc import Sequence
from functools import partial

from fastapi import APIRouter

from services.order_import import (
    article_replica,
    connection_replica,
    feed_book,
    learned_book,
    number_replica,
    routes_approval,
    routes_cancellations,
    routes_census,
    routes_corrections,
    routes_documents,
    routes_feed,
    routes_goods,
    routes_judging,
    routes_known,
    routes_master,
    routes_master_bulk,
    routes_orders,
    routes_parked,
    routes_refunds,
    routes_return_numbers,
    routes_returns,
    routes_rules,
    routes_shipments,
)
from services.order_import.answering import expire
from services.order_import.receiving import receiver
from services.order_import.rejudging import end_retries, sweep
from services.order_import.reporting import reporter
from services.order_import.settings import OrderSettings
from services.order_import.unreadable_book import taker
from services.order_import.watch_settings import WatchSettings
from services.order_import.watchmen import (
    watch_acknowledgements,
    watch_few_orders,
    watch_return_numbers,
    watch_shipments,
)
from shared.chassis.consumer import Consumer
from shared.chassis.loops import Loop, every
from shared.chassis.service import Service, ServiceDefinition, consume
from shared.contracts.article import ArticleChanged, ExternalNumberChanged
from shared.contracts.connection import ConnectionChanged
from shared.contracts.fulfilment import PushReported
from shared.contracts.order import OrderReceived, OrderUnreadable
from shared.messaging.topology import event_queue

NAME = "order_import"
RECEIVED = event_queue(NAME, OrderReceived.type)
UNREADABLE = event_queue(NAME, OrderUnreadable.type)
ARTICLES = event_queue(NAME, ArticleChanged.type)
NUMBERS = event_queue(NAME, ExternalNumberChanged.type)
REPORTS = event_queue(NAME, PushReported.type)
CONNECTIONS = event_queue(NAME, ConnectionChanged.type)


def orders_routes(service: Service) -> APIRouter:
    """Everything under /orders; fixed words come before the routes that begin with an id."""
    settings = OrderSettings()
    router = routes_orders.search_routes(service)
    router.include_router(routes_feed.routes(service, settings))
    router.include_router(routes_census.routes(service))
    router.include_router(routes_known.routes(service))
    router.include_router(routes_master.routes(service))
    router.include_router(routes_master_bulk.routes(service))
    router.include_router(routes_parked.routes(service, settings))
    router.include_router(routes_rules.routes(service, settings))
    router.include_router(routes_approval.routes(service, settings))
    router.include_router(routes_shipments.routes(service))
    router.include_router(routes_cancellations.list_routes(service))
    router.include_router(routes_returns.routes(service))
    router.include_router(routes_documents.list_routes(service))
    router.include_router(routes_refunds.list_routes(service))
    router.include_router(routes_goods.list_routes(service))
    router.include_router(routes_return_numbers.routes(service))
    router.include_router(routes_cancellations.routes(service))
    router.include_router(routes_documents.routes(service, settings))
    router.include_router(routes_refunds.routes(service))
    router.include_router(routes_goods.routes(service))
    router.include_router(routes_judging.routes(service, settings))
    router.include_router(routes_corrections.routes(service, settings))
    router.include_router(routes_orders.routes(service))
    return router


def loops(service: Service) -> Sequence[Loop]:
    settings = OrderSettings()
    watch = WatchSettings()

    async def number_feed() -> bool:
        async with service.database.statement() as tx:
            if not await feed_book.is_fresh(tx):
                return False
        async with service.database.transaction() as tx:
            return await feed_book.number_fresh(tx)

    async def learn_words() -> bool:
        async with service.database.statement() as tx:
            return await learned_book.learn(tx)

    return (
        consume(service, Consumer(RECEIVED, OrderReceived, receiver(service, settings), writers=2)),
        consume(service, Consumer(UNREADABLE, OrderUnreadable, taker(service))),
        consume(service, Consumer(ARTICLES, ArticleChanged, article_replica.apply)),
        consume(service, Consumer(NUMBERS, ExternalNumberChanged, number_replica.apply)),
        consume(service, Consumer(REPORTS, PushReported, reporter(service))),
        consume(service, Consumer(CONNECTIONS, ConnectionChanged, partial(connection_replica.apply, service))),
        every(0.5, "number the feed", number_feed),
        every(2.0, "learn the channels' words", learn_words),
        every(1.0, "release parked orders", partial(sweep, service, settings)),
        every(10.0, "unanswered cancellations", partial(expire, service, settings)),
        every(60.0, "look at every parked order", partial(sweep, service, settings, recently=False)),
        every(60.0, "overdue acknowledgements", partial(watch_acknowledgements, service, watch)),
        every(60.0, "unreported shipments", partial(watch_shipments, service, watch)),
        every(60.0, "return numbers left", partial(watch_return_numbers, service, watch)),
        every(900.0, "unusually few orders", partial(watch_few_orders, service, watch)),
        every(60.0, "end retries", partial(end_retries, service)),
    )


ORDER_IMPORT = ServiceDefinition(
    name=NAME,
    schema="orders",
    routes={"/orders": orders_routes},
    loops=loops,
    queues=(RECEIVED, UNREADABLE, ARTICLES, NUMBERS, REPORTS, CONNECTIONS),
)
