"""Kaufland's push notifications: signed as a call of ours is, over the address that was subscribed. Only a hint."""

import hmac
import json
from collections.abc import Mapping, Sequence

from services.connectors.kaufland.client import Client, Row
from services.connectors.kaufland.client.answers import NOT_CONFIGURED
from services.connectors.kaufland.client.signature import signature
from services.connectors.kaufland.reading import OF_A_UNIT
from services.connectors.kaufland.settings import Credentials
from services.connectors.kaufland.vocabulary import EVENTS
from shared.connector_kit.declaration import ADDRESS, Hint
from shared.contracts.errors import Rejected


def secrets(credentials: Credentials, own: str) -> Sequence[str]:
    """The platform signs with the seller's own secret key."""
    return (credentials.secret_key,)


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> bool:
    """Shop-Signature over POST, our address, the raw body and Shop-Timestamp, in hex or base64 as calls are."""
    given = headers.get("shop-signature", "").encode()
    at, address = headers.get("shop-timestamp", ""), headers.get(ADDRESS, "")
    return any(
        hmac.compare_digest(signature(secret, "POST", address, body, at, form=form).encode(), given)
        for secret in secrets
        for form in ("hex", "base64")
    )


def hint(headers: Mapping[str, str], body: bytes) -> Hint | None:
    """Which record to read again. Of a changed piece only its own number is told; the call that verifies an address
    names no record."""
    try:
        told = json.loads(body)
        steps = [step for step in str(told["resource"]).partition("?")[0].split("/") if step]
        storefront = str(told.get("storefront") or "").lower()
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    kind, id = (steps[-2], steps[-1]) if len(steps) > 1 else ("", "")
    if kind == "orders":
        return Hint("order", id)
    if kind == "order-units" and id.isdecimal():
        return Hint("order", f"{OF_A_UNIT}{id}")
    if kind == "units" and id.isdecimal() and storefront:
        return Hint("article", f"{storefront}:{id}")
    return None


async def subscribe(client: Client, address: str, secret: str) -> Sequence[str]:
    """Makes missing subscriptions in every storefront and revives those the platform switched off; answers which. None
    where the merchant gave no address to write to when it fails: the platform wants one."""
    if not client.merchant.fallback_email:
        return []
    mine = {
        (str(one.get("storefront") or "").lower(), one["event_name"]): one
        for one in await client.subscriptions()
        if one["callback_url"] == address
    }
    mended = []
    for storefront in await client.storefronts():
        try:
            for event in EVENTS:
                if await _mended(client, mine.get((storefront, event)), storefront, event, address):
                    mended.append(f"{storefront}: {event}")
        except Rejected as error:
            # A storefront that was opened and never set up has nothing to tell, and holds back no other.
            if error.params.get("platform_code") != NOT_CONFIGURED:
                raise
    return mended


async def _mended(client: Client, known: Row | None, storefront: str, event: str, address: str) -> bool:
    if known is None:
        await client.subscribe(storefront, event, address)
    elif not known["is_active"]:
        await client.revive(int(known["id_subscription"]))
    else:
        return False
    return True
