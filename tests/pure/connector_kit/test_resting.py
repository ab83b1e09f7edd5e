"""How long something rests, and when a person must start it again."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.connector_kit.resting import given_up, rest_after
from shared.contracts.errors import Misconfigured, Rejected, Transient

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "over"),
    [
        (None, False),
        (NOW - timedelta(days=5) + timedelta(seconds=1), False),
        (NOW - timedelta(days=5), True),
        (NOW - timedelta(days=50), True),
    ],
)
def test_after_five_days_in_vain_and_not_before_it_is_left_to_a_person(since: datetime | None, over: bool) -> None:
    assert given_up(since, NOW, 5) is over


def test_a_shop_that_asks_for_patience_gets_it_and_our_own_troubles_pass_sooner() -> None:
    asked = Transient("busy", retry_after=timedelta(minutes=7))
    ours, theirs = Transient("gone", code="lease_lost"), Transient("down", code="shop_down")
    assert rest_after(asked) == timedelta(minutes=7)
    assert rest_after(ours) < rest_after(theirs) == rest_after(Rejected("no")) < rest_after(Misconfigured("key"))
