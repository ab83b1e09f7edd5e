"""How a call to the Seller API is signed, and a call of the platform's to us: HMAC-SHA256 over four lines."""

import base64
import hmac
import time
from hashlib import sha256

from services.connectors.kaufland.settings import Credentials


def signature(secret: str, method: str, address: str, body: bytes, at: str, *, form: str = "hex") -> str:
    """Method, full address, body and Unix seconds, a line each. The secret is a text, though it looks like hex digits;
    without a body its line is empty."""
    said = b"\n".join((method.encode(), address.encode(), body, at.encode()))
    digest = hmac.digest(secret.encode(), said, sha256)
    return digest.hex() if form == "hex" else base64.b64encode(digest).decode()


def headers(keys: Credentials, method: str, address: str, body: bytes) -> dict[str, str]:
    """The headers of one attempt, signed now: the platform takes five minutes of difference between the clocks."""
    at = str(int(time.time()))
    found = {
        "Shop-Client-Key": keys.client_key,
        "Shop-Timestamp": at,
        "Shop-Signature": signature(keys.secret_key, method, address, body, at, form=keys.signature),
    }
    if keys.partner_client_key:
        found |= {
            "Shop-Partner-Client-Key": keys.partner_client_key,
            "Shop-Partner-Signature": signature(
                keys.partner_secret_key, method, address, body, at, form=keys.signature
            ),
        }
    return found
