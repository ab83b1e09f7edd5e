"""Digital signatures of calls: an Ed25519 key, known to eBay by its token ("jwe"), over five parts of a call."""

import base64
import hashlib
import re
from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import Request

from services.sandbox.ebay.errors import ApiError

INPUT = re.compile(r'sig1=\((?P<parts>"[a-z@"\- ]+")\);created=(?P<at>\d+)')
MUST = {"x-ebay-signature-key", "@method", "@path", "@authority"}


class SigningKey:
    """What the key management once answered: the private key is shown to the seller only then."""

    def __init__(self, name: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{name} signing".encode()).digest())
        self.jwe = base64.urlsafe_b64encode(hashlib.sha512(f"{name} jwe".encode()).digest()).decode()

    @property
    def private_key(self) -> str:
        """One line of base64, as the platform hands it out."""
        der = self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return base64.b64encode(der).decode()

    async def check(self, request: Request, address: Callable[[Request], str]) -> None:
        """Raises ApiError for a call that is not signed, or not by this key."""
        headers, body = request.headers, await request.body()
        found = INPUT.fullmatch(headers.get("signature-input", ""))
        given = re.fullmatch(r"sig1=:([A-Za-z0-9+/=]+):", headers.get("signature", ""))
        if found is None or given is None or headers.get("x-ebay-signature-key") != self.jwe:
            raise _refused("The signature headers are missing or do not name a known key.")
        names = found["parts"].replace('"', "").split()
        if not set(names) >= MUST | ({"content-digest"} if body else set()):
            raise _refused("The signature does not cover what it must.")
        if body:
            digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
            if headers.get("content-digest") != f"sha-256=:{digest}:":
                raise _refused("The content digest is wrong.")
        derived = {"@method": request.method, "@path": address(request), "@authority": headers["host"]}
        lines = [f'"{name}": {derived.get(name) or headers.get(name, "")}' for name in names]
        lines.append(f'"@signature-params": ({found["parts"]});created={found["at"]}')
        try:
            self._key.public_key().verify(base64.b64decode(given[1]), "\n".join(lines).encode())
        except (InvalidSignature, ValueError) as error:
            raise _refused("The signature does not match.") from error


def _refused(message: str) -> ApiError:
    return ApiError(401, 215122, "ACCESS", message)
