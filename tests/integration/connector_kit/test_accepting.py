"""An order is accepted at the marketplace once it is safe with us, and its timeline says so, once."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.connectors.mirakl.connector import MIRAKL
from services.sandbox import seeds
from services.sandbox.mirakl.errors import Refusal
from shared.contracts.identity import record_id
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs
from tests.integration.connector_kit.branch import Branch, open_branch
from tests.integration.connector_kit.test_acknowledging import published, read
from tests.wired.contract.shops.mirakl import VARIETIES, credentials
from tests.wired.contract.stand import open_stand


def eager(shop: Any, url: str) -> dict[str, Any]:
    return credentials(shop, url) | {"accept_orders": "yes"}


@pytest.fixture
async def branch(admin: Database, open_as: OpenAs, tmp_path: Path) -> AsyncIterator[Branch]:
    """A shop at an operator who wants orders accepted; the merchant wants that done by itself."""
    variety = replace(VARIETIES[0], credentials=eager, options={"acceptance": "NOT_AUTOMATIC"})
    opened = await open_branch(open_stand(variety, MIRAKL), open_as("connectors"), admin, tmp_path)
    yield opened
    await opened.close()


def placed(branch: Branch) -> str:
    return branch.stand.opened.place(seeds.case("guest", branch.stand.sandbox.clock().replace(microsecond=0)))


def told(branch: Branch, id: str) -> list[tuple[str, str]]:
    """What the timeline of an order holds about its acceptance."""
    subject = str(record_id("order", branch.connection.id, id))
    entries = {one.id: one.data for one in branch.bus.of("journal.recorded") if one.data.subject == subject}
    return [(one.code, one.outcome) for one in entries.values() if one.code.startswith("acceptance")]


async def test_an_accepted_order_was_published_before_and_its_timeline_says_so_once(branch: Branch) -> None:
    id = placed(branch)
    for _ in range(3):
        await read(branch)
    assert branch.stand.shop.store.order(id).body["order_state"] == "WAITING_DEBIT"
    assert told(branch, id) == [("acceptance_push_done", "ok")]
    assert id in published(branch)


async def test_an_order_that_could_not_be_kept_is_not_accepted(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    id = placed(branch)

    async def lost(_: Any) -> None:
        raise ConnectionError("the broker is gone")

    with monkeypatch.context() as patched:
        patched.setattr(branch.bus, "publish", lost)
        with pytest.raises(ConnectionError):
            await read(branch)
    assert branch.stand.shop.store.order(id).body["order_state"] == "WAITING_ACCEPTANCE"


async def test_a_refusal_is_one_open_problem_however_often_it_is_tried(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = placed(branch)

    def refuse(*_: Any) -> None:
        raise Refusal(400, "The order is on hold", "ORDER_INVALID_STATE")

    with monkeypatch.context() as patched:
        patched.setattr("services.sandbox.mirakl.accepting.decide", refuse)
        for _ in range(2):
            await read(branch)
    assert told(branch, id) == [("acceptance_push_failed", "error")]
    await read(branch)
    assert told(branch, id)[-1] == ("acceptance_push_done", "ok")
