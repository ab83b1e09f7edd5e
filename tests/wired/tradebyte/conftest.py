"""The connector in front of pretend accounts: one of today, and one whose channels hand over unconfirmed orders too."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
import stamina

from services.connectors.tradebyte.connector import TRADEBYTE
from tests.wired.contract.shops.tradebyte import VARIETIES
from tests.wired.contract.stand import Stand, new_sandbox, open_stand


@pytest.fixture(autouse=True)
def _no_real_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    opened = open_stand(VARIETIES[0], TRADEBYTE)
    yield opened
    await opened.close()


@pytest.fixture
async def hiding_stand() -> AsyncIterator[Stand]:
    """Who has flagged an order sees it no more."""
    opened = open_stand(replace(VARIETIES[0], options={"hides_exported": True}), TRADEBYTE)
    yield opened
    await opened.close()


@pytest.fixture
async def file_stand() -> AsyncIterator[Stand]:
    """Orders come, and everything goes, as files over SFTP."""
    variety = replace(VARIETIES[0], options={"sftp": True})
    app = new_sandbox(variety)
    opened = app.state.sandbox.shops["tradebyte", "usual"]
    await opened.start()
    stand = open_stand(variety, TRADEBYTE, app=app, allow=frozenset({f"127.0.0.1:{opened.shop.files.server.port}"}))
    yield stand
    await stand.close()


@pytest.fixture
async def pending_stand() -> AsyncIterator[Stand]:
    opened = open_stand(replace(VARIETIES[0], options={"pending_export": True}), TRADEBYTE)
    yield opened
    await opened.close()
