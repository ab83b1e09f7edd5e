"""What a kept answer means for the next caller with the same key."""

from uuid import UUID

import pytest

from shared.chassis.idempotency import REPLAYED, Kept, Wish, answered
from shared.chassis.problems import Problem

WISH = Wish(UUID(int=1), "wish-1", b"same")


def test_the_same_wish_gets_the_first_answer_and_is_told_so() -> None:
    again = answered(Kept(b"same", 201, {"etag": '"1"', "content-type": "application/json"}, b'{"id": 7}'), WISH)
    assert (again.status_code, again.body) == (201, b'{"id": 7}')
    assert (again.headers["etag"], again.headers[REPLAYED]) == ('"1"', "true")
    assert again.headers["content-type"] == "application/json"


def test_an_empty_answer_is_an_answer() -> None:
    assert answered(Kept(b"same", 204, {}, b""), WISH).status_code == 204


@pytest.mark.parametrize(
    ("kept", "status", "code"),
    [
        (Kept(b"other", 201, {}, b"{}"), 422, "idempotency_key_reused"),
        (Kept(b"other", None, {}, None), 422, "idempotency_key_reused"),
        (Kept(b"same", None, {}, None), 409, "idempotency_under_way"),
        (Kept(b"same", 201, {}, None), 409, "idempotency_shown_once"),
    ],
)
def test_another_wish_one_under_way_and_a_secret_are_no_answer(kept: Kept, status: int, code: str) -> None:
    with pytest.raises(Problem) as caught:
        answered(kept, WISH)
    assert (caught.value.status, caught.value.code, caught.value.field) == (status, code, "Idempotency-Key")
