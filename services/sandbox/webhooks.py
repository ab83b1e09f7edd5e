"""Sends a shop's webhooks over HTTP, really, in the order in which they arose, and remembers what became of each."""

import asyncio
import re
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import httpx2

from services.sandbox.faults import Faults

Message = tuple[dict[str, str], bytes]
"""Headers and raw body."""


FIRST_ID = re.compile(rb'"id": ?(\d+)')


@cache
def _trust() -> ssl.SSLContext:
    # Reading all trusted certificates takes tens of milliseconds, in which no shop of this process would answer.
    return httpx2.create_ssl_context()


@dataclass
class Delivery:
    """One message. `render` is asked when it is sent, not when it arose; None means there is nothing left to send."""

    topic: str
    address: str
    render: Callable[[], Message | None] = field(repr=False)
    created_at: datetime
    done: Callable[[int | None], None] | None = field(default=None, repr=False)
    retries: tuple[float, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Attempt:
    """What became of one attempt. `status` is the receiver's HTTP status; None with a reason where none came."""

    topic: str
    address: str
    created_at: datetime
    sent_at: datetime
    status: int | None
    reason: str
    headers: dict[str, str]
    bytes: int
    record: str = ""
    """The number behind the body's first "id"."""


class WebhookSender:
    """One shop's outgoing messages; one at a time, so that they leave in the order in which they arose.

    `transport` replaces the network (in-process receivers in tests); it may be set at any time.
    """

    def __init__(
        self,
        faults: Faults,
        clock: Callable[[], datetime],
        transport: httpx2.AsyncBaseTransport | None = None,
        timeout: float = 5.0,
    ) -> None:
        self._faults = faults
        self._clock = clock
        self.transport = transport
        self._timeout = timeout
        self._network: httpx2.AsyncHTTPTransport | None = None
        self._waiting: deque[Delivery] = deque()
        self._worker: asyncio.Task[None] | None = None
        self.attempts: deque[Attempt] = deque(maxlen=2000)

    def post(
        self,
        topic: str,
        address: str,
        render: Callable[[], Message | None],
        done: Callable[[int | None], None] | None = None,
        retries: tuple[float, ...] = (),
    ) -> None:
        """Queues one message. `done` gets the status; a failed one is repeated after each of `retries` seconds.

        Outside a running event loop it waits for `drain`.
        """
        copies = 2 if self._faults.take("duplicate_webhooks", topic) else 1
        for _ in range(copies):
            self._enqueue(Delivery(topic, address, render, self._clock(), done, retries))

    def _enqueue(self, delivery: Delivery) -> None:
        self._waiting.append(delivery)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        if self._worker is None or self._worker.done():
            self._worker = loop.create_task(self._send_waiting())

    async def drain(self) -> None:
        """Returns when everything queued so far was attempted."""
        while self._waiting or (self._worker and not self._worker.done()):
            if self._worker is None or self._worker.done():
                self._worker = asyncio.get_running_loop().create_task(self._send_waiting())
            await self._worker

    async def close(self) -> None:
        """Drops what still waits and ends the worker."""
        self._waiting.clear()
        if self._worker and not self._worker.done():
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
        if self._network is not None:
            network, self._network = self._network, None
            await network.aclose()

    async def _send_waiting(self) -> None:
        while self._waiting:
            await self._send(self._waiting.popleft())

    async def _post(self, address: str, headers: dict[str, str], body: bytes) -> int:
        """The receiver's status. Straight to the transport: a client would add cookies, redirects, authentication."""
        if self._network is None:
            # A connection is kept from one message to the next, but not as long as a receiver keeps an idle one.
            self._network = httpx2.AsyncHTTPTransport(verify=_trust(), limits=httpx2.Limits(keepalive_expiry=2))
        limits = {"timeout": httpx2.Timeout(self._timeout).as_dict()}
        request = httpx2.Request("POST", address, headers=headers, content=body, extensions=limits)
        answer = await (self.transport or self._network).handle_async_request(request)
        await answer.aread()
        await answer.aclose()
        return answer.status_code

    async def _send(self, delivery: Delivery) -> None:
        message = delivery.render()
        if message is None:
            return
        headers, body = message
        status, reason = None, ""
        sent_at = self._clock()
        if self._faults.take("drop_webhooks", delivery.topic):
            self._note(delivery, sent_at, None, "dropped by a fault", headers, body)
            return
        try:
            status = await self._post(delivery.address, headers, body)
        except httpx2.HTTPError as error:
            reason = f"{type(error).__name__}: {error}"
        self._note(delivery, sent_at, status, reason, headers, body)
        if delivery.done:
            delivery.done(status)
        if delivery.retries and (status is None or status >= 300):
            again = Delivery(
                delivery.topic,
                delivery.address,
                delivery.render,
                delivery.created_at,
                delivery.done,
                delivery.retries[1:],
            )
            asyncio.get_running_loop().call_later(delivery.retries[0], self._enqueue, again)

    def _note(
        self,
        delivery: Delivery,
        sent_at: datetime,
        status: int | None,
        reason: str,
        headers: dict[str, str],
        body: bytes,
    ) -> None:
        self.attempts.append(
            Attempt(
                delivery.topic,
                delivery.address,
                delivery.created_at,
                sent_at,
                status,
                reason,
                headers,
                len(body),
                found[1].decode() if (found := FIRST_ID.search(body[:200])) else "",
            )
        )

    def report(self, latest: int = 200) -> list[dict[str, Any]]:
        """The latest attempts, oldest first."""
        return [dict(vars(attempt)) for attempt in list(self.attempts)[-latest:]]
