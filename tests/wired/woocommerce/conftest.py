"""The connector in front of two pretend shops: one of today, and an older one without TLS and shipment records."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
import stamina

from services.connectors.woocommerce.connector import WOOCOMMERCE
from tests.wired.contract.shops.woocommerce import VARIETIES
from tests.wired.contract.stand import Stand, open_stand


@pytest.fixture(autouse=True)
def _no_real_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    opened = open_stand(VARIETIES[0], WOOCOMMERCE)
    yield opened
    await opened.close()


@pytest.fixture
async def old_stand() -> AsyncIterator[Stand]:
    opened = open_stand(VARIETIES[1], WOOCOMMERCE)
    yield opened
    await opened.close()


@pytest.fixture
async def small_stand() -> AsyncIterator[Stand]:
    """Its owner has lowered how many rows it takes in one call."""
    opened = open_stand(replace(VARIETIES[0], options={"batch_items": 60}), WOOCOMMERCE)
    yield opened
    await opened.close()
