"""Keeping keys, tokens and passwords out of everything that is written down about a call.

Two nets, one under the other: values known to be secret are removed wherever they appear, and values whose name sounds
secret are removed whatever they are. Personal data is not removed here: whoever stores an Exchange encrypts it.
"""

import base64
import binascii
import html
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote, quote_plus, unquote_plus

import httpx2

MASK: Final = "[redacted]"
SHORTEST_SECRET = 4
LONGEST_EXCERPT = 4096
LONGEST_READ = 16384

_SECRET_NAME = re.compile(
    r"authorization|cookie|passw(or)?d|passphrase|pwd|secret|token|apikey|accesskey|consumerkey|privatekey|sharedkey"
    r"|signature|credential|sessionid|assertion|licensekey|jwt"
)
_HARMLESS_NAME = re.compile(
    r"(next|page|pagination|prev(ious)?|continuation|sync|start|cursor).*token|token(type|expir).*"
)
_JSON = re.compile(
    r'"(?P<name>[\w.\- ]{1,64})"\s*:\s*(?:"(?P<text>(?:\\.|[^"\\])*)(?:"|\\?$)|(?P<bare>[^\s",{}\[\]]+))'
)
_JSON_IN_JSON = re.compile(r'\\+"(?P<name>[\w.\- ]{1,64})\\+"\s*:\s*\\+"(?P<text>.*?)(?:\\+"|$)')
_FORM = re.compile(r"(?P<name>[\w.\-%\[\]]{2,64})=(?P<text>[^&\s\"'<>;,]+)")
_FIELD = re.compile(
    r"(?P<name>[\w\-]{2,64})['\"]?:[ \t]*['\"]?(?P<text>(?:(?:Bearer|Basic|OAuth|Token)[ \t]+)?[^\s,;\"'{}\[\]]+)", re.I
)
_ELEMENT = re.compile(r"<(?P<name>[\w.\-:]{2,64})(?:\s[^<>]*)?>(?P<text>[^<]+)")
_PATTERNS = (_JSON, _JSON_IN_JSON, _FORM, _FIELD, _ELEMENT)
_BARE = re.compile(r"\b(?:Bearer|Basic)\s+[A-Za-z0-9+/._~=\-]{12,}|\beyJ[\w\-]{8,}\.[\w\-]{4,}(?:\.[\w\-]*)?", re.I)
_TEXTUAL = re.compile(r"json|xml|text|csv|form-urlencoded|javascript|graphql")


@dataclass(frozen=True)
class Exchange:
    """One attempt of one call, fit to be shown: no secrets, bodies of at most 4 kB. May hold personal data.

    `status` is None if no answer came; `error_code` is empty if all went well; `seconds` until the answer was read.
    """

    method: str
    url: str
    request_body: str
    status: int | None
    response_body: str
    seconds: float
    attempt: int
    error_code: str = ""


Observer = Callable[[Callable[[], Exchange]], None]
"""Is told of an attempt. It is written down, which takes its time, only for an observer who asks for it."""


def is_secret_name(name: str) -> bool:
    """Whether a field, header or parameter of this name usually holds a secret. Paging tokens do not."""
    plain = re.sub(r"[^a-z0-9]", "", unquote_plus(name).lower())
    return _SECRET_NAME.search(plain) is not None and _HARMLESS_NAME.fullmatch(plain) is None


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with secret values masked."""
    return {name: MASK if is_secret_name(name) else value for name, value in headers.items()}


def redact_url(url: str) -> str:
    """The address without user name, password, fragment and secret parameters."""
    before, _, _ = url.partition("#")
    address, mark, query = before.partition("?")
    address = re.sub(r"//[^/@]*@", f"//{MASK}@", address)
    parameters = (_mask_parameter(parameter) for parameter in query.split("&"))
    return address + mark + "&".join(parameters)


def redact_text(text: str, secrets: Collection[str] = ()) -> str:
    """The text without these secrets, however encoded, and without any value whose name sounds secret."""
    forms = {form for secret in secrets for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASK)
    for pattern in _PATTERNS:
        text = pattern.sub(_mask_value, text)
    return _BARE.sub(MASK, text)


def excerpt(body: bytes, content_type: str, secrets: Collection[str]) -> str:
    """The beginning of a body for an Exchange; a file is only described."""
    if not body:
        return ""
    if content_type and not _TEXTUAL.search(content_type.lower()):
        return f"({len(body)} bytes of {content_type.partition(';')[0].strip()})"
    text = redact_text(body[:LONGEST_READ].decode("utf-8", "replace"), secrets)
    return text if len(text) <= LONGEST_EXCERPT else text[: LONGEST_EXCERPT - 1] + "…"


def secrets_of(request: httpx2.Request) -> set[str]:
    """Every secret a request carries in headers, address or body: what must not come back out of an answer or error."""
    found = {value for name, value in parse_qsl(request.url.query.decode("ascii")) if is_secret_name(name)}
    found.update({request.url.username, request.url.password})
    for name, value in request.headers.items():
        if is_secret_name(name):
            found.update(_header_secrets(value))
    text = request.content[:LONGEST_READ].decode("utf-8", "replace")
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if match["text"] and is_secret_name(match["name"]):
                found.update(_readings(match["text"]))
    return {secret for secret in found if len(secret) >= SHORTEST_SECRET and secret != MASK}


def _header_secrets(value: str) -> Iterator[str]:
    scheme, _, rest = value.partition(" ")
    yield value
    yield rest
    if scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(rest, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return
        yield password
        # A short user name is a word like "admin", which would mask half the answer; a long one is a key.
        if len(user) >= 12:
            yield user


def _forms(secret: str) -> Iterator[str]:
    if len(secret) < SHORTEST_SECRET:
        return
    yield from (secret, quote(secret, safe=""), quote_plus(secret), html.escape(secret))
    escaped = {secret}
    for _ in range(2):  # JSON, and JSON inside JSON; PHP escapes the slash as well
        written = {json.dumps(form, ensure_ascii=ascii_only)[1:-1] for form in escaped for ascii_only in (True, False)}
        escaped = written | {form.replace("/", "\\/") for form in written}
        yield from escaped


def _readings(text: str) -> Iterator[str]:
    yield text
    yield unquote_plus(text)
    try:
        yield str(json.loads(f'"{text}"'))
    except ValueError:
        return


def _mask_value(match: re.Match[str]) -> str:
    group = "text" if match["text"] is not None else "bare"
    if not is_secret_name(match["name"]):
        return match[0]
    start, end = (place - match.start() for place in match.span(group))
    return match[0][:start] + MASK + match[0][end:]


def _mask_parameter(parameter: str) -> str:
    name, mark, _ = parameter.partition("=")
    return f"{name}={MASK}" if mark and (is_secret_name(name) or name.lower() == "key") else parameter
