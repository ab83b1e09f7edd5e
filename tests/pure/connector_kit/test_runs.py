"""What a run says of a record, from what was read or why it was not."""

from datetime import UTC, datetime

from shared.connector_kit.declaration import RawItem
from shared.connector_kit.runs import Outcome, outcome_of
from shared.connector_kit.translation import Read, Unreadable
from shared.contracts.errors import Rejected, Transient

RAW = RawItem("1", datetime(2026, 1, 31, tzinfo=UTC), b"{}")


def test_one_of_a_products_variants_that_cannot_be_read_is_named() -> None:
    good = Read(RAW, None, None, b"")
    odd = Read(RAW, None, Unreadable("wrong_type", "price"), b"")
    assert outcome_of([good], None) == Outcome("published")
    assert outcome_of([good, odd], None) == Outcome("unreadable", "wrong_type", {"field": "price", "value": ""})


def test_what_is_not_there_and_what_was_refused_are_told_apart() -> None:
    assert outcome_of([], None).outcome == "not_found"
    refused = outcome_of([], Rejected("no such id", code="rejected", field="id"))
    assert (refused.outcome, refused.code, refused.params) == ("failed", "rejected", {"detail": "no such id"})
    assert outcome_of([], Transient("down", code="shop_down")).code == "shop_down"
