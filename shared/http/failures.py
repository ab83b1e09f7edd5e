"""From what happened on the wire to who must act. The only place where status codes are given a meaning."""

import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2

from shared.contracts.errors import Defect, KontorError, Misconfigured, Rejected, Transient, Unknown
from shared.http.redaction import redact_text
from shared.http.reply import Reply, http_date

LONGEST_MESSAGE = 300
LONGEST_WAIT = timedelta(days=1)
# The gateway in front of the shop gave up on it: whether the shop did the work, it cannot know.
GATEWAY_GAVE_UP = frozenset({502, 504, *range(520, 525)})
UNSENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)
LOCKED = (
    "The shop is locked or switched off",
    "Open the shop again, or ask its provider why it is closed.",
    "shop_locked",
    "",
)
BLOCKED = (
    "A firewall in front of the shop keeps Kontor out",
    "Ask the shop's provider to let Kontor through.",
    "firewall_blocked",
    "url",
)
FOR_THE_MERCHANT = {
    401: (
        "The shop does not accept the credentials",
        "Enter the credentials again.",
        "credentials_refused",
        "credentials",
    ),
    402: LOCKED,
    403: (
        "The credentials do not reach far enough",
        "Grant the missing right in the shop.",
        "scope_missing",
        "credentials",
    ),
    423: LOCKED,
}
MESSAGE_NAMES = ("message", "error_description", "detail", "description", "title", "error", "errors", "reason", "code")


class NotSent(Transient):
    """The call did not leave this machine, so repeating it is harmless whatever it does."""


class TooLarge(Exception):
    """The answer is bigger than this client reads."""


@dataclass(frozen=True)
class Asked:
    """What was asked, as far as an error may tell it."""

    method: str
    url: httpx2.URL
    repeatable: bool
    secrets: Callable[[], frozenset[str]]
    timeout: float

    @property
    def label(self) -> str:
        """The call in words, without parameters and secrets."""
        return redact_text(f"{self.method} {self.url.path}", self.secrets())

    @property
    def host(self) -> str:
        """The shop's host name."""
        return self.url.host


def judge(asked: Asked, reply: Reply) -> KontorError | None:
    """What a status means for whoever must act; None if the answer is good."""
    status = reply.status
    if status < 300 or status == 304:
        return None
    if status < 400:
        return _redirected(asked, reply)
    message = message_of(reply, asked.secrets())
    said = f"{asked.label} was answered with status {status}{_sentence(message)}"
    if status in FOR_THE_MERCHANT:
        blocked = status == 403 and "html" in reply.headers.get("content-type", "")
        problem, advice, code, field = BLOCKED if blocked else FOR_THE_MERCHANT[status]
        return Misconfigured(f"{problem}: {said} {advice}", code=code, field=field)
    if status in (404, 410):
        return Rejected(f"The shop does not know this record: {said}", code="not_found")
    if status == 429:
        return Transient(f"The shop asks for fewer calls: {said}", code="throttled", retry_after=retry_after(reply))
    if status in GATEWAY_GAVE_UP and not asked.repeatable:
        return Unknown(f"Nobody knows whether the shop did it: {said}")
    if status in (408, 425) or (status >= 500 and status not in (501, 505)):
        return Transient(f"The shop cannot answer now: {said}", code="shop_down", retry_after=retry_after(reply))
    return Rejected(f"The shop refused: {said}", code="refused", status=str(status), message=message)


def lost(asked: Asked, error: Exception, *, unsent: bool) -> KontorError:
    """What it means that no answer came. `unsent` says that the call is known not to have reached the shop."""
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error)):
        return Misconfigured(
            f"The encryption certificate of {asked.host} is not valid, so nothing was sent. Have it renewed.",
            code="certificate_refused",
            field="url",
            host=asked.host,
        )
    if unsent or isinstance(error, UNSENT):
        return NotSent(f"{asked.host} could not be reached for {asked.label}, so nothing was done.", code="unreachable")
    if isinstance(error, TooLarge):
        return _lost(asked, "is bigger than Kontor reads", Rejected, code="payload_too_large")
    if isinstance(error, (TimeoutError, httpx2.TimeoutException)):
        return _lost(asked, f"did not come within {asked.timeout:g} seconds", Transient, code="timed_out")
    if isinstance(error, (httpx2.TransportError, httpx2.DecodingError)):
        return _lost(asked, "broke off or arrived damaged", Transient, code="connection_lost")
    return Defect(f"{asked.label} failed with an unexpected {type(error).__name__}.")


def retry_after(reply: Reply) -> timedelta | None:
    """How long the shop asks us to wait (seconds or a date, judged by the shop's own clock); at most a day."""
    text = reply.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", text):
        wait = timedelta(seconds=float(text))
    else:
        moment = http_date(text)
        if moment is None:
            return None
        wait = moment - (reply.server_time or reply.received_at)
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def message_of(reply: Reply, secrets: frozenset[str]) -> str:
    """The shop's own words about an error, one line, without secrets; empty if it sent none fit to read."""
    kind = reply.headers.get("content-type", "").lower()
    try:
        words = "; ".join(_words(reply.json()))
    except KontorError:
        words = reply.body[:2000].decode("utf-8", "replace") if "text/plain" in kind else ""
    # Secrets go before the text is cut, or half of one could stay.
    line = " ".join(redact_text(words, secrets).split())
    return line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1] + "…"


def _sentence(words: str) -> str:
    return f": {words}" + ("" if words.endswith((".", "!", "?")) else ".") if words else "."


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value[:10]:
            yield from _words(each)
    elif isinstance(value, dict):
        named = [value[name] for name in MESSAGE_NAMES if value.get(name)]
        if named:
            # The first name that says something; of a nested error, its own words.
            yield from _words(named[0])
        else:
            # Errors by field: {"sku": ["is taken"]}
            for name, each in list(value.items())[:10]:
                if said := "; ".join(_words(each)):
                    yield f"{name}: {said}"


def _redirected(asked: Asked, reply: Reply) -> KontorError:
    try:
        target = asked.url.join(reply.headers.get("location", ""))
        place = "another page" if target.host == asked.host else f"{target.scheme}://{target.host}"
    except httpx2.InvalidURL:
        place = "an address that cannot be read"
    return Misconfigured(
        f"{asked.host} sent {asked.label} on to {place}, which Kontor does not follow. Enter the shop's final address.",
        code="redirected",
        field="url",
        host=asked.host,
    )


def _lost(asked: Asked, why: str, kind: type[Transient | Rejected], *, code: str) -> KontorError:
    if not asked.repeatable:
        return Unknown(f"{asked.label} was sent, but the answer {why}. Nobody knows whether the shop did it.")
    return kind(f"{asked.label}: the answer {why}.", code=code)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
