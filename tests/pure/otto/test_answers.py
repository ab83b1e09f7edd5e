"""What the platform's errors mean for whoever must act."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.connectors.otto.client.answers import explain, explain_grant
from shared.contracts.errors import Misconfigured, Rejected
from shared.http.client import Reply

NOW = datetime(2026, 11, 27, tzinfo=UTC)
ERROR = {
    "path": "/shipments",
    "title": "PROPERTY_IS_MANDATORY",
    "jsonPath": "trackingKey",
    "detail": "The property is mandatory",
}


def reply(status: int, body: Any) -> Reply:
    return Reply(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode(), NOW, NOW)


@pytest.mark.parametrize("errors", [[ERROR], ERROR])
def test_an_error_is_told_in_the_platforms_words_with_its_field(errors: Any) -> None:
    found = explain(reply(400, {"errors": errors}))
    assert isinstance(found, Rejected)
    assert found.detail == "PROPERTY_IS_MANDATORY: trackingKey: The property is mandatory"
    assert (found.code, found.params["json_path"]) == ("rejected", "trackingKey")


def test_the_reference_for_the_platforms_support_is_kept() -> None:
    found = explain(reply(409, {"errors": [ERROR | {"logref": "6f1c"}]}))
    assert found is not None
    assert found.params["logref"] == "6f1c"


def test_a_record_that_is_not_there_is_told_apart() -> None:
    found = explain(reply(404, {"errors": [{"title": "RESOURCE_NOT_FOUND", "path": "/v4/orders"}]}))
    assert found is not None
    assert found.code == "not_found"


def test_a_piece_of_another_seller_is_one_refusal_and_no_missing_right() -> None:
    assert isinstance(explain(reply(403, {"errors": [{"title": "INSUFFICIENT_PERMISSION"}]})), Rejected)
    assert explain(reply(403, {"errors": [{"title": "FORBIDDEN"}]})) is None


@pytest.mark.parametrize("status", [200, 401, 429, 500])
def test_what_the_status_says_already_is_left_to_it(status: int) -> None:
    assert explain(reply(status, {"errors": [ERROR]})) is None


@pytest.mark.parametrize("body", [b"<html>", {}, {"errors": []}, {"errors": ["text"]}, []])
def test_an_error_in_another_form_is_left_to_its_status(body: Any) -> None:
    assert explain(reply(400, body)) is None


@pytest.mark.parametrize(
    ("status", "word", "code", "field"),
    [
        (400, "invalid_scope", "scope_missing", "scope"),
        (401, "invalid_client", "credentials_refused", "client_secret"),
        (401, "unauthorized_client", "credentials_refused", "client_secret"),
        (404, "", "credentials_refused", "installation_id"),
    ],
)
def test_a_refused_token_names_what_the_seller_has_to_mend(status: int, word: str, code: str, field: str) -> None:
    found = explain_grant(reply(status, {"error": word} if word else b"gone"))
    assert isinstance(found, Misconfigured)
    assert (found.code, found.field) == (code, field)


def test_a_token_endpoint_that_is_down_is_nobodys_fault() -> None:
    assert explain_grant(reply(503, b"")) is None
