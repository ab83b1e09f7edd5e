"""Where eBay calls: its settings belong to the app, a subscription to the app or to the seller."""

from typing import Any

from services.connectors.ebay.client.api import Api
from shared.contracts.errors import Transient

NOTIFICATION = "/commerce/notification/v1"
SCOPE = "commerce.notification.subscription"
PAYLOAD = {"format": "JSON", "schemaVersion": "1.0", "deliveryProtocol": "HTTPS"}
PER_PAGE = 100
Row = dict[str, Any]


class Notifications:
    """The Notification API."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def public_key(self, kid: str) -> str:
        """The key that calls with this `kid` are signed with."""
        body = (await self._api.app("GET", f"{NOTIFICATION}/public_key/{kid}")).json()
        if not isinstance(body, dict) or not isinstance(body.get("key"), str):
            raise Transient("The platform's answer holds no key.", code="not_json")
        return str(body["key"])

    async def alert(self, email: str) -> None:
        """Whom eBay writes to when calls fail; needed before anything else."""
        await self._api.app("PUT", f"{NOTIFICATION}/config", json={"alertEmail": email})

    async def destinations(self) -> list[Row]:
        body = (await self._api.app("GET", f"{NOTIFICATION}/destination", params={"limit": PER_PAGE})).json()
        return list(body.get("destinations") or ())

    async def destine(self, name: str, endpoint: str, token: str) -> str:
        """A new destination; eBay calls it before it answers. Answers its id."""
        body = _destination(name, endpoint, token)
        reply = await self._api.app("POST", f"{NOTIFICATION}/destination", json=body)
        return reply.headers.get("location", "").rstrip("/").rpartition("/")[2]

    async def revive(self, id: str, name: str, endpoint: str, token: str) -> None:
        """A destination that was marked as down is called again."""
        await self._api.app("PUT", f"{NOTIFICATION}/destination/{id}", json=_destination(name, endpoint, token))

    async def subscriptions(self, *, of_app: bool) -> list[Row]:
        params = {"limit": PER_PAGE}
        path = f"{NOTIFICATION}/subscription"
        if of_app:
            reply = await self._api.app("GET", path, params=params)
        else:
            reply = await self._api.seller("GET", path, SCOPE, params=params)
        return list(reply.json().get("subscriptions") or ())

    async def subscribe(self, topic: str, destination: str, *, of_app: bool) -> None:
        body = {"topicId": topic, "status": "ENABLED", "destinationId": destination, "payload": PAYLOAD}
        await self._posted("/subscription", body, of_app=of_app)

    async def enable(self, id: str, *, of_app: bool) -> None:
        await self._posted(f"/subscription/{id}/enable", None, of_app=of_app)

    async def _posted(self, path: str, body: Row | None, *, of_app: bool) -> None:
        if of_app:
            await self._api.app("POST", f"{NOTIFICATION}{path}", json=body)
        else:
            await self._api.seller("POST", f"{NOTIFICATION}{path}", SCOPE, json=body)


def _destination(name: str, endpoint: str, token: str) -> Row:
    config = {"endpoint": endpoint, "verificationToken": token}
    return {"name": name, "status": "ENABLED", "deliveryConfig": config}
