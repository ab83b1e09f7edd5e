"""Which orders are imported, which wait and why."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from services.order_import.order_rules import judge
from services.order_import.rules.facts import Facts
from tests.pure.order_import.ruled import found, kept_back
from tests.pure.order_import.samples import NOON, line, order

KNOWN = {"KR-1": 1}


def test_without_triggers_every_order_is_imported() -> None:
    assert kept_back(order(payment_state="unpaid", channel="pos")) == []


@pytest.mark.parametrize(
    ("differing", "triggers", "code"),
    [
        ({"payment_state": "unpaid"}, {"payment_states": ["paid", "authorised"]}, "payment_state_not_imported"),
        ({"state": "completed"}, {"order_states": ["open"]}, "order_state_not_imported"),
        ({"channel": "pos"}, {"sales_channels": ["web"]}, "sales_channel_not_imported"),
        ({"channel": "Web"}, {"sales_channels": ["web"]}, "sales_channel_not_imported"),
        ({}, {"placed_from": NOON + timedelta(seconds=1)}, "placed_before_start"),
    ],
)
def test_an_order_that_a_trigger_excludes_waits_and_says_why(
    differing: dict[str, Any], triggers: dict[str, Any], code: str
) -> None:
    one = order(**differing)
    verdict = judge(one, KNOWN, tolerance=5, found=found(one, triggers=triggers))
    assert (verdict.status, [reason.code for reason in verdict.reasons]) == ("waiting", [code])


@pytest.mark.parametrize(
    ("differing", "triggers"),
    [
        ({}, {"payment_states": ["paid"]}),
        ({"state": "open", "state_word": "checked"}, {"order_states": ["checked"]}),
        ({"state": "open", "state_word": "checked"}, {"order_states": ["open"]}),
        ({"channel": "web"}, {"sales_channels": ["pos", "web"]}),
        ({}, {"placed_from": NOON}),
        ({}, {"placed_from": datetime(2026, 3, 4, 13, 0, tzinfo=timezone(timedelta(hours=1)))}),
    ],
)
def test_an_order_that_every_trigger_names_is_imported(differing: dict[str, Any], triggers: dict[str, Any]) -> None:
    assert kept_back(order(**differing), triggers=triggers) == []


def test_all_triggers_that_exclude_an_order_are_named_at_once() -> None:
    one = order(payment_state="unpaid", channel="pos")
    triggers = {"payment_states": ["paid"], "sales_channels": ["web"], "placed_from": datetime(2027, 1, 1, tzinfo=UTC)}
    assert kept_back(one, triggers=triggers) == [
        "payment_state_not_imported",
        "sales_channel_not_imported",
        "placed_before_start",
    ]


def test_nobody_is_asked_to_mend_an_order_that_is_not_imported_anyway() -> None:
    one = order("1", line("UNKNOWN"), billing_address=None, payment_state="unpaid")
    verdict = judge(one, KNOWN, tolerance=5, found=found(one, triggers={"payment_states": ["paid"]}))
    assert [reason.code for reason in verdict.reasons] == ["payment_state_not_imported"]
    assert {reason.actor for reason in verdict.reasons} == {"time"}


def test_an_order_that_was_imported_once_stays_whatever_becomes_of_it() -> None:
    entered = Facts(entered=True)
    one = order(payment_state="refunded")
    assert kept_back(one, entered, triggers={"payment_states": ["paid"]}) == []
    assert found(one, entered, mode="approval").approval == ()


def test_a_cancelled_order_is_cancelled_and_a_withheld_one_waits_for_its_platform() -> None:
    unpaid = {"payment_states": ["authorised"]}
    cancelled, withheld = order(state="cancelled"), order(withheld=("shipping_address",))
    assert judge(cancelled, KNOWN, tolerance=5, found=found(cancelled, triggers=unpaid)).status == "cancelled"
    verdict = judge(withheld, KNOWN, tolerance=5, found=found(withheld, triggers=unpaid))
    assert (verdict.status, verdict.reasons) == ("waiting", ())


def test_only_an_order_that_keeps_every_rule_is_put_before_a_person() -> None:
    good, bad = order(), order("2", line("UNKNOWN"))
    asked = judge(good, KNOWN, tolerance=5, found=found(good, mode="approval"))
    assert (asked.status, [reason.code for reason in asked.reasons]) == ("waiting", ["approval_wanted"])
    mend = judge(bad, KNOWN, tolerance=5, found=found(bad, mode="approval"))
    assert (mend.status, [reason.code for reason in mend.reasons]) == ("parked", ["article_unknown"])


def test_a_persons_word_decides() -> None:
    one = order()
    later = Facts(approval="later", until=NOON)
    assert found(one, Facts(approval="approved"), mode="approval").approval == ()
    assert [reason.code for reason in found(one, later, mode="approval").approval] == ["approval_later"]
    refused = judge(one, KNOWN, tolerance=5, found=found(one, Facts(approval="refused")))
    assert (refused.status, [reason.code for reason in refused.reasons]) == ("waiting", ["approval_refused"])
    assert not refused.reserves
