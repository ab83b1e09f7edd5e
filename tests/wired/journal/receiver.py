"""A webhook's receiver, as its owner would write one: it verifies, drops repeats, and may refuse."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.wired.http.servers import serving


@dataclass
class Receiver:
    """`answers` are the statuses of the next calls instead of 204; `calls` counts all, `messages` holds what was taken
    and whose signature was right."""

    address: str = ""
    secret: str = ""
    answers: list[int] = field(default_factory=list)
    calls: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return self.address.removeprefix("http://").partition("/")[0]

    async def take(self, request: Request) -> Response:
        self.calls += 1
        self.queries.append(request.url.query)
        body = await request.body()
        if self.answers:
            return Response(status_code=self.answers.pop(0))
        signed = dict(part.split("=", 1) for part in request.headers["kontor-signature"].split(","))
        expected = hmac.new(self.secret.encode(), f"{signed['t']}.".encode() + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, signed["v1"]):
            return Response(status_code=401)
        self.messages.append(json.loads(body))
        return Response(status_code=204)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Opens one on a free port."""
    receiver = Receiver()
    async with serving(Starlette(routes=[Route("/hooks/kontor", receiver.take, methods=["POST"])])) as address:
        receiver.address = f"{address}/hooks/kontor"
        yield receiver
