"""Somebody who calls the pretend shop's Admin API by hand."""

from dataclasses import dataclass
from typing import Any

import httpx2

from services.sandbox import seeds
from services.sandbox.main import create_sandbox

JSON = {"Accept": "application/json"}


@dataclass
class Admin:
    """One shop and a caller with an administrator's token."""

    shop: Any
    sandbox: Any
    http: httpx2.AsyncClient
    token: str = ""

    async def login(self, **differing: Any) -> httpx2.Response:
        known = self.shop.credentials()
        given = {
            "grant_type": "client_credentials",
            "client_id": known["access_key"],
            "client_secret": known["secret_access_key"],
        }
        answer = await self.http.post("/api/oauth/token", json=given | differing)
        self.token = answer.json().get("access_token", "")
        return answer

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        sent = {"Authorization": f"Bearer {self.token}", **JSON, **headers}
        return await self.http.request(method, path, json=body, headers=sent)

    async def search(self, entity: str, **criteria: Any) -> Any:
        answer = await self.call("POST", f"/api/search/{entity}", criteria)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def place(self, case: str) -> str:
        id: str = self.shop.place(seeds.case(case, self.sandbox.clock()))
        return id


async def opened(**options: Any) -> Admin:
    app = create_sandbox(seed=False, shops=(("shopware6", "here", options),), public_url="https://sandbox.test")
    shop = app.state.sandbox.shops["shopware6", "here"].shop
    http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="https://sandbox.test/shopware6/here")
    admin = Admin(shop, app.state.sandbox, http)
    assert (await admin.login()).status_code == 200
    return admin


def code(answer: httpx2.Response) -> tuple[int, str]:
    """The status and the shop's own code."""
    return answer.status_code, answer.json()["errors"][0]["code"]
