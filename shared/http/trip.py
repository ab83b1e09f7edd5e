"""One attempt on its way: which request is out, whether it has left, and which secrets it carries."""

import time
from typing import Any

import httpx2

from shared.http.failures import Asked
from shared.http.redaction import secrets_of


class Trip:
    """Follows one attempt through the steps of its credentials' scheme: a token may be fetched before the call."""

    def __init__(self, request: httpx2.Request, repeatable: bool, timeout: float) -> None:
        self.request = request
        self.repeatable = repeatable
        self.step = request
        self.started = time.monotonic()
        self._timeout = timeout
        self._connecting = False
        self._out = [request]

    def secrets(self) -> frozenset[str]:
        """Everything in this attempt that must not be written down; looked for only when something is."""
        return frozenset().union(*map(secrets_of, self._out))

    @property
    def sent(self) -> bool:
        """Whether the call itself, not only a step before it, may have reached the shop."""
        same = (self.step.method, self.step.url.path) == (self.request.method, self.request.url.path)
        return same and not self._connecting

    @property
    def asked(self) -> Asked:
        """What an error may tell of this attempt."""
        return Asked(self.step.method, self.step.url, self.repeatable, self.secrets, self._timeout)

    def begin(self, step: httpx2.Request) -> None:
        """A request goes out: the call itself, a token request, or the same again."""
        self.step = step
        self.started = time.monotonic()
        self._connecting = False
        if step is not self._out[-1]:
            self._out.append(step)
        step.extensions = {**step.extensions, "trace": self._trace}

    async def _trace(self, event: str, info: dict[str, Any]) -> None:
        if event == "connection.connect_tcp.started":
            self._connecting = True
        elif event.endswith("send_request_headers.started"):
            self._connecting = False
