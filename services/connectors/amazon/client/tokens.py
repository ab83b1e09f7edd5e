"""Access tokens: an hour each, from Login with Amazon, for what the seller has authorised."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from services.connectors.amazon.client.answers import explain_grant
from services.connectors.amazon.settings import Credentials
from shared.connector_kit.outside import Outside
from shared.contracts.errors import Transient

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Tokens:
    """Where tokens are asked for. A refused request is Misconfigured: whoever entered the credentials must act."""

    def __init__(self, credentials: Credentials, outside: Outside) -> None:
        self._credentials = credentials
        self._door = outside.shop(credentials.login_url, explain=explain_grant)

    async def grant(self) -> tuple[str, datetime]:
        own = self._credentials
        form = {
            "grant_type": "refresh_token",
            "refresh_token": own.refresh_token,
            "client_id": own.client_id,
            "client_secret": own.client_secret,
        }
        reply = await self._door.request(
            "POST", "/auth/o2/token", content=urlencode(form), headers=FORM, repeatable=True
        )
        granted = reply.json()
        try:
            return str(granted["access_token"]), reply.received_at + timedelta(seconds=int(granted["expires_in"]))
        except (KeyError, TypeError, ValueError):
            raise Transient("A token request was answered without a token.", code="not_json") from None
