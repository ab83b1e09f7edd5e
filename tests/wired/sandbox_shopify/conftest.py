"""An empty shop with a catalogue, in process, and a clock that the test moves."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from services.sandbox import seeds
from services.sandbox.main import create_sandbox
from services.sandbox.merchant import Basket
from tests.wired.sandbox_shopify.admin import Admin

Place = Callable[..., str]


@pytest.fixture
async def admin() -> AsyncIterator[Admin]:
    app = create_sandbox(seed=False)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://sandbox") as http:
        yield Admin(app, http)
    await app.state.sandbox.close()


@pytest.fixture
def basket(admin: Admin) -> Callable[..., Basket]:
    """A basket by its case name, placed a moment ago."""

    def make(case: str = "engraving", ago: timedelta = timedelta(seconds=10)) -> Basket:
        at: datetime = (admin.sandbox.clock() - ago).replace(microsecond=0)
        return seeds.case(case, at)

    return make


@pytest.fixture
def place(admin: Admin, basket: Callable[..., Basket]) -> Place:
    """Places a case and answers the order's id."""

    def put(case: str = "engraving", **differing: Any) -> str:
        return admin.shop.place(basket(case, **differing))

    return put
