"""The connector in front of one pretend shop; waiting moves the shop's clock."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import stamina

from services.connectors.shopify.connector import SHOPIFY
from services.sandbox import seeds
from tests.wired.contract.shops.shopify import VARIETIES
from tests.wired.contract.stand import Stand, open_stand

Place = Callable[[str], str]


@pytest.fixture(autouse=True)
def _no_real_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    """A shop with goods and no orders."""
    opened = open_stand(VARIETIES[0], SHOPIFY)
    yield opened
    await opened.close()


@pytest.fixture
def place(stand: Stand) -> Place:
    """Places a case now and answers the order's id."""

    def put(case: str) -> str:
        return stand.opened.place(seeds.case(case, stand.sandbox.clock().replace(microsecond=0)))

    return put
