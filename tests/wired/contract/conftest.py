"""Every connector that is found, in front of every kind of shop that its file in `shops` describes."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import pytest
import stamina
from fastapi import FastAPI

import services.connectors
from shared.connector_kit.declaration import Connector
from tests.wired.contract.stand import Stand, Variety, declined, new_sandbox, open_stand

CONNECTORS: dict[str, Connector] = {
    value.platform: value
    for module in iter_modules(services.connectors.__path__)
    for value in vars(import_module(f"services.connectors.{module.name}.connector")).values()
    if isinstance(value, Connector)
}
VARIETIES: list[Variety] = [
    variety for platform in CONNECTORS for variety in import_module(f"tests.wired.contract.shops.{platform}").VARIETIES
]


# `make check` has two minutes: it tries the shops that most merchants begin with, `make test` all varieties of all.
IN_EVERY_CHECK = ("shopify", "woocommerce")
EACH = [
    pytest.param(
        variety,
        id=str(variety),
        marks=() if variety.first and variety.platform in IN_EVERY_CHECK else pytest.mark.thorough,
    )
    for variety in VARIETIES
]


@pytest.fixture(autouse=True)
def _no_real_waiting() -> Iterator[None]:
    """Pauses between attempts are the bucket's, and those move the sandbox's clock."""
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


def _has_what_is_proven(request: pytest.FixtureRequest, variety: Variety) -> None:
    """Skips the proof of a row that the connector says its platform does not have."""
    for mark in request.node.iter_markers("proves"):
        if why := declined(CONNECTORS[variety.platform], mark.args[0]):
            pytest.skip(f"{variety.platform}: {why}")


@pytest.fixture(params=CONNECTORS.values(), ids=lambda connector: connector.platform)
def connector(request: pytest.FixtureRequest) -> Connector:
    found: Connector = request.param
    return found


@cache
def _history(place: int) -> FastAPI:
    """A shop that is only read, so every test may have the same one."""
    app = new_sandbox(VARIETIES[place], seed=True)
    app.state.sandbox.clock.shift(timedelta(seconds=VARIETIES[place].delay))
    return app


async def _opened(variety: Variety, app: FastAPI | None = None) -> AsyncIterator[Stand]:
    opened = open_stand(variety, CONNECTORS[variety.platform], app=app)
    yield opened
    await opened.close()


@pytest.fixture(params=[one for one, variety in zip(EACH, VARIETIES, strict=True) if variety.first])
async def stand(request: pytest.FixtureRequest) -> AsyncIterator[Stand]:
    """A shop with goods and no orders."""
    _has_what_is_proven(request, request.param)
    async for opened in _opened(request.param):
        yield opened


@pytest.fixture(params=EACH)
async def any_stand(request: pytest.FixtureRequest) -> AsyncIterator[Stand]:
    """The same in every variety."""
    _has_what_is_proven(request, request.param)
    async for opened in _opened(request.param):
        yield opened


@pytest.fixture(params=EACH)
async def history(request: pytest.FixtureRequest) -> AsyncIterator[Stand]:
    """A shop with the pretend merchant's whole history, in every variety."""
    async for opened in _opened(request.param, _history(VARIETIES.index(request.param))):
        opened.opened.requests.clear()
        yield opened
