"""One call before it is sent: what a connector asked for, turned into a request below the shop's own address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx2

from shared.contracts.errors import Defect, KontorError, Misconfigured, Rejected
from shared.http import json_text

REPEATABLE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})

Scalar = str | int | float | bool | None
Params = Mapping[str, Scalar | Sequence[Scalar]] | Sequence[tuple[str, Scalar]]


@dataclass(frozen=True)
class Call:
    """One call; a JSON body brings its content type along."""

    method: str
    path: str
    params: Params | None
    body: bytes | None
    headers: Mapping[str, str]
    repeatable: bool

    def build(self, http: httpx2.AsyncClient, *layers: Mapping[str, str]) -> httpx2.Request:
        """A fresh request for one attempt; headers of a later layer win, the call's own last.

        Raises Misconfigured (unsendable key), Rejected (foreign address).
        """
        failure: KontorError
        try:
            headers = httpx2.Headers()
            for layer in (*layers, self.headers):
                headers.update(dict(layer))
            request = http.build_request(self.method, self._address(), content=self.body, headers=headers)
        except UnicodeEncodeError:
            failure = unsendable()
        except httpx2.InvalidURL:
            failure = _foreign()
        else:
            if _is_below(request.url, http.base_url):
                return request
            failure = _foreign()
        raise failure

    def _address(self) -> str:
        query = str(httpx2.QueryParams(_pairs(self.params)))
        return self.path + ("&" if "?" in self.path else "?") + query if query else self.path


def call(
    method: str,
    path: str,
    *,
    params: Params | None,
    json: Any,
    content: bytes | str | None,
    headers: Mapping[str, str] | None,
    repeatable: bool | None,
) -> Call:
    """Settles the defaults of a call. Raises Defect for a body that has no exact JSON form."""
    again = method.upper() in REPEATABLE_METHODS if repeatable is None else repeatable
    body = content.encode() if isinstance(content, str) else content
    if json is None:
        return Call(method, path, params, body, headers or {}, again)
    try:
        body = json_text.encode(json)
    except (TypeError, ValueError) as error:
        reason = str(error)
    else:
        given = {name.lower() for name in headers or {}}
        kind = {} if "content-type" in given else {"Content-Type": "application/json"}
        return Call(method, path, params, body, {**kind, **(headers or {})}, again)
    raise Defect(f"The body of {method} cannot be written as JSON: {reason}")


def unsendable() -> Misconfigured:
    """Credentials that no header can carry."""
    return Misconfigured(
        "A key or token contains a character that cannot be sent. Enter the credentials again without line breaks.",
        code="credentials_unsendable",
        field="credentials",
    )


def _foreign() -> Rejected:
    return Rejected("A record names an address outside the shop's own, so it was not called.", code="foreign_address")


def _is_below(url: httpx2.URL, base: httpx2.URL) -> bool:
    same = (url.scheme, url.raw_host, url.port) == (base.scheme, base.raw_host, base.port)
    return same and url.path.startswith(base.path) and ".." not in url.path.split("/")


def _pairs(params: Params | None) -> list[tuple[str, Scalar]]:
    pairs = params.items() if isinstance(params, Mapping) else params or ()
    spread = (
        (name, each)
        for name, value in pairs
        for each in (value if isinstance(value, Sequence) and not isinstance(value, str) else (value,))
    )
    return [(name, value) for name, value in spread if value is not None]
