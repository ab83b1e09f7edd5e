"""The connector in front of pretend operators, each set up in its own way."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import stamina

from services.connectors.mirakl.connector import MIRAKL
from tests.wired.contract.shops.mirakl import VARIETIES
from tests.wired.contract.stand import Stand, open_stand


@pytest.fixture(autouse=True)
def _no_real_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


@pytest.fixture
async def operator() -> AsyncIterator[Callable[..., Stand]]:
    """Opens an operator who decided what the options say."""
    opened: list[Stand] = []

    def open_one(**options: Any) -> Stand:
        opened.append(open_stand(replace(VARIETIES[0], options=options), MIRAKL))
        return opened[-1]

    yield open_one
    for stand in opened:
        await stand.close()


@pytest.fixture
def stand(operator: Callable[..., Stand]) -> Stand:
    return operator()
