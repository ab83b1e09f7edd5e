"""Which of the shop's errors heal by themselves, which are the merchant's, and which are for ever."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.connectors.shopware6.client.failures import explain, explain_grant
from shared.contracts.errors import Misconfigured, Rejected, Transient
from shared.http.reply import Reply

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def reply(status: int, body: Any) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, {"content-type": "application/json"}, raw, NOW, NOW)


def errors(status: int, code: str, **more: Any) -> Reply:
    return reply(status, {"errors": [{"status": str(status), "code": code, "detail": "Fehler"} | more]})


@pytest.mark.parametrize(
    "code",
    ["FRAMEWORK__ASSOCIATION_NOT_FOUND", "FRAMEWORK__WRITE_TYPE_INTEND_ERROR", "CONTENT__MEDIA_DUPLICATED_FILE_NAME"],
)
def test_a_server_error_with_a_code_of_the_shops_own_is_a_refusal(code: str) -> None:
    error = explain(errors(500, code))
    assert isinstance(error, Rejected)
    assert error.params["platform_code"] == code


@pytest.mark.parametrize("code", ["0", "1213", "", "HY000"])
def test_any_other_server_error_is_left_to_time(code: str) -> None:
    assert explain(errors(500, code)) is None
    assert explain(errors(503, code)) is None


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"errors": "Too many"}', b'{"errors": [1]}', b'{"errors": []}']
)
def test_an_error_in_no_form_is_judged_by_its_status(body: bytes) -> None:
    for status in (400, 401, 403, 404, 429, 500):
        assert explain(reply(status, body)) is None
        assert explain_grant(reply(status, body)) is None


@pytest.mark.parametrize(
    ("detail", "field"),
    [
        ('{"message":"Missing privilege","missingPrivileges":["order:read","tag:read"]}', "order:read, tag:read"),
        ("Zugriff verweigert", "a privilege"),
        (None, "a privilege"),
    ],
)
def test_a_missing_right_is_named_though_it_stands_as_json_in_a_text(detail: Any, field: str) -> None:
    error = explain(errors(403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR", detail=detail))
    assert isinstance(error, Misconfigured)
    assert (error.code, error.field) == ("scope_missing", field)


def test_bad_values_are_told_by_their_pointers_whatever_the_language() -> None:
    rows = [
        {"status": "400", "code": "x", "detail": "Pflichtfeld", "source": {"pointer": "/stock/1/taxId"}},
        {"status": "400", "code": "x", "detail": "Pflichtfeld", "source": {"pointer": "/stock/4/price"}},
        {"status": "400", "code": "x", "detail": "Pflichtfeld"},
    ]
    error = explain(reply(400, {"errors": rows}))
    assert isinstance(error, Rejected)
    assert error.params["pointers"] == "/stock/1/taxId /stock/4/price"


@pytest.mark.parametrize(
    ("meta", "seconds"), [({"parameters": {"seconds": 30}}, 30), ({"parameters": []}, 60), (None, 60)]
)
def test_the_brake_at_the_door_says_in_its_body_how_long(meta: Any, seconds: int) -> None:
    error = explain_grant(errors(429, "FRAMEWORK__AUTH_THROTTLED", meta=meta))
    assert isinstance(error, Transient)
    assert (error.code, error.retry_after) == ("throttled", timedelta(seconds=seconds))


def test_a_wrong_key_is_the_merchants_to_mend() -> None:
    error = explain_grant(errors(401, "4", detail=None))
    assert isinstance(error, Misconfigured)
    assert (error.code, error.field) == ("credentials_refused", "secret_access_key")
