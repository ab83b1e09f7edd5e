"""How every operation is called: with an access token, within its own usage plan."""

from contextlib import suppress
from typing import Any

from services.connectors.amazon.client.answers import explain, parsed
from services.connectors.amazon.client.plans import PLANS
from services.connectors.amazon.client.tokens import Tokens
from services.connectors.amazon.settings import Credentials
from services.connectors.amazon.vocabulary import ROLES
from shared.connector_kit.outside import Outside
from shared.contracts.errors import Misconfigured
from shared.http.client import Reply

TOKENS = "/tokens/2021-03-01/restrictedDataToken"
RATE = "x-amzn-ratelimit-limit"


class Calls:
    """The Selling Partner API of one seller. Each operation has a bucket of its own: one that is empty holds up no
    other, and what an answer says of its rate is believed."""

    def __init__(self, credentials: Credentials, outside: Outside) -> None:
        self._outside = outside
        self._api = outside.shop(credentials.url, explain=explain)
        self._tokens = Tokens(credentials, outside)

    async def restricted(self, path: str, *elements: str) -> str:
        """A token for the one thing that a usual one does not open."""
        wanted: dict[str, Any] = {"method": "GET", "path": path}
        if elements:
            wanted["dataElements"] = list(elements)
        body = {"restrictedResources": [wanted]}
        reply = await self.call("createRestrictedDataToken", "POST", TOKENS, json=body, repeatable=True)
        return str(parsed(reply).get("restrictedDataToken", ""))

    async def call(self, operation: str, method: str, path: str, *, pass_by: str = "", **given: Any) -> Reply:
        """A token that is refused is renewed once; `pass_by` is one that was made for this call alone. Raises
        Misconfigured that names the role an application lacks."""
        token = pass_by or await self._outside.token(self._tokens.grant)
        try:
            return await self._sent(operation, method, path, token, given)
        except Misconfigured as error:
            if error.code == "scope_missing" and error.field == "role":
                interface = path.split("/")[1]
                raise Misconfigured(ROLES[interface], code="scope_missing", field=interface) from None
            if pass_by or error.code != "credentials_refused":
                raise
        token = await self._outside.token(self._tokens.grant, refused=token)
        return await self._sent(operation, method, path, token, given)

    async def _sent(self, operation: str, method: str, path: str, token: str, given: dict[str, Any]) -> Reply:
        plan = self._outside.bucket.part(operation, PLANS[operation])
        reply = await self._api.request(method, path, headers={"x-amz-access-token": token}, within=plan, **given)
        # Not every answer names a rate.
        with suppress(ValueError):
            plan.refills(float(reply.headers.get(RATE, "")))
        return reply
