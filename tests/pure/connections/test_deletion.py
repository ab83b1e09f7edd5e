"""A deletion is meant: by the name, or by a token of this very connection that is not ten minutes old."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.connections import deletion
from shared.chassis.problems import Problem
from tests.pure.connections.records import NOON

ID = UUID(int=7)
UNTIL = NOON + deletion.VALID


def confirm(word: str, *, minutes: float = 0, key: str = "k") -> str:
    """The refusal; empty when it is confirmed."""
    try:
        deletion.refuse_unless_confirmed(word, key=key, id=ID, name="North", now=NOON + timedelta(minutes=minutes))
    except Problem as problem:
        return f"{problem.status} {problem.field} {problem.code}"
    return ""


def test_the_name_or_the_token_confirms() -> None:
    assert confirm("North") == ""
    assert confirm(deletion.token("k", ID, UNTIL), minutes=9.9) == ""


def test_after_ten_minutes_the_token_says_that_it_has_expired() -> None:
    assert confirm(deletion.token("k", ID, UNTIL), minutes=10) == "422 confirm confirmation_expired"


@pytest.mark.parametrize(
    "word",
    [
        "north",
        "",
        "99999999999.",
        "0." + "0" * 64,
        "²." + "0" * 64,
        deletion.token("k", UUID(int=8), UNTIL),
        deletion.token("other", ID, UNTIL),
        "9" + deletion.token("k", ID, UNTIL),
    ],
)
def test_anything_else_confirms_nothing(word: str) -> None:
    assert confirm(word) == "422 confirm confirmation_wrong"
