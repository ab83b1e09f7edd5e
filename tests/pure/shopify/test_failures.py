"""What the shop's own errors mean, whatever else the answer holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import orjson
import pytest

from services.connectors.shopify.client.failures import explain, explain_grant
from shared.contracts.errors import Defect, KontorError, Misconfigured, Rejected, Transient, Unknown
from shared.http.client import Reply

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def reply(body: Any, status: int = 200, repeatable: bool = True) -> Reply:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return Reply(status, httpx2.Headers({"content-type": "application/json"}), raw, NOW, NOW, repeatable)


def error(code: str, message: str = "no", **more: Any) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code}, **more}


def cost(asked: float, available: float, most: float = 2000, rate: float = 100) -> dict[str, Any]:
    status = {"maximumAvailable": most, "currentlyAvailable": available, "restoreRate": rate}
    return {"cost": {"requestedQueryCost": asked, "actualQueryCost": None, "throttleStatus": status}}


def test_a_good_answer_is_no_error_even_if_a_customer_wrote_the_word() -> None:
    note = {"data": {"order": {"note": 'the "errors" : [{"message": "x"}] of my life'}}}
    assert explain(reply(note)) is None


@pytest.mark.parametrize(
    ("asked", "available", "seconds"), [(752, 666, 0.86), (630, 30, 6.0), (100, 500, 0.0), (2000, 0, 20.0)]
)
def test_throttled_waits_for_the_missing_points(asked: float, available: float, seconds: float) -> None:
    found = explain(reply({"errors": [error("THROTTLED")], "extensions": cost(asked, available)}))
    assert isinstance(found, Transient)
    assert found.code == "throttled"
    assert found.retry_after is not None
    assert found.retry_after / timedelta(seconds=1) == pytest.approx(seconds)


def test_throttled_without_an_account_of_the_points_waits_as_the_bucket_thinks() -> None:
    found = explain(reply({"errors": [error("THROTTLED")]}))
    assert isinstance(found, Transient)
    assert found.retry_after is None


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [error("MAX_COST_EXCEEDED")]},
        {"errors": [error("THROTTLED")], "extensions": cost(1500, 100, most=1000)},
    ],
)
def test_a_query_that_never_fits_asks_for_a_smaller_page(body: dict[str, Any]) -> None:
    found = explain(reply(body))
    assert isinstance(found, Rejected)
    assert found.code == "query_too_dear"


@pytest.mark.parametrize(
    ("message", "access", "field"),
    [
        ("Access denied for customer field. Required access: `read_customers` access scope.", "", "read_customers"),
        ("Access denied.", "`write_orders` access scope.", "write_orders"),
        ("Access denied. Required access: permission to read protected customer data.", "", "protected_customer_data"),
        ("Access denied.", "", "email"),
    ],
)
def test_a_denied_field_names_the_scope(message: str, access: str, field: str) -> None:
    denied = error("ACCESS_DENIED", message, path=["order", "email"])
    denied["extensions"]["requiredAccess"] = access
    found = explain(reply({"data": {"order": {"name": "#1"}}, "errors": [denied]}))
    assert isinstance(found, Misconfigured)
    assert (found.code, found.field) == ("scope_missing", field)


@pytest.mark.parametrize(
    ("body", "status", "repeatable", "kind", "code"),
    [
        ({"errors": [error("INTERNAL_SERVER_ERROR")]}, 200, True, Transient, "shop_down"),
        ({"errors": [error("INTERNAL_SERVER_ERROR")]}, 200, False, Unknown, "answer_lost"),
        ({"errors": [error("SHOP_INACTIVE")]}, 200, True, Misconfigured, "shop_locked"),
        ({"errors": [{"message": "Field 'x' doesn't exist on type 'Order'"}]}, 200, True, Defect, "defect"),
        ({"errors": [error("BAD_REQUEST", path=["order"])]}, 200, True, Rejected, "rejected"),
        ({"errors": "Internal"}, 500, False, Unknown, "answer_lost"),
        ({"errors": "Not Found"}, 404, True, Misconfigured, "shop_unknown"),
    ],
)
def test_who_must_act(body: Any, status: int, repeatable: bool, kind: type[KontorError], code: str) -> None:
    found = explain(reply(body, status, repeatable))
    assert type(found) is kind
    assert found.code == code


def test_of_several_errors_the_one_that_time_heals_comes_first() -> None:
    body = {"errors": [error("BAD_REQUEST", path=["a"]), error("ACCESS_DENIED"), error("THROTTLED")]}
    found = explain(reply(body | {"extensions": cost(10, 0)}))
    assert isinstance(found, Transient)


@pytest.mark.parametrize("status", [401, 402, 403, 423, 429, 500, 503])
def test_other_states_are_left_to_the_client(status: int) -> None:
    assert explain(reply({"errors": "x"}, status)) is None


@pytest.mark.parametrize(
    "body", [b'{"errors"', b'["errors"]', b'{"errors": "x"}', b'{"errors": []}', b'{"errors": [1]}']
)
def test_an_answer_that_makes_no_sense_is_judged_where_it_is_read(body: bytes) -> None:
    assert explain(reply(body)) is None


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"error": "invalid_client", "error_description": "No."}, 400, "client_secret"),
        ({"error": "application_cannot_be_found"}, 400, "client_id"),
        ({"error": "app_not_installed"}, 400, "shop_url"),
        (b"<html>", 403, "shop_url"),
        (b"[]", 400, "shop_url"),
        ({"errors": "Not Found"}, 404, "shop_url"),
    ],
)
def test_a_refused_token_request_is_the_merchants_to_mend(body: Any, status: int, field: str) -> None:
    found = explain_grant(reply(body, status))
    assert isinstance(found, Misconfigured)
    assert found.field == field


def test_a_token_request_that_time_heals_is_left_to_the_client() -> None:
    assert explain_grant(reply({"errors": "x"}, 503)) is None
    assert explain_grant(reply({"access_token": "shpat_x"})) is None
