"""How answers leave: refusals from wherever they were raised, and the operation's rate beside every answer."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Depends, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from services.sandbox.amazon.access import Refused
from services.sandbox.amazon.errors import ApiError
from services.sandbox.amazon.store import Store

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PartnerRoute(APIRoute):
    """Turns an ApiError raised anywhere below into its answer."""

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                answer = await handler(request)
            except ApiError as error:
                answer = error.answer()
            except Refused as refused:
                answer = JSONResponse(refused.body, refused.status)
            if rate := getattr(request.state, "rate", None):
                answer.headers["x-amzn-RateLimit-Limit"] = f"{rate:g}"
            return answer

        return handle


def admitted(store: Store, operation: str) -> Any:
    """Lets a call of this operation through, and counts it."""

    async def admit(request: Request) -> None:
        request.state.rate = store.access.plans[operation][0]
        store.access.admit(request.headers.get("x-amz-access-token", ""), operation)

    return Depends(admit)
