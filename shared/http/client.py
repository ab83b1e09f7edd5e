"""The one way a shop is called: within its limits, within our lease, and with errors named for who must act."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import httpx2
import stamina
import structlog

from shared.contracts.errors import Defect, KontorError, Transient, Unknown
from shared.http.call import Call, Params, call, unsendable
from shared.http.failures import NotSent, TooLarge, judge, lost
from shared.http.guard import Guard
from shared.http.limits import Bucket
from shared.http.redaction import Exchange, Observer, excerpt, redact_text, redact_url
from shared.http.reply import Reply
from shared.http.trip import Trip

__all__ = ["Explain", "Params", "Reply", "ShopClient"]

LONGEST_WAIT_IN_PLACE: Final = 60.0
LONGEST_CONNECT: Final = 10.0

Explain = Callable[[Reply], KontorError | None]

# httpx2 logs whole addresses, which may carry keys, httpcore2 logs headers, oauthlib what it signs.
for _noisy in ("httpx2", "httpcore2", "oauthlib"):
    logging.getLogger(_noisy).setLevel(logging.WARNING)

log = structlog.get_logger(__name__)


def user_agent() -> str:
    """How Kontor introduces itself to a shop's operator."""
    try:
        return f"Kontor/{version('kontor')}"
    except PackageNotFoundError:
        return "Kontor/source"


DEFAULT_HEADERS: Final = {"User-Agent": user_agent(), "Accept": "application/json"}


class ShopClient:
    """Calls one shop below one address.

    `timeout` is the total seconds of one attempt, from connecting to the last byte. `max_bytes` bounds the answer after
    decompression. `attempts` counts the first one. `explain` judges every answer first and may return the error to
    raise. `deadline` tells the seconds left of the lease: no attempt starts whose timeout does not fit. `observe` is
    told of every attempt. `turn` is held during every attempt, for accounts that take one call at a time. A `transport`
    of the caller's replaces the guarded one; addresses are still checked.
    Raises Misconfigured for a base address the guard refuses.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx2.Auth | None = None,
        headers: Mapping[str, str] | None = None,
        bucket: Bucket,
        guard: Guard,
        timeout: float = 30.0,
        max_bytes: int = 64_000_000,
        attempts: int = 4,
        transport: httpx2.AsyncBaseTransport | None = None,
        observe: Observer | None = None,
        explain: Explain | None = None,
        deadline: Callable[[], float] | None = None,
        turn: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
    ) -> None:
        guard.check_url(base_url)
        self._auth = auth or httpx2.Auth()
        self._headers = dict(headers or {})
        self._bucket = bucket
        self._guard = guard
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._attempts = attempts
        self._observe = observe
        self._explain = explain
        self._deadline = deadline
        self._turn = turn
        self._http = httpx2.AsyncClient(
            base_url=base_url,
            transport=transport or guard.transport(),
            timeout=httpx2.Timeout(timeout, connect=min(timeout, LONGEST_CONNECT)),
            follow_redirects=False,
            trust_env=False,
            # A session cookie would make the next call depend on the one before.
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        )

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: Any = None,
        content: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        cost: float = 1.0,
        repeatable: bool | None = None,
        within: Bucket | None = None,
    ) -> Reply:
        """One call and its good answer; `path` is below the base address, parameters that are None are left out.
        `within` is a bucket of this kind of call alone: it lets each attempt through first, however long that takes,
        and bears a refusal in place of the account's.

        Only a call that is `repeatable` (default: all but POST and PATCH) is tried again here; another one only while
        nothing of it has been sent. Raises Transient, Misconfigured, Rejected, Defect, and Unknown for a call that is
        not repeatable, was sent and lost its answer.
        """
        asked = call(method, path, params=params, json=json, content=content, headers=headers, repeatable=repeatable)
        async for attempt in stamina.retry_context(
            on=lambda error: self._worth_another(error, asked),
            attempts=self._attempts,
            timeout=None,
            wait_initial=0.5,
            wait_max=20.0,
            wait_jitter=1.0,
        ):
            with attempt:
                return await self._attempt(asked, cost, attempt.num, within)
        raise Defect("A call ended without an answer and without an error.")

    def _worth_another(self, error: Exception, asked: Call) -> bool | float:
        """Whether to try again in place, and after how many seconds if the shop said so."""
        if not isinstance(error, Transient) or error.code in ("lease_too_short", "paused"):
            return False
        if not asked.repeatable and not isinstance(error, NotSent):
            return False
        wait = 0.0 if error.retry_after is None else error.retry_after.total_seconds()
        wait += random.uniform(0, 0.1 * wait)
        if wait > LONGEST_WAIT_IN_PLACE or (self._deadline is not None and wait + self._timeout > self._deadline()):
            return False
        return True if error.retry_after is None else wait

    def _check_lease(self, delay: float = 0.0) -> None:
        if self._deadline is not None and delay + self._timeout > self._deadline():
            raise NotSent(
                f"The call was not started: it may take {self._timeout:g} seconds and the lease ends before.",
                code="lease_too_short",
            )
        if delay > LONGEST_WAIT_IN_PLACE:
            raise NotSent(
                f"The call was not started: the shop's limit lets it through in {delay:.0f} seconds.",
                code="paused",
                retry_after=timedelta(seconds=delay),
            )

    async def _attempt(self, asked: Call, cost: float, number: int, within: Bucket | None) -> Reply:
        if within is not None:
            await within.take()
        counted = within or self._bucket
        trip = Trip(asked.build(self._http, DEFAULT_HEADERS, self._headers), asked.repeatable, self._timeout)
        self._check_lease(self._bucket.delay(cost))
        async with self._bucket.slot(cost), self._turn():
            self._check_lease()
            reply, failure = await self._answer(trip, number)
            if isinstance(failure, Transient) and (failure.retry_after is not None or failure.code == "throttled"):
                wished = None if failure.retry_after is None else failure.retry_after.total_seconds()
                failure.retry_after = timedelta(seconds=counted.refused(wished))
            elif failure is None:
                counted.accepted()
        self._tell(trip, reply, number, failure.code if failure else "")
        if failure is not None:
            # Raised outside every except block: httpx2's errors carry the request with its headers.
            raise failure
        assert reply is not None
        return reply

    async def _answer(self, trip: Trip, number: int) -> tuple[Reply | None, KontorError | None]:
        try:
            async with asyncio.timeout(self._timeout):
                reply = await self._authenticated(trip, number)
        except Unknown as error:
            # Only fetching a token can end like this here, and then the call itself did not leave.
            return None, NotSent(
                f"{trip.asked.label} was not sent for lack of a token: {error.detail}", code="unreachable"
            )
        except KontorError as error:
            return None, error.with_traceback(None)
        except (UnicodeEncodeError, httpx2.LocalProtocolError):
            return None, unsendable()
        except (TimeoutError, TooLarge, httpx2.TransportError, httpx2.DecodingError) as error:
            return None, lost(trip.asked, error, unsent=not trip.sent)
        return reply, (self._explain(reply) if self._explain else None) or judge(trip.asked, reply)

    async def _authenticated(self, trip: Trip, number: int) -> Reply:
        """Walks the steps of the credentials' scheme itself: each is guarded, bounded, observed and paid for."""
        flow = self._auth.async_auth_flow(trip.request)
        try:
            step = await anext(flow)
            while True:
                reply = await self._read(trip, step)
                response = httpx2.Response(
                    reply.status, headers=_plain(reply.headers), content=reply.body, request=trip.step
                )
                try:
                    step = await flow.asend(response)
                except StopAsyncIteration:
                    return reply
                self._tell(trip, reply, number, "")
                await self._bucket.take()
        finally:
            await flow.aclose()

    async def _read(self, trip: Trip, step: httpx2.Request) -> Reply:
        trip.begin(step)
        self._guard.check_url(str(step.url))
        sent_at = datetime.now(UTC)
        response = await self._http.send(step, auth=None, stream=True)
        try:
            target = _upgraded(response, step.url)
            body = b"" if target else await self._bounded(response)
        finally:
            await response.aclose()
        if target:
            headers = httpx2.Headers(step.headers)
            headers["Host"] = target.netloc.decode("ascii")
            again = httpx2.Request(
                step.method, target, headers=headers, content=step.content, extensions=step.extensions
            )
            return await self._read(trip, again)
        return Reply(response.status_code, response.headers, body, sent_at, datetime.now(UTC), trip.repeatable)

    async def _bounded(self, response: httpx2.Response) -> bytes:
        announced = response.headers.get("content-length", "")
        if announced.isascii() and announced.isdigit() and int(announced) > self._max_bytes:
            raise TooLarge
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._max_bytes:
                raise TooLarge
        return bytes(body)

    def _tell(self, trip: Trip, reply: Reply | None, attempt: int, error_code: str) -> None:
        if self._observe is None:
            return
        try:
            self._observe(lambda: _exchange(trip, reply, attempt, error_code))
        except Exception as error:  # noqa: BLE001 - what the shop did must not be lost because it could not be noted
            step = trip.step
            log.error("exchange_not_noted", error=type(error).__name__, method=step.method, host=step.url.host)


def _exchange(trip: Trip, reply: Reply | None, attempt: int, error_code: str) -> Exchange:
    step, secrets = trip.step, trip.secrets()
    return Exchange(
        method=step.method,
        url=redact_text(redact_url(str(step.url)), secrets),
        request_body=excerpt(step.content, step.headers.get("content-type", ""), secrets),
        status=reply.status if reply else None,
        response_body=excerpt(reply.body, reply.headers.get("content-type", ""), secrets) if reply else "",
        seconds=time.monotonic() - trip.started,
        attempt=attempt,
        error_code=error_code,
    )


def _plain(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in headers.items()
        if name not in ("content-encoding", "content-length", "transfer-encoding")
    }


def _upgraded(response: httpx2.Response, asked: httpx2.URL) -> httpx2.URL | None:
    """Where to ask again if the shop only moved the same page from http to https; nothing else is followed."""
    if not response.has_redirect_location or asked.scheme != "http":
        return None
    try:
        target = asked.join(response.headers["location"])
    except httpx2.InvalidURL:
        return None
    same = target.raw_host == asked.raw_host and target.raw_path == asked.raw_path and not target.userinfo
    return target if target.scheme == "https" and same else None
