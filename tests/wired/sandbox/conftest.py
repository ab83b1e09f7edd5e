"""The sandbox in process."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI

from services.sandbox.main import create_sandbox
from services.sandbox.platforms import FIRST_SHOPS
from tests.wired.sandbox.callers import Caller

WOOCOMMERCE = tuple(shop for shop in FIRST_SHOPS if shop[0] == "woocommerce")


@pytest.fixture(scope="module")
def history() -> FastAPI:
    """A sandbox with the merchant's whole history; tests only read it."""
    return create_sandbox(shops=WOOCOMMERCE)


@pytest.fixture
async def sandbox() -> AsyncIterator[FastAPI]:
    """A sandbox whose shops have goods and no orders."""
    app = create_sandbox(seed=False, shops=WOOCOMMERCE)
    yield app
    await app.state.sandbox.close()


def _client(app: FastAPI, scheme: str = "https") -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=f"{scheme}://sandbox.test")


@pytest.fixture
async def client(sandbox: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with _client(sandbox) as caller:
        yield caller


@pytest.fixture
async def plain_http(sandbox: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """The same shops without TLS."""
    async with _client(sandbox, "http") as caller:
        yield caller


@pytest.fixture
async def reader(history: FastAPI) -> AsyncIterator[Caller]:
    async with _client(history) as caller:
        yield Caller(caller, history, "demo")


@pytest.fixture
async def shop(sandbox: FastAPI, client: httpx2.AsyncClient) -> Caller:
    return Caller(client, sandbox, "demo")


@pytest.fixture
async def old_shop(sandbox: FastAPI, client: httpx2.AsyncClient) -> Caller:
    """The second shop: an older version without fulfilments."""
    return Caller(client, sandbox, "plain")
