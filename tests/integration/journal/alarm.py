"""Alerts from beginning to end: a subscription, problems that come and go, and who carries what to whom."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from services.journal.alert_settings import AlertSettings, MailSettings
from services.journal.alerting import Herald
from services.journal.delivering import Courier
from services.journal.mail import Mailer
from services.ops.keyring import make
from shared.chassis.webhook import WebhookSender
from shared.contracts.journal import JournalEntry
from shared.contracts.reason import Reason
from tests.integration.journal.house import OTHER, SHOP, House, front, order_id

SETTINGS = AlertSettings()
NAMES = {SHOP: "Küchenladen", OTHER: "Gartenladen"}


def with_key_ring(house: House, folder: Path, *allowed: str) -> None:
    """Gives the service a key ring, allows some hosts, and lets the connections service know two shops."""
    ring = folder / "keyring"
    if not ring.exists():
        make(ring)
    house.service.settings = house.service.settings.model_copy(
        update={"key_ring": ring, "allow_hosts": list(allowed), "public_base_url": "https://kontor.example"}
    )
    house.app = front(house.service)
    house.neighbours.connections = [
        {"id": str(id), "platform": "shop", "name": name, "facts": {}, "switches": []} for id, name in NAMES.items()
    ]


def courier(house: House, mail: MailSettings | None = None) -> Courier:
    webhooks = WebhookSender(house.service.settings.allow_hosts, timeout=1.0)
    return Courier(house.service, SETTINGS, Mailer(mail or MailSettings(host="")), webhooks)


async def subscribe(house: House, way: str = "mail", address: str = "lager@example.com", **more: Any) -> dict[str, Any]:
    """Made as an operator, by the API."""
    body = {"way": way, "address": address} | more
    reply = await house.call("POST", "/journal/subscriptions", role="operate", json=body)
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


async def look(house: House, times: int = 2, after: timedelta = timedelta(seconds=31)) -> None:
    """Some looks of the herald, each after the gathering."""
    for _ in range(times):
        await Herald(house.service, SETTINGS).step()
        house.now += after


def parked(
    house: House, external_id: str, cause: str = "article_unknown", connection: UUID = SHOP, **more: Any
) -> JournalEntry:
    reasons = [Reason(code=cause, params={"sku": f"K-{external_id}"})]
    return house.entry(60, "parked", "order_parked", more.pop("outcome", "warning"), connection=connection,
                       subject=order_id(external_id, connection), params={"number": external_id},
                       keys=[("number", external_id)], reasons=reasons, **more)  # fmt: skip


def imported(house: House, external_id: str, connection: UUID = SHOP) -> JournalEntry:
    return house.entry(60, "imported", "order_imported", subject=order_id(external_id, connection),
                       connection=connection)  # fmt: skip


async def open_codes(house: House) -> set[str]:
    await house.written()
    return {group["code"] for group in (await house.get("/journal/problems"))["groups"]}
