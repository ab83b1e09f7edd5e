"""The connector in front of two pretend shops: one of today, and a 6.5."""

from collections.abc import AsyncIterator, Iterator

import pytest
import stamina

from services.connectors.shopware6.connector import SHOPWARE6
from tests.wired.contract.shops.shopware6 import VARIETIES
from tests.wired.contract.stand import Stand, open_stand


@pytest.fixture(autouse=True)
def _no_real_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    opened = open_stand(VARIETIES[0], SHOPWARE6)
    yield opened
    await opened.close()


@pytest.fixture
async def old_stand() -> AsyncIterator[Stand]:
    opened = open_stand(VARIETIES[1], SHOPWARE6)
    yield opened
    await opened.close()


@pytest.fixture(params=VARIETIES, ids=str)
async def any_version(request: pytest.FixtureRequest) -> AsyncIterator[Stand]:
    opened = open_stand(request.param, SHOPWARE6)
    yield opened
    await opened.close()
