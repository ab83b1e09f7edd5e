"""One word for how a connection is doing, and the first thing somebody must know."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.connections.connectors import StreamState, WorkState
from services.connections.health import age, judge
from shared.chassis.sentences import catalogue
from tests.pure.connections.records import NOON, record

OFF = {"orders": False, "articles": False, "stock": False, "fulfilments": False}


def work(last: datetime | None = NOON, error: str = "", feature: str = "orders") -> WorkState:
    stream = StreamState(
        stream="order",
        feature=feature,
        every_seconds=900,
        position=last,
        first_pass_at=last,
        last_success_at=last,
        last_error=error,
    )
    return WorkState(streams=[stream])


def test_a_connection_that_reads_in_time_is_well() -> None:
    assert judge(record(), work(), NOON + timedelta(minutes=40)).state == "ok"


@pytest.mark.parametrize(
    ("values", "state", "code"),
    [
        ({"paused_because": "credentials_refused"}, "stopped", "credentials_refused"),
        ({"productive": False}, "stopped", "productive_mode_off"),
        ({"integration": OFF}, "stopped", "no_feature_on"),
        ({"credentials_valid_until": NOON}, "stopped", "health_credentials_ended"),
        ({"credentials_valid_until": NOON + timedelta(days=13)}, "degraded", "health_credentials_end_soon"),
        ({"credentials_valid_until": NOON + timedelta(days=15)}, "ok", "health_ok"),
    ],
)
def test_the_reason_is_a_sentence_of_the_catalogue(values: dict[str, Any], state: str, code: str) -> None:
    verdict = judge(record(**values), work(), NOON)
    assert (verdict.state, verdict.code) == (state, code)
    assert code in catalogue()


def test_a_pause_outweighs_everything_else() -> None:
    paused = record(paused_because="paused_by_hand", productive=False)
    assert judge(paused, None, NOON).code == "paused_by_hand"


def test_a_silent_connector_is_no_healthy_one() -> None:
    verdict = judge(record(), None, NOON)
    assert (verdict.state, verdict.code) == ("degraded", "health_connector_silent")


def test_a_stream_that_fails_or_is_three_rounds_late_is_named() -> None:
    failing = judge(record(), work(error="throttled"), NOON)
    assert (failing.state, failing.code, failing.params["reason"]) == ("degraded", "health_stream_fails", "throttled")
    late = judge(record(), work(), NOON + timedelta(minutes=51))
    assert (late.state, late.code) == ("degraded", "health_stream_late")


def test_a_stream_that_nobody_switched_on_is_nobodys_worry() -> None:
    assert judge(record(), work(error="throttled", feature="articles"), NOON).state == "ok"


def test_a_new_connection_has_time_for_its_first_pass() -> None:
    assert judge(record(), work(last=None), NOON + timedelta(minutes=49)).state == "ok"
    assert judge(record(), work(last=None), NOON + timedelta(minutes=51)).code == "health_stream_late"


def test_the_age_of_what_never_was_is_unknown_and_never_negative() -> None:
    assert age(None, NOON) is None
    assert age(NOON, NOON + timedelta(seconds=90)) == 90
    assert age(NOON + timedelta(seconds=5), NOON) == 0
