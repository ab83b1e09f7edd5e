"""Every call that reaches the pretend operator, byte by byte."""

from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    query: str
    sent: bytes
    status: int
    answered: bytes


class Recorder:
    """ASGI middleware; paths are below the operator's address."""

    def __init__(self, app: ASGIApp, calls: list[Call]) -> None:
        self._app = app
        self._calls = calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sent, answered, status = b"", b"", 0

        async def heard() -> Message:
            nonlocal sent
            message = await receive()
            sent += message.get("body", b"")
            return message

        async def said(message: Message) -> None:
            nonlocal answered, status
            status = message.get("status", status)
            answered += message.get("body", b"")
            await send(message)

        await self._app(scope, heard, said)
        path = "/" + str(scope["path"]).split("/", 3)[3]
        self._calls.append(Call(scope["method"], path, scope["query_string"].decode(), sent, status, answered))
