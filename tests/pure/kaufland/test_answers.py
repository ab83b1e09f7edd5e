"""What an answer of the platform's means for whoever must act."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from services.connectors.kaufland.client.answers import data, explain, rows
from shared.contracts.errors import Misconfigured, Rejected, Transient
from shared.http.reply import Reply


def answered(status: int, kind: str = "", body: Any = None, **fields: str) -> Reply:
    errors = [{"field": name, "message": said} for name, said in fields.items()]
    problem = {"type": kind, "message": "It cannot be done.", "errors": errors}
    content = json.dumps(problem if body is None else body).encode()
    return Reply(status, httpx2.Headers(), content, datetime.now(UTC), datetime.now(UTC), True)


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("/problems/invalid-credentials", "client_key"),
        ("/problems/corrupted-signature", "secret_key"),
        ("/problems/missing-or-invalid-request-header", "secret_key"),
    ],
)
def test_refused_keys_are_told_apart(kind: str, field: str) -> None:
    found = explain(answered(401, kind))
    assert isinstance(found, Misconfigured)
    assert (found.code, found.field) == ("credentials_refused", field)


def test_an_account_that_is_not_active_is_the_merchants_to_open() -> None:
    for status in (401, 403):
        found = explain(answered(status, "/problems/inactive-account"))
        assert isinstance(found, Misconfigured)
        assert found.code == "shop_locked"


@pytest.mark.parametrize(
    "kind",
    ["/problems/duplicate-action", "/problems/action-not-allowed", "/problems/order-units/cancel-not-possible"],
)
def test_a_refused_action_concerns_one_record_although_it_looks_like_a_missing_right(kind: str) -> None:
    found = explain(answered(403, kind))
    assert isinstance(found, Rejected)
    assert found.params["platform_code"] == kind


def test_a_missing_right_is_left_to_be_judged_by_its_status() -> None:
    assert explain(answered(403, "/problems/forbidden")) is None
    assert explain(answered(401, "/problems/unauthorized")) is None


def test_a_refusal_names_the_field_and_a_record_that_is_gone_is_not_found() -> None:
    found = explain(answered(400, "/problems/validation-error", carrier_code="is not known"))
    assert isinstance(found, Rejected)
    assert found.detail == "It cannot be done.; carrier_code: is not known"
    gone = explain(answered(404, "/problems/not-found"))
    assert isinstance(gone, Rejected)
    assert gone.code == "not_found"


@pytest.mark.parametrize("status", [200, 204, 207, 429, 500, 503])
def test_what_is_no_refusal_is_not_explained(status: int) -> None:
    assert explain(answered(status, "/problems/server-error")) is None


@pytest.mark.parametrize("body", [[], "x", {"message": None}, {"type": 1}, {"errors": {}}])
def test_an_error_that_is_none_of_the_platforms_own_is_judged_by_its_status(body: Any) -> None:
    found = explain(answered(400, body=body))
    assert found is None or isinstance(found, Rejected)


@pytest.mark.parametrize("body", [{}, [], {"data": {}}, {"data": None}])
def test_an_answer_without_rows_is_asked_for_again(body: Any) -> None:
    with pytest.raises(Transient) as caught:
        rows(answered(200, body=body))
    assert caught.value.code == "not_json"


def test_data_is_what_stands_behind_that_name() -> None:
    assert data(answered(200, body={"data": {"id_order": "MB7KXLD"}})) == {"id_order": "MB7KXLD"}
