"""The way into every shop: finds it by its path, lets faults strike, and writes down what was asked."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.sandbox.requestlog import LoggedRequest
from services.sandbox.world import OpenShop, Sandbox

Sink = Callable[[Message], Awaitable[None]]


class Gate:
    """ASGI application for `/<platform>/<shop>/…`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        platform, _, rest = str(scope["path"]).lstrip("/").partition("/")
        name = rest.partition("/")[0]
        opened = self._sandbox.shops.get((platform, name))
        if opened is None:
            answer = JSONResponse({"detail": f"The sandbox has no shop at /{platform}/{name}."}, 404)
            await answer(scope, receive, send)
            return
        inner = {**scope, "root_path": scope.get("root_path", "") + opened.path, "cost": 1, "refused": False}
        await self._serve(opened, inner, receive, send)

    async def _serve(self, opened: OpenShop, scope: Scope, receive: Receive, send: Send) -> None:
        status, heard = 0, True
        request = Request(scope, receive)

        async def watch(message: Message) -> None:
            nonlocal status, heard
            if message["type"] == "http.response.start":
                status = message["status"]
                # Asked twice: a body that nobody has read comes first.
                heard = not (await request.is_disconnected() or await request.is_disconnected())
            await send(message)

        started, at = time.perf_counter(), self._sandbox.clock()
        with opened.requests:
            if answer := await opened.faults.disturb(request):
                await answer(scope, receive, watch)
            else:
                await self._answer(opened, request, receive, watch)
        opened.requests.record(
            LoggedRequest(
                at=at,
                method=scope["method"],
                path=scope["path"],
                query=_without_secrets(scope["query_string"].decode()),
                status=status,
                cost=float(scope["cost"]),
                seconds=time.perf_counter() - started,
                client=(scope.get("client") or ("", 0))[1],
                heard=heard,
                refused=scope["refused"] or status == HTTPStatus.TOO_MANY_REQUESTS,
            )
        )

    async def _answer(self, opened: OpenShop, request: Request, receive: Receive, send: Sink) -> None:
        """The shop's own answer, or what is left of it."""
        path, method = request.url.path, request.method
        lost = opened.faults.take("answer_lost", path, method)
        if lost or opened.faults.take("truncated_json", path, method):
            messages = await _collect(opened.app, request.scope, receive)
            if lost:
                await asyncio.sleep(lost.seconds)
                await JSONResponse({"errors": "Bad gateway"}, 500)(request.scope, receive, send)
            else:
                await _send_half(messages, send)
        else:
            await opened.app(request.scope, receive, send)


async def _collect(app: ASGIApp, scope: Scope, receive: Receive) -> list[Message]:
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, keep)
    return messages


async def _send_half(messages: list[Message], send: Sink) -> None:
    """Status and headers as they were, half the body: a proxy that gave up in the middle."""
    body = b"".join(message.get("body", b"") for message in messages)
    start = next(message for message in messages if message["type"] == "http.response.start")
    headers = [header for header in start["headers"] if header[0] != b"content-length"]
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": body[: len(body) // 2]})


def _without_secrets(query: str) -> str:
    return "&".join(part for part in query.split("&") if not part.startswith(("consumer_", "oauth_", "access_token")))
