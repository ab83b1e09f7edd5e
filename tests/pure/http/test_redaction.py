import base64
import json
import time
from urllib.parse import quote

import httpx2
import pytest

from shared.http.redaction import MASK, excerpt, redact_headers, redact_text, redact_url, secrets_of

CANARY = "cs_canary/7f3a+9=ö"


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Proxy-Authorization",
        "Cookie",
        "Set-Cookie",
        "X-Api-Key",
        "apikey",
        "X-Shop-Access-Token",
        "X-Webhook-Signature",
        "password",
        "client_secret",
        "x-amz-access-token",
    ],
)
def test_a_header_that_carries_a_secret_is_masked(name: str) -> None:
    assert redact_headers({name: CANARY, "Accept": "application/json"}) == {name: MASK, "Accept": "application/json"}


def test_an_address_loses_its_keys_and_keeps_what_explains_the_call() -> None:
    url = (
        "https://user:pw@shop.example/orders?consumer_key=ck_1&consumer_secret=cs_1&page=2&oauth_signature=a%2Bb"
        "&oauth_token=t&access_token=t&key=k&next_token=abc&modified_after=2026-01-01T00%3A00%3A00#x"
    )
    assert redact_url(url) == (
        f"https://{MASK}@shop.example/orders?consumer_key={MASK}&consumer_secret={MASK}&page=2&oauth_signature={MASK}"
        f"&oauth_token={MASK}&access_token={MASK}&key={MASK}&next_token=abc&modified_after=2026-01-01T00%3A00%3A00"
    )
    assert redact_url("https://shop.example/orders") == "https://shop.example/orders"


@pytest.mark.parametrize(
    "text",
    [
        f"the key {CANARY} is wrong",
        f"?x={quote(CANARY, safe='')}",
        json.dumps({"echo": CANARY}),
        json.dumps({"echo": CANARY}, ensure_ascii=False),
        json.dumps({"echo": json.dumps({"inner": CANARY})}, ensure_ascii=False),
    ],
)
def test_a_known_secret_is_removed_however_it_is_written(text: str) -> None:
    shown = redact_text(text, {CANARY})
    assert MASK in shown
    assert "7f3a" not in shown


@pytest.mark.parametrize(
    "text",
    [
        '{"client_secret": "hush\\"hush", "a": 1}',
        '{"access_token" : "hushhush"',
        '{"accessToken": 123454321}',
        '{"body": "{\\"refresh_token\\": \\"hushhush\\"}"}',
        "grant_type=password&client_secret=hushhush&username=x",
        "Authorization: Bearer hushhush-hushhush",
        "authorization: hushhush",
        "sent Basic aHVzaGh1c2g6aHVzaGh1c2g=",
        "<Password>hushhush</Password>",
        "<ns:apiKey type='x'>hushhush</ns:apiKey>",
        "eyJhbGciOiJodXNo.eyJzdWIiOiJodXNo.hushhush",
        "{'password': 'hushhush'}",
    ],
)
def test_a_value_whose_name_sounds_secret_is_removed_even_if_nobody_knew_it(text: str) -> None:
    shown = redact_text(text)
    assert MASK in shown
    for rest in ("hush", "123454321", "aHVzaGh1", "eyJhbG"):
        assert rest not in shown


@pytest.mark.parametrize(
    "text",
    [
        '{"nextToken": "abc", "token_type": "bearer", "expires_in": 3600}',
        '{"email": "erika@example.com", "key": "size", "value": "XL", "code": "invalid_sku"}',
        "The article 4711 is not known.",
    ],
)
def test_what_helps_support_stays(text: str) -> None:
    assert redact_text(text) == text


def test_a_request_tells_its_secrets_from_headers_address_and_body() -> None:
    basic = base64.b64encode(b"ck_1234567890ab:cs_hush").decode()
    request = httpx2.Request(
        "POST",
        "https://shop.example/token?consumer_secret=cs_url%2Fx",
        headers={"Authorization": f"Basic {basic}", "X-Api-Key": "k-header", "Accept": "x/y-z"},
        content=b'{"client_secret": "s-\\u00f6-body", "name": "harmless"}',
    )
    found = secrets_of(request)
    assert {basic, f"Basic {basic}", "cs_hush", "ck_1234567890ab", "cs_url/x", "k-header", "s-ö-body"} <= found
    assert not found & {"harmless", "x/y-z"}
    form = httpx2.Request("POST", "https://shop.example/", content=b"client_secret=a%2Bbcd&grant_type=x")
    assert "a+bcd" in secrets_of(form)


def test_a_long_body_is_shown_up_to_four_kilobytes_and_a_file_only_described() -> None:
    assert len(excerpt(b"x" * 100_000, "text/plain", ())) == 4096
    assert excerpt(b"%PDF" * 10, "application/pdf; x=y", ()) == "(40 bytes of application/pdf)"
    assert excerpt(b"", "application/pdf", ()) == ""
    assert excerpt(b'{"a":"\xff"}', "application/json", ()) == '{"a":"\ufffd"}'


@pytest.mark.parametrize("piece", ["a", '"', "\\", "<a ", 'a":"', "a=", "eyJ", "Bearer ", "token:", '\\"'])
def test_no_text_makes_redaction_slow(piece: str) -> None:
    text = (piece * 16384)[:16384]
    started = time.process_time()
    redact_text(text)
    assert time.process_time() - started < 1
