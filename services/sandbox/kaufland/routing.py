"""How a call comes in and how refusals leave, from wherever they were raised."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from services.sandbox.kaufland.errors import ApiError, invalid

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class SellerRoute(APIRoute):
    """Turns an ApiError raised anywhere below into its answer."""

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except ApiError as error:
                return error.answer()

        return handle


def paging(request: Request, most: int = 100, least: int = 1) -> tuple[int, int]:
    """Limit and offset. Raises ApiError for what is no number or too large."""
    return _number(request, "limit", min(30, most), least, most), _number(request, "offset", 0, 0, 10**9)


def embedded(request: Request, known: tuple[str, ...]) -> set[str]:
    """What is to be told besides; a parameter that is repeated. Raises ApiError for an unknown word."""
    asked = set(request.query_params.getlist("embedded"))
    if strange := asked - set(known):
        raise invalid("embedded", f"{', '.join(sorted(strange))} is not known")
    return asked


def listed(rows: list[Any], limit: int, offset: int, total: int) -> dict[str, Any]:
    return {"data": rows, "pagination": {"offset": offset, "limit": limit, "total": total}}


def _number(request: Request, name: str, usual: int, least: int, most: int) -> int:
    text = request.query_params.get(name, str(usual))
    if not text.isdecimal() or not least <= int(text) <= most:
        raise invalid(name, f"must be from {least} to {most}")
    return int(text)
