"""One GraphQL call: with a token that works, within the shop's points, and with errors named for who must act.

Three layers of errors: the HTTP status, `errors` at the top of an answer with status 200 (both here), and `userErrors`,
which belong to single mutations and are handed back.
"""

from datetime import datetime, timedelta
from typing import Any

import orjson
import structlog

from services.connectors.shopify import queries
from services.connectors.shopify.client.failures import explain, explain_grant
from services.connectors.shopify.settings import Credentials
from shared.connector_kit.outside import Outside
from shared.contracts.errors import Defect, Misconfigured, Transient
from shared.http.client import Reply

ADDRESS = f"/admin/api/{queries.API_VERSION}/graphql.json"
GRANT = "/admin/oauth/access_token"
FIRST_GUESS = 100.0
"""Points taken from the bucket for an operation whose cost the shop has not yet told."""

log = structlog.get_logger(room="shopify")
Variables = dict[str, Any]


class GraphQL:
    """The door to one shop's Admin API. `served_version` is the API version that last answered."""

    def __init__(self, credentials: Credentials, outside: Outside) -> None:
        self._credentials = credentials
        self._outside = outside
        self._shop = outside.shop(credentials.shop_url, explain=explain)
        self._door = outside.shop(credentials.shop_url, explain=explain_grant)
        self._costs: dict[tuple[str, Any], float] = {}
        self.served_version = ""

    async def data(self, operation: str, variables: Variables) -> dict[str, Any]:
        """The data of an operation without any error at its top."""
        reply = await self._post(operation, variables)
        try:
            body = orjson.loads(reply.body)
        except orjson.JSONDecodeError:
            body = reply.json()
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(data, dict):
            raise Transient(f"{operation} was answered without data.", code="not_json")
        extensions = body.get("extensions") or {}
        ignored = [warning for entry in extensions.get("search") or () for warning in entry.get("warnings") or ()]
        if ignored:
            # A window whose limit was ignored would be read as everything, and taken as complete.
            raise Defect(f"{operation}: the shop ignored a search term: {ignored[0].get('message', '')}")
        self._learn(operation, variables, extensions.get("cost") or {})
        return data

    async def server_time(self, operation: str) -> datetime | None:
        """The shop's clock as it answered an operation without variables."""
        return (await self._post(operation, {})).server_time

    async def _post(self, operation: str, variables: Variables) -> Reply:
        token = await self._token()
        try:
            reply = await self._send(operation, variables, token)
        except Misconfigured as error:
            if error.code != "credentials_refused" or not self._credentials.asks_for_tokens:
                raise
            reply = await self._send(operation, variables, await self._token(refused=token))
        self._compare_version(reply.headers.get("x-shopify-api-version", ""))
        return reply

    async def _send(self, operation: str, variables: Variables, token: str) -> Reply:
        document = queries.document(operation)
        return await self._shop.request(
            "POST",
            ADDRESS,
            json={"query": document, "variables": variables},
            headers={"X-Shopify-Access-Token": token},
            cost=self._costs.get(_size(operation, variables), FIRST_GUESS),
            repeatable=not queries.changes(operation) or "@idempotent" in document,
        )

    def _learn(self, operation: str, variables: Variables, cost: dict[str, Any]) -> None:
        """The shop counts the points; what it says replaces what we computed."""
        status = cost.get("throttleStatus")
        if not status:
            return
        self._costs[_size(operation, variables)] = float(cost["requestedQueryCost"])
        self._outside.bucket.learn(
            available=float(status["currentlyAvailable"]),
            rate=float(status["restoreRate"]),
            maximum=float(status["maximumAvailable"]),
        )

    def _compare_version(self, served: str) -> None:
        if served and served != self.served_version and served != queries.API_VERSION:
            log.error("another API version answered", asked=queries.API_VERSION, served=served)
        self.served_version = served or self.served_version

    async def _token(self, refused: str = "") -> str:
        if not self._credentials.asks_for_tokens:
            return self._credentials.access_token
        return await self._outside.token(self._grant, refused=refused)

    async def _grant(self) -> tuple[str, datetime]:
        """Client credentials grant: a token for a day, and no refresh token; one simply asks again."""
        wanted = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
        }
        reply = await self._door.request("POST", GRANT, json=wanted, cost=0, repeatable=True)
        granted = reply.json()
        try:
            return str(granted["access_token"]), reply.received_at + timedelta(seconds=int(granted["expires_in"]))
        except (KeyError, TypeError, ValueError):
            raise Transient("The shop answered a token request without a token.", code="not_json") from None


def _size(operation: str, variables: Variables) -> tuple[str, Any]:
    return operation, variables.get("first") or len(variables.get("ids") or ())
