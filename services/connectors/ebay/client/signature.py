"""Digital signatures of calls that move money, for sellers in the EU and the UK: Ed25519 over parts of a call, as in
RFC 9421."""

import base64
import re
import time
from hashlib import sha256
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from services.connectors.ebay.settings import Credentials
from shared.contracts.errors import Misconfigured

COVERED = ("x-ebay-signature-key", "@method", "@path", "@authority")


def private_key(text: str) -> Ed25519PrivateKey:
    """The key as it was shown: PKCS 8 in base64, with or without the lines of a PEM around it. Raises Misconfigured."""
    plain = re.sub(r"-----[A-Z ]+-----|\\n|\s", "", text)
    try:
        key = load_der_private_key(base64.b64decode(plain, validate=True), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Misconfigured(
            "The private key of the digital signature is no Ed25519 key.",
            code="credentials_incomplete",
            field="signing_private_key",
            name="signing_private_key",
        )
    return key


def headers(keys: Credentials, method: str, address: str, body: bytes) -> dict[str, str]:
    """The headers of one attempt, signed now."""
    return signed(keys.signing_key, private_key(keys.signing_private_key), method, address, body, int(time.time()))


def signed(jwe: str, key: Ed25519PrivateKey, method: str, address: str, body: bytes, at: int) -> dict[str, str]:
    """`at` in Unix seconds. Without a body there is no digest to sign; the query is never signed."""
    url = urlsplit(address)
    found = {"x-ebay-signature-key": jwe}
    if body:
        found["content-digest"] = f"sha-256=:{base64.b64encode(sha256(body).digest()).decode()}:"
    told = found | {"@method": method, "@path": url.path, "@authority": url.netloc}
    names = [*(["content-digest"] if body else []), *COVERED]
    quoted = " ".join(f'"{name}"' for name in names)
    parameters = f"({quoted});created={at}"
    base = "\n".join([*(f'"{name}": {told[name]}' for name in names), f'"@signature-params": {parameters}'])
    signature = base64.b64encode(key.sign(base.encode())).decode()
    return found | {"signature-input": f"sig1={parameters}", "signature": f"sig1=:{signature}:"}
