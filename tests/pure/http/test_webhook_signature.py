"""Our webhooks' signature, verified as the documentation tells a receiver to."""

import hashlib
import hmac

from shared.http.signing import webhook_signature


def verified(header: str, secret: str, body: bytes) -> bool:
    parts = dict(part.split("=", 1) for part in header.split(","))
    expected = hmac.new(secret.encode(), f"{parts['t']}.".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(parts["v1"], expected)


def test_a_receiver_can_tell_our_message_from_a_changed_one() -> None:
    header = webhook_signature("kontor_whsec_x", b'{"id":"1"}', 1_790_000_000)
    assert header.startswith("t=1790000000,v1=")
    assert verified(header, "kontor_whsec_x", b'{"id":"1"}')
    assert not verified(header, "kontor_whsec_x", b'{"id":"2"}')
    assert not verified(header.replace("t=179", "t=180"), "kontor_whsec_x", b'{"id":"1"}')
    assert not verified(header, "another", b'{"id":"1"}')
