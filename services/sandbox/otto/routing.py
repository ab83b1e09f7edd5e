"""How refusals leave, from wherever they were raised."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from services.sandbox.otto.access import Refused
from services.sandbox.otto.errors import ApiError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PartnerRoute(APIRoute):
    """Turns an ApiError raised anywhere below into its answer."""

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except ApiError as error:
                return error.answer(request.url.path.removeprefix(request.scope.get("root_path", "")))
            except Refused as refused:
                return JSONResponse(refused.body, refused.status)

        return handle
