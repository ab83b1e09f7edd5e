"""A call is signed as the platform's pages say, and a notification is believed only if it is signed the same way."""

import base64
import hashlib
import hmac
import json

import pytest

from services.connectors.kaufland import webhooks
from services.connectors.kaufland.client.signature import headers, signature
from services.connectors.kaufland.settings import Credentials
from shared.connector_kit.declaration import ADDRESS
from shared.http.signing import signed

SECRET = "a7d0cb1da1ddbc86c96ee5fedd341b7d8ebfbb2f5c83cfe0909f4e57f05dd403"
HOOK = "https://kontor.example/hooks/kaufland/1"


def as_the_pages_say(secret: str, method: str, uri: str, body: str, at: int) -> "hmac.HMAC":
    """From the document alone: four lines, the last the time, the key the secret's own letters."""
    return hmac.new(secret.encode("utf-8"), f"{method}\n{uri}\n{body}\n{at}".encode(), hashlib.sha256)


@pytest.mark.parametrize(
    ("method", "uri", "body"),
    [
        ("GET", "https://sellerapi.kaufland.com/v2/orders?storefront=de&limit=30", ""),
        (
            "POST",
            "https://sellerapi.kaufland.com/v2/units?storefront=de",
            '{"ean":"4011905437873","listing_price":4550}',
        ),
        ("PATCH", "https://sellerapi.kaufland.com/v2/order-units/314567896580917/send", '{"carrier_code":"Grüße"}'),
    ],
)
def test_a_call_is_signed_as_the_platforms_pages_say(method: str, uri: str, body: str) -> None:
    expected = as_the_pages_say(SECRET, method, uri, body, 1411055926)
    assert signature(SECRET, method, uri, body.encode(), "1411055926") == expected.hexdigest()
    in_base64 = base64.b64encode(expected.digest()).decode()
    assert signature(SECRET, method, uri, body.encode(), "1411055926", form="base64") == in_base64


def test_the_secret_is_a_text_although_it_looks_like_hexadecimal_digits() -> None:
    uri = "https://sellerapi.kaufland.com/v2/status/ping"
    of_bytes = hmac.new(bytes.fromhex(SECRET), f"GET\n{uri}\n\n1".encode(), hashlib.sha256).hexdigest()
    assert signature(SECRET, "GET", uri, b"", "1") != of_bytes


def test_a_provider_of_many_sellers_signs_with_his_own_pair_besides() -> None:
    keys = Credentials(
        client_key="clientclient", secret_key=SECRET, partner_client_key="partnerpartner", partner_secret_key="p" * 64
    )
    found = headers(keys, "GET", "https://s.example/v2/orders", b"")
    at = int(found["Shop-Timestamp"])
    for secret, name in ((SECRET, "Shop-Signature"), ("p" * 64, "Shop-Partner-Signature")):
        assert found[name] == as_the_pages_say(secret, "GET", "https://s.example/v2/orders", "", at).hexdigest()
    assert found["Shop-Partner-Client-Key"] == "partnerpartner"
    alone = headers(Credentials(client_key="clientclient", secret_key=SECRET), "GET", "https://s.example", b"")
    assert set(alone) == {"Shop-Client-Key", "Shop-Timestamp", "Shop-Signature"}


def test_what_is_signed_is_the_address_and_the_body_that_leave() -> None:
    import httpx2

    seen: list[tuple[str, str, bytes]] = []

    def note(method: str, address: str, body: bytes) -> dict[str, str]:
        seen.append((method, address, body))
        return {"Shop-Signature": "x"}

    request = httpx2.Request(
        "POST", "https://s.example/v2/orders", params={"ts_created_from_iso": "2026-11-18T09:00:00Z"}, json={"a": "ü"}
    )
    sent = next(signed(note).auth_flow(request))
    assert seen == [("POST", "https://s.example/v2/orders?ts_created_from_iso=2026-11-18T09%3A00%3A00Z", sent.content)]
    assert sent.url.raw_path == b"/v2/orders?ts_created_from_iso=2026-11-18T09%3A00%3A00Z"
    assert sent.headers["shop-signature"] == "x"


def told(resource: str, storefront: str | None = "de", event: str = "order_new") -> bytes:
    return json.dumps({"event_name": event, "id_message": 1, "resource": resource, "storefront": storefront}).encode()


def notified(body: bytes, address: str = HOOK, secret: str = SECRET) -> dict[str, str]:
    made = as_the_pages_say(secret, "POST", address, body.decode(), 1764000000)
    return {"shop-timestamp": "1764000000", "shop-signature": made.hexdigest(), ADDRESS: HOOK}


def test_a_notification_meant_for_another_address_or_another_time_is_not_believed() -> None:
    body = told("/orders/MB7KXLD/")
    assert webhooks.verify(notified(body), body, [SECRET])
    assert not webhooks.verify(notified(body, HOOK + "0"), body, [SECRET])
    assert not webhooks.verify(notified(body) | {"shop-timestamp": "1764000001"}, body, [SECRET])
    assert not webhooks.verify(notified(body, secret="another"), body, [SECRET])


@pytest.mark.parametrize(
    ("resource", "hint"),
    [
        ("/orders/MB7KXLD/", ("order", "MB7KXLD")),
        ("https://sellerapi.kaufland.com/v2/orders/MB7KXLD?embedded=delivery", ("order", "MB7KXLD")),
        ("/v2/order-units/314567896580917/", ("order", "unit:314567896580917")),
        ("/units/387500001000/?storefront=de", ("article", "de:387500001000")),
        ("/order-units/", None),
        ("/units/abc/", None),
        ("/returns/23234545/", None),
        ("", None),
    ],
)
def test_a_notification_says_only_where_to_look(resource: str, hint: tuple[str, str] | None) -> None:
    found = webhooks.hint({}, told(resource, "DE"))
    assert (None if found is None else (found.noun, found.external_id)) == hint


def test_an_offer_in_no_storefront_cannot_be_looked_at() -> None:
    assert webhooks.hint({}, told("/units/387500001000/", None, "item_unit_changed")) is None
