"""What the tests of the client share: a clock that only moves by sleeping, and a way to stand up a client."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from shared.http import Bucket, Exchange, Guard, Limit, ShopClient

SHOP = "https://shop.example/api/v3"
Handler = Callable[[httpx2.Request], httpx2.Response]


class Time:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


class Shop:
    """A shop that gives its answers in order, the last one for ever, and remembers what it was asked."""

    def __init__(self, *answers: httpx2.Response | Exception | Handler) -> None:
        self.answers = list(answers)
        self.asked: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx2.Response):
            # A Response can be read once; the same answer twice must be two responses.
            headers = [(name, value) for name, value in answer.headers.raw if name.lower() != b"content-length"]
            return httpx2.Response(answer.status_code, headers=headers, content=answer.content)
        return answer(request)


@asynccontextmanager
async def client_of(
    shop: Handler | None,
    *,
    base: str = SHOP,
    time: Time | None = None,
    seen: list[Exchange] | None = None,
    **options: Any,
) -> AsyncIterator[ShopClient]:
    time = time or Time()
    settings: dict[str, Any] = {
        "bucket": Bucket(Limit(rate=1000, burst=1000), clock=time, sleep=time.sleep),
        "guard": Guard(),
        "transport": httpx2.MockTransport(shop) if shop else None,
        "observe": None if seen is None else lambda exchange: seen.append(exchange()),
        **options,
    }
    client = ShopClient(base, **settings)
    try:
        yield client
    finally:
        await client.close()
