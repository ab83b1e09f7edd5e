"""A token is kept as long as it is good, however short it lives."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.connector_kit.outside import Outside
from shared.http.guard import Guard
from shared.http.limits import Bucket, Limit


@pytest.mark.parametrize(
    ("lifetime", "renew_before", "fetched"),
    [(600, timedelta(seconds=30), 1), (20, timedelta(seconds=30), 3), (86_400, timedelta(minutes=10), 1)],
)
async def test_a_token_is_fetched_again_only_shortly_before_it_ends(
    lifetime: int, renew_before: timedelta, fetched: int
) -> None:
    calls: list[int] = []

    async def fetch() -> tuple[str, datetime]:
        calls.append(1)
        return f"token-{len(calls)}", datetime.now(UTC) + timedelta(seconds=lifetime)

    outside = Outside(Bucket(Limit(1, 1)), Guard())
    for _ in range(3):
        token = await outside.token(fetch, renew_before=renew_before)
    assert len(calls) == fetched
    assert await outside.token(fetch, refused=token, renew_before=renew_before) != token
