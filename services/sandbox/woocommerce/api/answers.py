"""How answers leave: raw JSON bytes, list headers, and errors in WordPress' form."""

import json
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import Request, Response
from fastapi.routing import APIRoute

from services.sandbox.woocommerce.errors import RestError
from services.sandbox.woocommerce.parameters import Paging

JSON = "application/json; charset=UTF-8"
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class WordPressRoute(APIRoute):
    """Turns a RestError raised anywhere below into its answer."""

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except RestError as error:
                return error.answer()

        return handle


def dump(body: Any) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(dump(body), status, headers, media_type=JSON)


def page_answer(request: Request, items: list[bytes], total: int, paging: Paging) -> Response:
    """A page of ready-made items with the list headers. Beyond the end the shop counts nothing at all."""
    pages = -(-total // paging.per_page)
    if not items:
        total, pages = (0, 0) if paging.page > 1 else (total, pages)
    headers = {"X-WP-Total": str(total), "X-WP-TotalPages": str(pages)}
    links = []
    if paging.page > 1:
        links.append(f'<{_page_address(request, paging.page - 1)}>; rel="prev"')
    if paging.page < pages:
        links.append(f'<{_page_address(request, paging.page + 1)}>; rel="next"')
    if links:
        headers["Link"] = ", ".join(links)
    return Response(b"[" + b",".join(items) + b"]", 200, headers, media_type=JSON)


def _page_address(request: Request, page: int) -> str:
    kept = [
        (name, value)
        for name, value in parse_qsl(request.url.query, keep_blank_values=True)
        if name != "page" and not name.startswith("oauth_") and not name.startswith("consumer_")
    ]
    return str(request.url.replace(query=urlencode([*kept, ("page", str(page))])))


async def body_of(request: Request) -> dict[str, Any]:
    """The request's JSON object; WordPress refuses anything else that calls itself JSON."""
    raw = await request.body()
    if not raw:
        return {}
    try:
        given = json.loads(raw)
    except ValueError as error:
        raise RestError("rest_invalid_json", "Invalid JSON body passed.", 400, json_error_code=4) from error
    return given if isinstance(given, dict) else {}
