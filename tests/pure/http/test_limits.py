import asyncio

import pytest

from shared.http.limits import Bucket, Limit


class Time:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def bucket(time: Time, *limits: Limit) -> Bucket:
    return Bucket(*limits, clock=time, sleep=time.sleep)


async def test_the_burst_goes_at_once_and_the_next_call_waits_for_its_token() -> None:
    time = Time()
    ours = bucket(time, Limit(rate=2, burst=3))
    for _ in range(3):
        await ours.take()
    assert time.slept == []
    await ours.take()
    assert time.slept == [pytest.approx(0.5)]


async def test_a_hundred_callers_together_stay_within_the_rate() -> None:
    time = Time()
    ours = bucket(time, Limit(rate=10, burst=5))
    await asyncio.gather(*(ours.take() for _ in range(100)))
    assert time.now - 1000 == pytest.approx(9.5)


async def test_two_limits_hold_at_once() -> None:
    time = Time()
    ours = bucket(time, Limit(rate=100, burst=100), Limit(rate=0.1, burst=10))
    for _ in range(12):
        await ours.take()
    assert time.now - 1000 == pytest.approx(20)


async def test_a_call_dearer_than_the_bucket_waits_for_a_full_one_instead_of_for_ever() -> None:
    time = Time()
    ours = bucket(time, Limit(rate=10, burst=50))
    await ours.take(20)
    await ours.take(500)
    assert time.now - 1000 == pytest.approx(2)
    assert ours.budget == 0


async def test_what_the_shop_says_about_its_budget_replaces_our_guess() -> None:
    time = Time()
    ours = bucket(time, Limit(rate=100, burst=2000))
    ours.learn(available=10, rate=50, maximum=1000)
    assert ours.budget == 10
    await ours.take(60)
    assert time.slept == [pytest.approx(1.0)]
    time.now += 3600
    assert ours.budget == 1000


async def test_calls_under_way_are_taken_off_what_the_shop_says_is_left() -> None:
    time = Time()
    ours = bucket(time, Limit(rate=100, burst=2000))
    async with ours.slot(300):
        ours.learn(available=1000, rate=100, maximum=2000)
        assert ours.budget == 700
    ours.learn(available=900, rate=100, maximum=2000)
    assert ours.budget == 900


async def test_nobody_gets_through_before_the_pause_ends() -> None:
    time = Time()
    ours = bucket(time, Limit(rate=10, burst=10))
    ours.pause(30)
    ours.pause(5)
    assert ours.budget == 0
    assert ours.delay() == 30
    await asyncio.gather(ours.take(), ours.take())
    assert time.now == 1030


async def test_a_pause_that_begins_while_somebody_waits_holds_for_them_too() -> None:
    time = Time()
    ours = bucket(time, Limit(rate=1, burst=1))
    await ours.take()
    waiting = asyncio.create_task(ours.take())
    await asyncio.sleep(0)
    ours.pause(60)
    await waiting
    assert time.now >= 1060


def test_refusals_without_a_wish_double_the_pause_and_a_good_answer_starts_over() -> None:
    time = Time()
    ours = bucket(time, Limit(rate=1, burst=1))
    assert [ours.refused(None) for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    ours.accepted()
    assert ours.refused(None) == 1
    assert ours.refused(7.5) == 7.5


def test_after_a_refusal_the_burst_is_gone() -> None:
    time = Time()
    ours = bucket(time, Limit(rate=2, burst=100))
    ours.refused(10)
    time.now += 10
    assert ours.budget == 20


async def test_at_most_as_many_calls_are_under_way_as_the_limit_says() -> None:
    ours = Bucket(Limit(rate=1000, burst=1000, concurrency=2))
    under_way, most = 0, 0

    async def one() -> None:
        nonlocal under_way, most
        async with ours.slot():
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.001)
            under_way -= 1

    await asyncio.gather(*(one() for _ in range(10)))
    assert most == 2


async def test_somebody_who_stops_waiting_takes_nothing() -> None:
    ours = Bucket(Limit(rate=0.001, burst=1))
    await ours.take()
    waiting = asyncio.create_task(ours.take())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert 999 < ours.delay() <= 1000


@pytest.mark.parametrize(("rate", "burst", "concurrency"), [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_a_limit_that_lets_nothing_through_is_refused(rate: float, burst: int, concurrency: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        Limit(rate, burst, concurrency)


async def test_a_call_with_a_frequency_of_its_own_waits_for_its_turn_and_others_do_not() -> None:
    time = Time()
    ours = bucket(time, Limit(rate=10, burst=5))
    await ours.turn("import", 60)
    await ours.turn("status", 15)
    assert time.slept == []
    await asyncio.gather(*(ours.turn("import", 60) for _ in range(3)))
    assert time.now - 1000 == pytest.approx(180)
    time.now += 59
    await ours.turn("import", 60)
    assert time.slept[-1] == pytest.approx(1)
    time.now += 500
    await ours.turn("import", 60)
    assert time.now - 1000 == pytest.approx(740)


async def test_one_kind_of_call_has_a_bucket_of_its_own_and_holds_up_no_other() -> None:
    time = Time()
    ours = bucket(time, Limit(rate=10, burst=5))
    dear = ours.part("search", Limit(rate=0.01, burst=2))
    assert ours.part("search", Limit(rate=0.01, burst=2)) is dear
    for _ in range(2):
        await dear.take()
    assert dear.refused(None) == 1
    await ours.take()
    await ours.part("get", Limit(rate=1, burst=1)).take()
    assert time.slept == []
    await dear.take()
    assert sum(time.slept) == pytest.approx(100)


async def test_a_rate_that_the_shop_names_counts_from_that_moment_on() -> None:
    time = Time()
    ours = bucket(time, Limit(rate=1, burst=2))
    for _ in range(2):
        await ours.take()
    ours.refills(0.1)
    await ours.take()
    assert time.slept == [pytest.approx(10)]
    ours.refills(0)
    ours.refills(-1)
    await ours.take()
    assert time.slept[1:] == [pytest.approx(10)]
