"""Access tokens: half an hour each, for the seller's data only."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from services.connectors.otto.client.answers import explain_grant
from services.connectors.otto.settings import Credentials
from services.connectors.otto.vocabulary import RECEIPTS, RETURNS, SCOPES
from shared.connector_kit.outside import Outside
from shared.contracts.errors import Transient

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Tokens:
    """Where tokens are asked for. A refused request is Misconfigured: whoever entered the credentials must act."""

    def __init__(self, credentials: Credentials, outside: Outside) -> None:
        self._credentials = credentials
        self._door = outside.shop(credentials.url, explain=explain_grant)

    @property
    def wanted(self) -> dict[str, str]:
        """The scopes this seller needs, each with what does not work without it."""
        own = self._credentials
        return (
            SCOPES | (RECEIPTS if own.read_receipts == "yes" else {}) | (RETURNS if own.read_returns == "yes" else {})
        )

    async def all_scopes(self) -> tuple[str, datetime]:
        return await self.grant(" ".join(self.wanted))

    async def grant(self, scope: str) -> tuple[str, datetime]:
        """A token for the seller's data: in one step with the seller's own app, in two as a service partner."""
        own = self._credentials
        form = {"grant_type": "client_credentials", "client_id": own.client_id, "client_secret": own.client_secret}
        if not own.app_id:
            return await self._granted("/v1/token", form | {"scope": scope})
        developer, _ = await self._granted("/oauth2/token", form | {"scope": "developer"})
        path = f"/v1/apps/{own.app_id}/installations/{own.installation_id}/accessToken"
        return await self._granted(path, {"scope": scope}, {"Authorization": f"Bearer {developer}"})

    async def _granted(
        self, path: str, form: dict[str, str], headers: dict[str, str] | None = None
    ) -> tuple[str, datetime]:
        reply = await self._door.request(
            "POST", path, content=urlencode(form), headers=FORM | (headers or {}), repeatable=True
        )
        granted = reply.json()
        try:
            return str(granted["access_token"]), reply.received_at + timedelta(seconds=int(granted["expires_in"]))
        except (KeyError, TypeError, ValueError):
            raise Transient("A token request was answered without a token.", code="not_json") from None
