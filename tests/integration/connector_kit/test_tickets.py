"""Tickets are journalled beside the orders they are about, once for every state, and erased with them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.connectors.kaufland.connector import KAUFLAND
from shared.connector_kit.declaration import Window
from shared.connector_kit.taking import Counts, stay
from shared.contracts.identity import record_id
from shared.contracts.journal import JournalEntry
from shared.persistence import archive
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs
from tests.integration.connector_kit.branch import Branch, open_branch
from tests.wired.contract.shops import kaufland
from tests.wired.contract.stand import open_stand


@pytest.fixture
async def branch(admin: Database, open_as: OpenAs, tmp_path: Path) -> AsyncIterator[Branch]:
    """An account at Kaufland without orders."""
    stand = open_stand(kaufland.VARIETIES[0], KAUFLAND)
    opened = await open_branch(stand, open_as("connectors"), admin, tmp_path)
    yield opened
    await opened.close()


async def read(branch: Branch, since: Any = None) -> None:
    stream = KAUFLAND.stream("order")
    assert stream is not None
    reader = await branch.reader(Counts())
    assert await reader.read_window(stream, Window(since), "poll", stay)


def told(branch: Branch) -> list[JournalEntry]:
    entries = {one.id: one.data for one in branch.bus.of("journal.recorded")}
    return [one for one in entries.values() if one.code.startswith("ticket_")]


async def test_a_ticket_is_journalled_beside_its_order_once_and_again_when_it_is_answered(branch: Branch) -> None:
    (order,) = branch.place(1)
    start = branch.stand.sandbox.clock() - timedelta(minutes=1)
    ticket = branch.stand.shop.write_ticket(order, "Wo bleibt mein Tee?")
    for _ in range(3):
        await read(branch, start)
    (entry,) = told(branch)
    assert (entry.noun, entry.subject) == ("order", str(record_id("order", branch.connection.id, order)))
    assert (entry.code, entry.outcome, entry.params["ticket"]) == ("ticket_waits", "warning", ticket)
    assert {key.value for key in entry.keys} == {order}
    assert "Tee" not in entry.model_dump_json()
    branch.stand.shop.store.tickets.write(ticket, "seller", "Er ist unterwegs.")
    for _ in range(2):
        await read(branch, start)
    first, second = told(branch)
    assert (second.code, second.outcome, second.params["last"]) == ("ticket_received", "ok", "seller")
    assert second.payload is not None
    assert second.payload != first.payload
    async with branch.admin.transaction() as tx:
        kept = (await archive.load(tx, [second.payload]))[second.payload].body
    assert kept is not None
    assert [one["text"] for one in orjson.loads(kept)["messages"]] == ["Wo bleibt mein Tee?", "Er ist unterwegs."]


async def test_what_a_customer_wrote_is_erased_with_the_order(branch: Branch) -> None:
    (order,) = branch.place(1)
    branch.stand.shop.write_ticket(order, "Ich wohne im dritten Stock.")
    await read(branch)
    (entry,) = told(branch)
    assert entry.payload is not None
    key = record_id("order", branch.connection.id, order)
    async with branch.admin.transaction() as tx:
        await tx.execute("UPDATE archive.keys SET key = NULL WHERE id = :id", id=key)
    async with branch.admin.transaction() as tx:
        assert (await archive.load(tx, [entry.payload]))[entry.payload].state == "erased"


async def test_a_ticket_about_no_order_is_told_of_the_connection_and_its_words_are_not_kept(branch: Branch) -> None:
    branch.stand.shop.store.tickets.open((), "Mein Konto?", storefront="de", topic="account_other")
    for _ in range(2):
        await read(branch)
    (entry,) = told(branch)
    assert (entry.noun, entry.subject, entry.payload) == ("connection", str(branch.connection.id), None)
    assert await branch.value("SELECT count(*) FROM archive.payloads") == 0
