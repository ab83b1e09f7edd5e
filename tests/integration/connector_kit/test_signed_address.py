"""A platform that signs the address it calls is believed at that address only, and is answered at once."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from services.connectors.kaufland.connector import KAUFLAND
from shared.chassis import problems
from shared.connector_kit import work
from shared.connector_kit.hooks import hook_routes
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs
from tests.integration.connector_kit.branch import Branch, open_branch
from tests.wired.contract.shops import kaufland
from tests.wired.contract.stand import open_stand

PUBLIC = "https://kontor.example"
TOLD = {"event_name": "order_new", "id_message": 1, "resource": "/orders/MB7KXLD/", "storefront": "de"}
LONGEST_ANSWER = 5.0


@pytest.fixture
async def signing_branch(admin: Database, open_as: OpenAs, tmp_path: Path) -> AsyncIterator[Branch]:
    """An account whose platform signs the address it calls."""
    stand = open_stand(kaufland.VARIETIES[0], KAUFLAND)
    opened = await open_branch(stand, open_as("connectors"), admin, tmp_path)
    opened.service.settings = opened.service.settings.model_copy(update={"public_base_url": PUBLIC})
    yield opened
    await opened.close()


def signed(branch: Branch, address: str, body: bytes) -> dict[str, str]:
    secret, at = branch.stand.shop.store.access.secret_key, "1764000000"
    text = f"POST\n{address}\n".encode() + body + f"\n{at}".encode()
    return {"Shop-Timestamp": at, "Shop-Signature": hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()}


async def test_a_notification_is_believed_at_the_address_that_was_subscribed_and_nowhere_else(
    signing_branch: Branch,
) -> None:
    app, id = FastAPI(), signing_branch.connection.id
    problems.install(app)
    app.include_router(hook_routes(KAUFLAND)(signing_branch.service), prefix="/hooks/kaufland")
    body = json.dumps(TOLD).encode()
    ours = f"{PUBLIC}/hooks/kaufland/{id}"
    # Behind a proxy the application itself is reached under another name.
    async with AsyncClient(transport=ASGITransport(app), base_url="http://10.0.0.7:8000") as platform:
        started = time.monotonic()
        for _ in range(2):
            answer = await platform.post(
                f"/hooks/kaufland/{id}", content=body, headers=signed(signing_branch, ours, body)
            )
            assert answer.status_code == 200
        assert time.monotonic() - started < LONGEST_ANSWER
        for forged in (
            signed(signing_branch, f"{ours}0", body),
            signed(signing_branch, f"http://10.0.0.7:8000/hooks/kaufland/{id}", body),
            signed(signing_branch, ours, body) | {"Shop-Timestamp": "1764000001"},
            {},
        ):
            answer = await platform.post(f"/hooks/kaufland/{id}", content=body, headers=forged)
            assert answer.status_code == 401
    async with signing_branch.service.database.transaction() as tx:
        (row,) = await work.due(tx, id, "read:order", 10)
    assert row.subject == "MB7KXLD"
