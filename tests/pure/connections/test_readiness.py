"""What keeps a connection from going live, and what is only to be looked at."""

from typing import Any

import pytest

from services.connections import connectors, readiness
from services.connections.connectors import Finding
from services.connections.readiness import Item
from shared.chassis.problems import Problem
from tests.pure.connections.records import record

OFF = {"orders": False, "articles": False, "stock": False, "fulfilments": False}


def states(items: list[Item]) -> dict[str, str]:
    return {item.code: item.state for item in items}


def test_tested_credentials_and_one_feature_are_all_that_is_required() -> None:
    items = readiness.own(record(productive=False))
    assert states(items) == {"credentials_tested": "done", "features_on": "done"}
    assert readiness.missing(items) == []


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"integration": OFF}, "no_feature_on", "integration"),
        ({"tested_at": None}, "credentials_untested", "credentials"),
        ({"paused_because": "credentials_refused", "paused_detail": "401"}, "credentials_do_not_work", "credentials"),
    ],
)
def test_what_is_missing_is_named_with_its_field(values: dict[str, Any], code: str, field: str) -> None:
    items = readiness.own(record(**values))
    assert [(item.code, item.field) for item in readiness.missing(items)] == [(code, field)]
    with pytest.raises(Problem) as caught:
        readiness.refuse_unless_ready(items, "en")
    assert (caught.value.status, caught.value.code, caught.value.field) == (422, "not_ready", field)
    (told,) = caught.value.extra["missing"]
    assert told["code"] == code
    assert told["sentence"]
    assert told["advice"]


def test_a_change_is_judged_as_it_would_be_afterwards() -> None:
    off = record(integration=OFF)
    assert readiness.missing(readiness.own(off, {"integration": {"orders": True}})) == []
    assert readiness.missing(readiness.own(record(), {"integration": OFF}))


def test_no_project_and_a_pause_by_hand_are_for_attention_only() -> None:
    items = readiness.own(record(project="", paused_because="paused_by_hand"))
    assert states(items) | {"project_not_chosen": "attention", "paused_by_hand": "attention"} == states(items)
    assert readiness.missing(items) == []


def test_what_is_fatal_in_the_shop_is_missing_and_the_rest_for_attention() -> None:
    findings = [Finding(code="scope_missing", field="orders"), Finding(code="key_read_only", fatal=False)]
    items = readiness.shop(connectors.Tested(ok=False, findings=findings))
    assert states(items) == {"scope_missing": "missing", "key_read_only": "attention"}
    assert [item.code for item in readiness.missing(items)] == ["scope_missing"]


def test_a_shop_that_does_not_answer_says_nothing_about_the_connection() -> None:
    items = readiness.shop(connectors.Tested(ok=False, findings=[Finding(code="unreachable", passing=True)]))
    assert states(items) == {"shop_not_asked": "not_known"}
    assert readiness.missing(items) == []


@pytest.mark.parametrize(
    ("before", "news", "expected"),
    [
        ({"productive": False}, {"productive": True}, True),
        ({"productive": True}, {"productive": True}, False),
        ({}, {"productive": False}, False),
        ({}, {"integration": {"orders": True}}, False),
        ({}, {"integration": {"stock": True}}, True),
        ({}, {"integration": {"orders": False}}, False),
        ({}, {"name": "South"}, False),
    ],
)
def test_only_switching_something_on_is_judged(before: dict[str, Any], news: dict[str, Any], expected: bool) -> None:
    assert readiness.switches_on(record(**before), news) is expected
