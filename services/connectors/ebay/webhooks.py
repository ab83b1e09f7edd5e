"""eBay's notifications: a destination that proves itself by a challenge, calls signed with a key of eBay's own.

An order's are only a hint. That a user closed his account is the one that asks for something: his data goes.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from services.connectors.ebay.client import Client
from services.connectors.ebay.client.notifications import Row
from services.connectors.ebay.reading import ORDER_ID
from services.connectors.ebay.settings import Credentials
from services.connectors.ebay.vocabulary import ACCOUNT_DELETION, APP_TOPICS, SELLER_TOPICS
from shared.connector_kit.declaration import Hint

SIGNATURE = "x-ebay-signature"
KID = re.compile(r"[A-Za-z0-9-]{8,80}")
# Which digest a signature is made with, eBay says in its header; it is SHA-1 today.
DIGESTS: dict[str, HashAlgorithm] = {"SHA1": SHA1(), "SHA256": SHA256()}  # noqa: S303 - the platform's choice


def secrets(credentials: Credentials, own: str) -> Sequence[str]:
    """None: a call is signed with eBay's own key, which is asked for by its name."""
    return ()


def key_named(headers: Mapping[str, str]) -> str:
    """Which of eBay's keys a call says it is signed with; empty for what can be none."""
    kid = str(_signature(headers).get("kid") or "")
    return kid if KID.fullmatch(kid) else ""


async def key(client: Client, kid: str) -> str:
    """The public key of this name."""
    return await client.notifications.public_key(kid)


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> bool:
    """ECDSA over the raw body, with one of these public keys."""
    told = _signature(headers)
    digest = DIGESTS.get(str(told.get("digest") or "SHA1"))
    try:
        signature = base64.b64decode(str(told.get("signature") or ""), validate=True)
    except (ValueError, binascii.Error):
        return False
    return digest is not None and any(_signed(one, signature, body, digest) for one in secrets)


def challenge(query: Mapping[str, str], address: str, own: str) -> dict[str, str] | None:
    """Proves that the address is ours: the digest of the code, our token and the address as it was registered."""
    code = query.get("challenge_code", "")
    return {"challengeResponse": sha256(f"{code}{own}{address}".encode()).hexdigest()} if code else None


def hint(headers: Mapping[str, str], body: bytes) -> Hint | None:
    """Which order to read again."""
    data = _data(body)[1]
    order = data.get("order")
    id = data.get("orderId") or (order.get("orderId") if isinstance(order, dict) else None)
    return Hint("order", id) if isinstance(id, str) and ORDER_ID.fullmatch(id) else None


def leaves(headers: Mapping[str, str], body: bytes) -> str:
    """Whose data must go: the name under which his orders are known. Empty for any other notification."""
    topic, data = _data(body)
    name = data.get("username") if topic == ACCOUNT_DELETION else None
    return name if isinstance(name, str) else ""


async def subscribe(client: Client, address: str, secret: str) -> Sequence[str]:
    """Makes the destination and what is missing of its subscriptions, and revives what eBay gave up; answers which.
    None where the merchant gave no address to write to when calls fail: eBay wants one."""
    if not client.merchant.alert_email:
        return []
    api = client.notifications
    known = next((one for one in await api.destinations() if _endpoint(one) == address), None)
    mended = []
    if known is None:
        await api.alert(client.merchant.alert_email)
        destination = await api.destine("Kontor", address, secret)
    else:
        destination = str(known["destinationId"])
        if known.get("status") != "ENABLED":
            await api.revive(destination, "Kontor", address, secret)
            mended.append("destination")
    for of_app, topics in ((True, APP_TOPICS), (False, SELLER_TOPICS)):
        rows = {str(one["topicId"]): one for one in await api.subscriptions(of_app=of_app) if _mine(one, destination)}
        for topic in topics:
            row = rows.get(topic)
            if row is None:
                await api.subscribe(topic, destination, of_app=of_app)
            elif row.get("status") != "ENABLED":
                await api.enable(str(row["subscriptionId"]), of_app=of_app)
            else:
                continue
            mended.append(topic)
    return mended


def _mine(row: Row, destination: str) -> bool:
    return row.get("destinationId") == destination


def _endpoint(row: Row) -> str:
    config = row.get("deliveryConfig")
    return str(config.get("endpoint") or "") if isinstance(config, dict) else ""


def _signature(headers: Mapping[str, str]) -> dict[str, Any]:
    try:
        told = json.loads(base64.b64decode(headers.get(SIGNATURE, ""), validate=True))
    except (ValueError, binascii.Error):
        return {}
    return told if isinstance(told, dict) else {}


def _signed(pem: str, signature: bytes, body: bytes, digest: HashAlgorithm) -> bool:
    # The key comes as a PEM without its line breaks.
    plain = re.sub(r"-----[A-Z ]+-----|\s", "", pem)
    try:
        key = load_der_public_key(base64.b64decode(plain, validate=True))
        if not isinstance(key, EllipticCurvePublicKey):
            return False
        key.verify(signature, body, ECDSA(digest))
    except (ValueError, TypeError, binascii.Error, InvalidSignature):
        return False
    return True


def _data(body: bytes) -> tuple[str, dict[str, Any]]:
    """A notification's topic and data."""
    try:
        told = json.loads(body)
        topic, data = told["metadata"]["topic"], told["notification"]["data"]
    except (ValueError, KeyError, TypeError):
        return "", {}
    return str(topic), data if isinstance(data, dict) else {}
