"""The connector in front of a pretend account: a seller's own app, and one without a carrier of returns."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
import stamina

from services.connectors.otto.connector import OTTO
from tests.wired.contract.shops.otto import VARIETIES, credentials
from tests.wired.contract.stand import Stand, open_stand


@pytest.fixture(autouse=True)
def _no_real_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    opened = open_stand(VARIETIES[0], OTTO)
    yield opened
    await opened.close()


@pytest.fixture
async def without_returns() -> AsyncIterator[Stand]:
    """The seller's return labels have numbers of their own."""
    variety = replace(VARIETIES[0], credentials=lambda shop, url: credentials(shop, url) | {"return_carrier": ""})
    opened = open_stand(variety, OTTO)
    yield opened
    await opened.close()
