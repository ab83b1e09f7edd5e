"""What support sees of an original."""

import json

from hypothesis import given
from hypothesis import strategies as st

from services.journal.redaction import readable

MASK = "[redacted]"


def test_secrets_inside_an_original_are_masked_and_the_rest_stays() -> None:
    body = {
        "id": 9,
        "token": "shptka_1",
        "customer": {"email": "a@b.de", "password": "geheim"},
        "lines": [{"sku": "K"}],
    }
    shown = readable(json.dumps(body).encode(), "application/json")
    assert shown == {
        "id": 9, "token": MASK, "customer": {"email": "a@b.de", "password": MASK}, "lines": [{"sku": "K"}],
    }  # fmt: skip


def test_a_bearer_token_inside_a_text_is_masked() -> None:
    shown = readable(json.dumps({"note": "Authorization: Bearer abcdefghijklmnop1234"}).encode(), "application/json")
    assert "abcdefghijklmnop1234" not in json.dumps(shown)


def test_secrets_inside_xml_are_masked() -> None:
    shown = readable(b"<order><password>geheim1</password><sku>K</sku></order>", "application/xml")
    assert "geheim1" not in shown
    assert "<sku>K</sku>" in shown


def test_a_broken_json_body_is_shown_as_text_without_its_secrets() -> None:
    shown = readable(b'{"access_token": "abcdef123456", "id": ', "application/json")
    assert isinstance(shown, str)
    assert "abcdef123456" not in shown


def test_a_body_nested_without_end_does_not_break_the_reading_room() -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    assert isinstance(readable(deep, "application/json"), str | list)


@given(st.binary(max_size=400))
def test_any_bytes_can_be_shown(body: bytes) -> None:
    json.dumps(readable(body, "application/json"))
