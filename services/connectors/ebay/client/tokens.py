"""Access tokens of two hours: the seller's, by his consent, and the app's own."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from services.connectors.ebay.client.answers import explain_grant
from services.connectors.ebay.settings import Credentials
from services.connectors.ebay.vocabulary import NEEDED, SCOPE, SCOPES
from shared.connector_kit.outside import Outside
from shared.contracts.errors import Misconfigured, Transient
from shared.http.signing import basic

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATH = "/identity/v1/oauth2/token"


class Tokens:
    """Where tokens are asked for. A refused request is Misconfigured: whoever entered the credentials must act."""

    def __init__(self, credentials: Credentials, outside: Outside) -> None:
        self._credentials = credentials
        auth = basic(credentials.client_id, credentials.client_secret)
        self._door = outside.shop(credentials.url, auth=auth, explain=explain_grant)

    async def of_seller(self) -> tuple[str, datetime]:
        """For everything Kontor does and the seller agreed to, and never for less than what it cannot do without."""
        try:
            return await self.grant(*SCOPES)
        except Misconfigured as error:
            if error.code != "scope_missing":
                raise
        missing = await self.missing()
        return await self.grant(*(scope for scope in SCOPES if scope in NEEDED or scope not in missing))

    async def missing(self) -> list[str]:
        """Rights the seller did not agree to: a consent is as old as the rights it names."""
        found = []
        for scope in SCOPES:
            try:
                await self.grant(scope)
            except Misconfigured as error:
                if error.code != "scope_missing":
                    raise
                found.append(scope)
        return found

    async def grant(self, *scopes: str) -> tuple[str, datetime]:
        """A token that reaches so far. The refresh token stays the same."""
        return await self._granted(
            {
                "grant_type": "refresh_token",
                "refresh_token": self._credentials.refresh_token,
                "scope": " ".join(f"{SCOPE}/{scope}" for scope in scopes),
            }
        )

    async def of_app(self) -> tuple[str, datetime]:
        """For what belongs to the app: public keys, and where eBay calls."""
        return await self._granted({"grant_type": "client_credentials", "scope": SCOPE})

    async def _granted(self, form: dict[str, str]) -> tuple[str, datetime]:
        reply = await self._door.request("POST", PATH, content=urlencode(form), headers=FORM, repeatable=True)
        granted = reply.json()
        try:
            return str(granted["access_token"]), reply.received_at + timedelta(seconds=int(granted["expires_in"]))
        except (KeyError, TypeError, ValueError):
            raise Transient("A token request was answered without a token.", code="not_json") from None
