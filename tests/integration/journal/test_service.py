"""The whole service as it runs: routes, consumer, outbox relay and loops over a bus."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from services.connections import keys
from services.journal.service import JOURNAL
from shared.chassis.app import create_app
from shared.chassis.journal import Journal
from shared.contracts.reason import Reason
from shared.messaging.bus import Bus, connect
from shared.messaging.message import pack
from shared.persistence import archive
from shared.persistence.database import Database
from tests.integration.journal.house import SHOP
from tests.wired.journal.post_office import PostOffice, form, post_office

CLOSED = "http://127.0.0.1:9"


@pytest.fixture(params=["memory", "rabbitmq"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    """Both ways messages may travel."""
    url = f"memory://{uuid4()}" if request.param == "memory" else request.getfixturevalue("rabbitmq_url")
    opened = await connect(url, name="test")
    await opened.declare(*JOURNAL.queues)
    yield opened
    await opened.close()


@pytest.fixture
async def running(
    bus: Bus, admin: Database, journal_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx2.AsyncClient]:
    """The service with its loops; its neighbours are not there, which stops nothing."""
    monkeypatch.setenv("JOURNAL_DATABASE_URL", journal_url)
    for name in ("CONNECTIONS_URL", "ORDERS_URL", "CONNECTOR_URL"):
        monkeypatch.setenv(f"KONTOR_{name}", CLOSED)
    async with admin.transaction() as tx:
        await keys.add(tx, "kontor_support", name="anna", role="support", by="test")
    app = create_app(JOURNAL, bus=bus)
    headers = {"Authorization": "Bearer kontor_support"}
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://kontor", headers=headers) as client,
    ):
        yield client


async def appears(client: httpx2.AsyncClient, number: int, **params: Any) -> list[dict[str, Any]]:
    """Waits until so many entries fit; fails after ten seconds."""
    for _ in range(200):
        items: list[dict[str, Any]] = (await client.get("/journal/entries", params=params)).json()["items"]
        if len(items) >= number:
            return items
        await asyncio.sleep(0.05)
    raise AssertionError(f"only {len(items)} of {number} entries appeared")


async def test_what_a_service_publishes_is_found_a_moment_later_and_twice_is_once(
    running: httpx2.AsyncClient, bus: Bus
) -> None:
    pen = Journal("order_import")
    entries = [
        pen.entry(noun="order", subject=f"o-{n}", action="imported", code="order_imported", connection=SHOP,
                  params={"number": str(n), "version": "1"})
        for n in range(120)
    ]  # fmt: skip
    for _ in range(2):
        await bus.publish(pack(pen.events(entries)))
    await appears(running, 120, noun="order", limit=500)
    await bus.publish(pack(pen.events([pen.entry(noun="order", subject="last", action="imported", code="x")])))
    await appears(running, 1, code="x")
    assert len((await running.get("/journal/entries", params={"noun": "order", "limit": 500})).json()["items"]) == 121


async def test_what_the_journal_itself_notes_goes_through_its_own_outbox(
    running: httpx2.AsyncClient, admin: Database
) -> None:
    async with admin.transaction() as tx:
        (payload,) = await archive.store(tx, [archive.RawItem("order", SHOP, "9", b'{"a": 1}')])
    assert (await running.get(f"/journal/payloads/{payload}")).status_code == 200
    (seen,) = await appears(running, 1, action="viewed")
    assert (seen["actor"], seen["subject"]) == ("anna", str(payload))


async def test_an_entry_that_cannot_be_kept_is_parked_and_told_while_its_neighbours_go_on(
    running: httpx2.AsyncClient, bus: Bus, admin: Database
) -> None:
    pen = Journal("order_import")
    good = pen.entry(noun="order", subject="good", action="imported", code="order_imported")
    bad = good.model_copy(update={"id": uuid4(), "subject": "bad", "at": good.at.replace(year=2099)})
    (event,) = pen.events([bad])
    async with admin.transaction() as tx:
        await tx.execute(
            "INSERT INTO attempts (event_id, count, last_error) VALUES (:id, 4, 'tried before')", id=event.id
        )
    await bus.publish(pack([event, *pen.events([good])]))
    await appears(running, 1, subject="good")
    (told,) = await appears(running, 1, noun="event", action="parked")
    assert told["outcome"] == "error"
    problems = (await running.get("/journal/problems")).json()
    assert [group["code"] for group in problems["groups"]] == ["event_parked"]
    async with admin.transaction() as tx:
        assert await tx.value("SELECT event_id FROM parked_events") == event.id


async def test_the_service_documents_its_addresses(running: httpx2.AsyncClient) -> None:
    paths = {path.removeprefix("/journal") for path in (await running.get("/journal/openapi.json")).json()["paths"]}
    assert {"/entries", "/timeline", "/timeline/{noun}/{subject}", "/payloads/{payload_id}", "/runs", "/problems",
            "/completeness", "/settings-changes", "/subscriptions",
            "/subscriptions/{subscription_id}/test"} <= paths  # fmt: skip
    assert "erasures" in (await running.get("/privacy/openapi.json")).text


@pytest.fixture
async def office(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PostOffice]:
    """A mail server the service knows of, and alerts that do not gather."""
    async with post_office() as opened:
        settings = opened.settings()
        for name in ("host", "port", "tls", "sender"):
            monkeypatch.setenv(f"JOURNAL_SMTP_{name.upper()}", str(getattr(settings, name)))
        monkeypatch.setenv("JOURNAL_ALERTS_GATHERING", "PT0S")
        yield opened


async def test_what_goes_wrong_anywhere_is_a_mail_some_moments_later(
    office: PostOffice, running: httpx2.AsyncClient, bus: Bus, admin: Database
) -> None:
    async with admin.transaction() as tx:
        await keys.add(tx, "kontor_operate", name="olga", role="operate", by="test")
    body = {"way": "mail", "address": "lager@example.com", "language": "en"}
    operator = {"Authorization": "Bearer kontor_operate"}
    made = await running.post("/journal/subscriptions", json=body, headers=operator)
    assert made.status_code == 201, made.text
    pen = Journal("order_import")
    parked = pen.entry(noun="order", subject="o-1", action="parked", code="order_parked", outcome="warning",
                       connection=SHOP, platform="shop", params={"number": "4711", "version": "1", "count": "1"},
                       reasons=[Reason(code="article_unknown", params={"sku": "KR-1"})])  # fmt: skip
    await bus.publish(pack(pen.events([parked])))
    for _ in range(300):
        if office.mails:
            break
        await asyncio.sleep(0.1)
    (mail,) = office.mails
    assert 'The article number "KR-1" is unknown.' in form(mail)
    await appears(running, 1, code="alert_delivered")
