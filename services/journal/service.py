"""The journal service."""

from collections.abc import Sequence
from datetime import timedelta

from fastapi import APIRouter

from services.journal.alert_settings import AlertSettings, MailSettings, WatchSettings
from services.journal.alerting import Herald
from services.journal.counting import Counter
from services.journal.delivering import Courier
from services.journal.entries_book import EntriesBook
from services.journal.erasing import Eraser
from services.journal.mail import Mailer
from services.journal.retention import Retention
from services.journal.routes_completeness import completeness_routes
from services.journal.routes_entries import entry_routes
from services.journal.routes_payloads import payload_routes
from services.journal.routes_privacy import privacy_routes
from services.journal.routes_runs import run_routes
from services.journal.routes_subscriptions import subscription_routes
from services.journal.settings import JournalSettings
from services.journal.subscribing import Registrar
from services.journal.watching import Watch
from shared.chassis.consumer import Consumer
from shared.chassis.loops import Loop, every
from shared.chassis.service import Service, ServiceDefinition, consume
from shared.chassis.webhook import WebhookSender
from shared.contracts.journal import JournalEntry
from shared.messaging.topology import event_queue

RECORDED = event_queue("journal", JournalEntry.type)


def journal_routes(service: Service) -> APIRouter:
    """The router for `/journal`."""
    settings = JournalSettings()
    router = APIRouter()
    router.include_router(entry_routes(service))
    router.include_router(payload_routes(service))
    router.include_router(run_routes(service))
    router.include_router(completeness_routes(service, settings, Counter(service, settings)))
    webhooks = WebhookSender(service.settings.allow_hosts)
    courier = Courier(service, AlertSettings(), Mailer(MailSettings()), webhooks)
    router.include_router(subscription_routes(service, Registrar(service, courier, webhooks)))
    return router


def erasure_routes(service: Service) -> APIRouter:
    """The router for `/privacy`."""
    return privacy_routes(service, Eraser(service, JournalSettings()))


def loops(service: Service) -> Sequence[Loop]:
    """Takes entries in, keeps months and bodies as long as they must, counts, finishes erasures, watches, alerts."""
    settings = JournalSettings()
    book = EntriesBook(service.clock, timedelta(days=settings.retention_journal_days))
    retention = Retention(service, settings)
    eraser = Eraser(service, settings)
    watch = Watch(service, WatchSettings())
    alerts = AlertSettings()
    courier = Courier(service, alerts, Mailer(MailSettings()), WebhookSender(service.settings.allow_hosts))
    return (
        # Nobody waits for an entry, and single ones come from everywhere: they are gathered longer than anything else.
        consume(service, Consumer(RECORDED, JournalEntry, book.apply, window=0.25, writers=2, prefetch=200)),
        every(6 * 3600, "months", retention.months),
        every(3600, "payloads", retention.payloads),
        every(3600, "orphans", retention.orphans),
        every(300, "completeness", Counter(service, settings).step),
        every(60, "erasures", eraser.resume),
        every(3600, "legal dates", eraser.destroy_due),
        every(300, "stuck orders", watch.orders),
        every(300, "silent connections", watch.connections),
        every(60, "messages set aside", watch.pens),
        every(5, "alerts", Herald(service, alerts).step),
        every(2, "deliveries", courier.step),
    )


JOURNAL = ServiceDefinition(
    name="journal",
    schema="journal",
    routes={"/journal": journal_routes, "/privacy": erasure_routes},
    loops=loops,
    queues=(RECORDED,),
)
