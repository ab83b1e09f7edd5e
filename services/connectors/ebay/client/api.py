"""How every call is made: with the seller's or the app's token, signed where money moves, in the seller's language."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import Any

from services.connectors.ebay.client.answers import explain
from services.connectors.ebay.client.signature import headers
from services.connectors.ebay.client.tokens import Tokens
from services.connectors.ebay.settings import Credentials
from services.connectors.ebay.vocabulary import LANGUAGES, SCOPES
from shared.connector_kit.outside import RENEW_BEFORE, Outside
from shared.contracts.errors import Misconfigured
from shared.http.client import Reply
from shared.http.signing import signed

UNKNOWN = "", datetime(2000, 1, 1, tzinfo=UTC)


class Api:
    """One seller's way to eBay."""

    def __init__(self, credentials: Credentials, outside: Outside) -> None:
        self.tokens = Tokens(credentials, outside)
        self._outside = outside
        site = credentials.sites[0]
        said = {"X-EBAY-C-MARKETPLACE-ID": site, "Accept-Language": LANGUAGES.get(site, "en-US")}
        sign = signed(partial(headers, credentials)) if credentials.signing_key else None
        self._plain = outside.shop(credentials.url, headers=said, explain=explain)
        self._signed = outside.shop(credentials.url, headers=said, auth=sign, explain=explain)
        self._app: tuple[str, datetime] = UNKNOWN
        self._renewing = asyncio.Lock()

    async def seller(self, method: str, path: str, scope: str, *, sign: bool = False, **given: Any) -> Reply:
        """A call as the seller. Raises Misconfigured that names the right `scope` where the consent does not reach."""
        return await self._tried(method, path, scope, "Bearer", {"repeatable": None, **given}, sign=sign)

    async def post_order(self, path: str, body: dict[str, Any]) -> Reply:
        """A signed call of the older interface, whose tokens go by another name."""
        return await self._tried("POST", path, "sell.fulfillment", "IAF", {"json": body}, sign=True)

    async def app(self, method: str, path: str, **given: Any) -> Reply:
        """A call as the app itself."""
        return await self._plain.request(
            method, path, headers={"Authorization": f"Bearer {await self._own()}"}, **given
        )

    async def _own(self) -> str:
        async with self._renewing:
            if self._app[1] - RENEW_BEFORE < datetime.now(UTC):
                self._app = await self.tokens.of_app()
            return self._app[0]

    async def _tried(
        self, method: str, path: str, scope: str, scheme: str, given: dict[str, Any], *, sign: bool = False
    ) -> Reply:
        """With the token that is held, and once more with a new one where it is no longer taken."""
        door, token = self._signed if sign else self._plain, await self._outside.token(self.tokens.of_seller)
        more = given.pop("headers", {})
        try:
            return await door.request(method, path, headers={"Authorization": f"{scheme} {token}"} | more, **given)
        except Misconfigured as error:
            if error.code == "scope_missing":
                raise Misconfigured(SCOPES[scope], code="scope_missing", field=scope) from None
            # A signature that is refused is no matter of the token.
            if error.code != "credentials_refused":
                raise
        token = await self._outside.token(self.tokens.of_seller, refused=token)
        return await door.request(method, path, headers={"Authorization": f"{scheme} {token}"} | more, **given)
