"""The connector in front of pretend accounts, each set up in its own way."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import stamina

from services.connectors.ebay.connector import EBAY
from tests.wired.contract.shops.ebay import VARIETIES, credentials
from tests.wired.contract.stand import Stand, open_stand


@pytest.fixture(autouse=True)
def _no_real_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


@pytest.fixture
async def account() -> AsyncIterator[Callable[..., Stand]]:
    """Opens an account with these options, connected with these entries in the form."""
    opened: list[Stand] = []

    def open_one(entered: dict[str, Any] | None = None, **options: Any) -> Stand:
        def given(shop: Any, url: str) -> dict[str, Any]:
            return credentials(shop, url) | (entered or {})

        opened.append(open_stand(replace(VARIETIES[0], options=options, credentials=given), EBAY))
        return opened[-1]

    yield open_one
    for stand in opened:
        await stand.close()


@pytest.fixture
def stand(account: Callable[..., Stand]) -> Stand:
    return account()
