"""How a call comes in and how refusals leave, from wherever they were raised."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from services.sandbox.ebay.errors import ApiError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class SellRoute(APIRoute):
    """Turns an ApiError raised anywhere below into its answer."""

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except ApiError as error:
                return error.answer()

        return handle


def number(request: Request, name: str, usual: int, least: int, most: int, refused: ApiError) -> int:
    """A whole number out of the query; one beyond the limits is refused, never cut down."""
    text = request.query_params.get(name, str(usual))
    if not text.isdecimal() or not least <= int(text) <= most:
        raise refused
    return int(text)


def path_of(request: Request) -> str:
    """The path as it was called, without its query."""
    raw = request.scope.get("raw_path") or str(request.scope["path"]).encode()
    return raw.decode().partition("?")[0]
