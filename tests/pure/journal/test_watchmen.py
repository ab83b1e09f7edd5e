"""What the journal's watchmen find, and what they leave alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.journal.concern import concern_of, newest
from services.journal.next_step import next_step
from services.journal.watchmen import (
    EXPIRING,
    SET_ASIDE,
    SILENT,
    STUCK,
    Account,
    LastRun,
    expiring,
    silent,
    valid_until,
)
from services.order_import.watchmen import FEW, UNACKNOWLEDGED, UNREPORTED
from shared.chassis.sentences import catalogue
from shared.chassis.watching import Watchman
from tests.pure.journal.lives import MORNING, SHOP, acknowledged, entry, imported, read

QUARTER = timedelta(minutes=15)


def account(*running: str, **facts: str) -> Account:
    return Account(SHOP, "shop", "Küchenladen", frozenset(running), facts)


def last_run(minutes_ago: float, stream: str = "order", every: timedelta = QUARTER) -> LastRun:
    return LastRun(SHOP, stream, MORNING - timedelta(minutes=minutes_ago), every)


@pytest.mark.parametrize("watchman", [STUCK, SILENT, EXPIRING, SET_ASIDE, FEW, UNACKNOWLEDGED, UNREPORTED])
def test_every_watchman_has_his_sentences_and_a_word_of_his_own(watchman: Watchman) -> None:
    assert catalogue()[watchman.found].advice_de
    assert catalogue()[watchman.over].actor == "time"
    assert concern_of(entry(0, "started", watchman.found, "error")) == f"watch:{watchman.name}"


def test_a_stream_is_silent_after_some_times_its_interval() -> None:
    running = [account("orders")]
    assert silent(running, [last_run(60)], MORNING, 4) == []
    (found,) = silent(running, [last_run(61)], MORNING, 4)
    assert found.subject == f"{SHOP}:order"
    assert found.params["minutes"] == "15"
    assert found.params["since"] == "2026-03-02 06:59 UTC"
    assert silent(running, [last_run(61, every=timedelta(hours=1))], MORNING, 4) == []
    assert silent(running, [last_run(14, every=timedelta(seconds=1))], MORNING, 4) == []


def test_a_stream_that_is_switched_off_or_whose_connection_is_gone_is_silent_on_purpose() -> None:
    assert silent([account("articles")], [last_run(600)], MORNING, 4) == []
    assert silent([], [last_run(600)], MORNING, 4) == []


def test_credentials_near_their_end_are_found() -> None:
    soon = account(valid_until="2026-03-10")
    assert [one.params["until"] for one in expiring([soon], MORNING, timedelta(days=14))] == ["2026-03-10 00:00 UTC"]
    assert expiring([account(valid_until="2026-04-10")], MORNING, timedelta(days=14)) == []
    assert len(expiring([account(valid_until="2026-01-01")], MORNING, timedelta(days=14))) == 1


@pytest.mark.parametrize("facts", [{}, {"valid_until": ""}, {"valid_until": "never"}])
def test_facts_that_name_no_end_raise_nothing(facts: dict[str, str]) -> None:
    assert valid_until(facts) is None


def test_an_end_may_carry_its_own_zone() -> None:
    assert valid_until({"valid_until": "2026-03-10T02:00:00+02:00"}) == datetime(2026, 3, 10, tzinfo=UTC)


def test_a_connection_is_read_as_its_owner_shows_it() -> None:
    shown: dict[str, Any] = {
        "id": str(SHOP), "platform": "shop", "name": "Küchenladen", "facts": {"valid_until": "2026-03-10"},
        "switches": [{"feature": "orders", "blocked_by": ""}, {"feature": "stock", "blocked_by": "connection_paused"}],
    }  # fmt: skip
    assert Account.read(shown) == account("orders", valid_until="2026-03-10")


def test_a_watch_raises_and_settles_only_its_own_worry() -> None:
    found = entry(2, "started", UNACKNOWLEDGED.found, "error")
    verdicts = {one.concern: one for one in newest([imported(1), found])}
    assert [cause.code for cause in verdicts["watch:acknowledgement"].causes] == [UNACKNOWLEDGED.found]
    assert verdicts["record"].causes == ()
    (settled,) = newest([found, entry(3, "finished", UNACKNOWLEDGED.over)])
    assert (settled.concern, settled.causes) == ("watch:acknowledgement", ())


def test_that_an_order_stands_still_does_not_change_what_comes_next() -> None:
    late = entry(3, "started", UNACKNOWLEDGED.found, "error")
    assert next_step("order", [read(0), imported(1), late]).code == "next_acknowledgement"
    assert next_step("order", [read(0), imported(1), late, acknowledged(4)]).code == "next_shipment"
    assert next_step("order", [read(0), entry(1, "started", STUCK.found, "error")]).code == "next_import"
