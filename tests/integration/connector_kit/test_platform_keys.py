"""A platform that signs with keys of its own: they are asked for once, and a buyer who left is erased before it is
answered."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from httpx2 import ASGITransport, AsyncClient

from services.connectors.ebay.connector import EBAY
from shared.chassis import problems
from shared.chassis.peers import Peers
from shared.connector_kit import work
from shared.connector_kit.hooks import hook_routes
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs
from tests.integration.connector_kit.branch import Branch, open_branch
from tests.wired.contract.shops import ebay
from tests.wired.contract.stand import Dated, open_stand

PUBLIC = "https://kontor.example"


class Journal:
    """The neighbour that erases; `status` is how it answers."""

    def __init__(self) -> None:
        self.wishes: list[Any] = []
        self.status = 200
        self.app = FastAPI()
        self.app.post("/privacy/internal/erasures")(self.erase)

    async def erase(self, request: Request) -> Any:
        from fastapi.responses import JSONResponse

        self.wishes.append(await request.json())
        return JSONResponse({"known": True, "id": None}, self.status)


@pytest.fixture
async def branch(admin: Database, open_as: OpenAs, tmp_path: Path) -> AsyncIterator[Branch]:
    stand = open_stand(ebay.VARIETIES[0], EBAY)
    opened = await open_branch(stand, open_as("connectors"), admin, tmp_path)
    opened.service.settings = opened.service.settings.model_copy(update={"public_base_url": PUBLIC})
    yield opened
    await opened.close()


@pytest.fixture
def journal(branch: Branch) -> Journal:
    found = Journal()
    branch.service.peers = Peers(branch.service.settings, transport=ASGITransport(found.app))
    return found


@pytest.fixture
async def platform(branch: Branch) -> AsyncIterator[AsyncClient]:
    app = FastAPI()
    problems.install(app)
    transport = Dated(ASGITransport(branch.stand.app), branch.stand.sandbox.clock)
    app.include_router(hook_routes(EBAY, transport=transport)(branch.service), prefix="/hooks/ebay")
    async with AsyncClient(transport=ASGITransport(app), base_url="http://10.0.0.7:8000") as client:
        yield client


def told(branch: Branch, topic: str, data: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    message = branch.stand.shop.store.hooks._rendering(topic, data)()
    assert message is not None
    return message


def fetched(branch: Branch) -> int:
    return sum("/public_key/" in row["path"] for row in branch.stand.opened.requests.report()["latest"])


async def test_the_address_proves_itself(branch: Branch, platform: AsyncClient) -> None:
    ours = f"{PUBLIC}/hooks/ebay/{branch.connection.id}"
    answer = await platform.get(f"/hooks/ebay/{branch.connection.id}", params={"challenge_code": "c1"})
    own = branch.opener.webhook_secret(branch.connection.id)
    assert answer.json() == {"challengeResponse": hashlib.sha256(f"c1{own}{ours}".encode()).hexdigest()}
    assert answer.headers["content-type"] == "application/json"
    assert (await platform.get(f"/hooks/ebay/{branch.connection.id}")).status_code == 404


async def test_one_key_is_asked_for_once_and_a_name_nobody_knows_not_again_at_once(
    branch: Branch, platform: AsyncClient
) -> None:
    path = f"/hooks/ebay/{branch.connection.id}"
    headers, body = told(branch, "ORDER_CONFIRMATION", {"order": {"orderId": "12-10000-10001"}})
    for _ in range(3):
        assert (await platform.post(path, content=body, headers=headers)).status_code == 200
    assert fetched(branch) == 1
    assert (await platform.post(path, content=body + b" ", headers=headers)).status_code == 401
    forged = {"alg": "ecdsa", "kid": "00000000-1111-2222-3333-444444444444", "signature": "AAAA", "digest": "SHA1"}
    other = {"X-EBAY-SIGNATURE": base64.b64encode(json.dumps(forged).encode()).decode()}
    answers = [(await platform.post(path, content=body, headers=other)).status_code for _ in range(3)]
    assert set(answers) <= {401, 503}
    assert fetched(branch) <= 2
    async with branch.service.database.transaction() as tx:
        (row,) = await work.due(tx, branch.connection.id, "read:order", 10)
    assert row.subject == "12-10000-10001"


async def test_a_buyer_who_left_is_told_to_the_journal_before_the_platform_is_answered(
    branch: Branch, platform: AsyncClient, journal: Journal
) -> None:
    path = f"/hooks/ebay/{branch.connection.id}"
    headers, body = told(branch, "MARKETPLACE_ACCOUNT_DELETION", {"username": "kunde07", "userId": "u7"})
    journal.status = 503
    assert (await platform.post(path, content=body, headers=headers)).status_code == 503
    journal.status = 200
    assert (await platform.post(path, content=body, headers=headers)).status_code == 200
    assert journal.wishes[-1] == {"customer": f"{branch.connection.id}:kunde07"}
    before = len(journal.wishes)
    assert (await platform.post(path, content=body + b" ", headers=headers)).status_code == 401
    assert len(journal.wishes) == before
