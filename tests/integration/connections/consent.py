"""A platform that is connected by its owner's consent, in front of the sandbox's login: the smallest connector."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict

from shared.connector_kit.declaration import Authorisation, Connector, Page, Probe, RawItem, Stream, Window
from shared.connector_kit.outside import Outside
from shared.contracts.order import Order
from shared.http.limits import Limit
from shared.http.signing import basic


class Credentials(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    client_id: str
    client_secret: str
    refresh_token: str


class Client:
    def __init__(self, credentials: Credentials, outside: Outside) -> None:
        self._credentials = credentials
        auth = basic(credentials.client_id, credentials.client_secret)
        self._door = outside.shop(credentials.url, auth=auth)
        self._shop = outside.shop(credentials.url)

    async def account(self) -> dict[str, Any]:
        form = {"grant_type": "refresh_token", "refresh_token": self._credentials.refresh_token}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        reply = await self._door.request("POST", "/oauth/token", content=urlencode(form), headers=kind)
        bearer = {"Authorization": f"Bearer {reply.json()['access_token']}"}
        found: dict[str, Any] = (await self._shop.request("GET", "/oauth/account", headers=bearer)).json()
        return found


async def probe(client: Client) -> Probe:
    account = await client.account()
    return Probe(facts={"account": account["name"], "scopes": " ".join(account["scopes"])})


async def no_orders(client: Client, window: Window) -> AsyncIterator[Page]:
    yield Page(())


async def no_order(client: Client, external_id: str) -> Sequence[RawItem]:
    return ()


def never(raw: Any) -> Order:
    raise AssertionError("This platform has no orders: there is nothing to translate.")


CONSENT = Connector(
    platform="consent",
    title="Consent",
    api_version="1",
    credentials=Credentials,
    client=Client,
    limit=Limit(rate=100, burst=100),
    probe=probe,
    streams=(
        Stream(
            "order", "orders", no_orders, no_order, BaseModel, never,
            every=timedelta(minutes=15), overlap=timedelta(minutes=5),
        ),
    ),
    authorisation=Authorisation(
        authorize_url="{url}/oauth/authorize",
        token_url="{url}/oauth/token",
        scopes=("orders.read",),
        fills={"refresh_token": "refresh_token"},
        lifetime="refresh_token_expires_in",
    ),
)  # fmt: skip
