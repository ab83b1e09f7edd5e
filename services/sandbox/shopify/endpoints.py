"""The two addresses of a shop: where tokens are given out, and where GraphQL is answered."""

from datetime import datetime
from email.utils import format_datetime
from typing import Any, cast

import orjson
from fastapi import APIRouter, Request, Response

from services.sandbox.faults import Faults
from services.sandbox.shopify.access import Access
from services.sandbox.shopify.backend import Backend
from services.sandbox.shopify.execution import THROTTLED, Executor
from services.sandbox.shopify.graph import Refused, read

VERSIONS = ("2026-01", "2026-04", "2026-07", "2026-10")
UNAUTHORISED = {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}


def served(version: str) -> str | None:
    """The version that answers a request for `version`: a retired one is answered by the oldest that is left."""
    try:
        datetime.strptime(version, "%Y-%m")  # noqa: DTZ007
    except ValueError:
        return None
    return version if version in VERSIONS else VERSIONS[0] if version < VERSIONS[0] else None


class Endpoints:
    def __init__(self, backend: Backend, access: Access, executor: Executor, faults: Faults) -> None:
        self._backend = backend
        self._access = access
        self._executor = executor
        self._faults = faults

    def routes(self) -> APIRouter:
        router = APIRouter()
        router.add_api_route("/admin/oauth/access_token", self.grant, methods=["POST"])
        router.add_api_route("/admin/api/{version}/graphql.json", self.graphql, methods=["POST"])
        return router

    async def grant(self, request: Request) -> Response:
        """The client credentials grant; form or JSON."""
        if self._faults.take("revoke_token", request.url.path, "POST"):
            body = {"error": "app_not_installed", "error_description": "The app is not installed on this shop."}
            return self._answer(request, 400, body)
        if "json" in request.headers.get("content-type", ""):
            form = _object(await request.body())
        else:
            form = dict(await request.form())
        return self._answer(request, *self._access.grant(form or {}))

    async def graphql(self, request: Request, version: str) -> Response:
        answering = served(version)
        if answering is None:
            return self._answer(request, 404, {"errors": "Not Found"})
        headers = {"X-Shopify-API-Version": answering}
        token = request.headers.get("x-shopify-access-token")
        if self._faults.take("revoke_token", request.url.path, "POST") or not self._access.accepts(token):
            return self._answer(request, 401, UNAUTHORISED, headers)
        asked = _object(await request.body())
        if asked is None or not isinstance(asked.get("query"), str):
            return self._answer(request, 400, {"errors": {"query": "Required parameter missing or invalid"}}, headers)
        name = _called(asked)
        if self._strikes("error_500", name):
            return self._answer(request, 500, {"errors": "Internal Server Error"}, headers)
        path = request.url.path
        body, cost = self._executor.run(
            asked["query"],
            asked["variables"] if isinstance(asked.get("variables"), dict) else {},
            _operation_name(asked),
            lambda: self._faults.take("graphql_throttled", f"{path}#{name}", "POST") is not None,
        )
        request.scope["cost"] = cost
        request.scope["refused"] = body.get("errors") == [THROTTLED]
        if self._strikes("answer_lost", name):
            return self._answer(request, 500, {"errors": "Bad gateway"}, headers)
        return self._answer(request, 200, body, headers)

    def _strikes(self, kind: Any, name: str) -> bool:
        """A fault that every platform knows, aimed at an operation: its `path_contains` names one, e.g.
        `mutation:fulfillmentCreate`, or just `mutation:`. One aimed at a path has struck before."""
        rule = self._faults.active(kind, name, "POST")
        return bool(rule and rule.path_contains and self._faults.take(kind, name, "POST"))

    def _answer(
        self, request: Request, status: int, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> Response:
        given = dict(headers or {})
        if "spec_version" not in request.scope["asgi"]:
            # A real server stamps its answers with a Date itself; two of them would be unreadable.
            given["Date"] = format_datetime(self._backend.clock(), usegmt=True)
        return Response(orjson.dumps(body), status, given, "application/json; charset=utf-8")


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return cast(dict[str, Any], found) if isinstance(found, dict) else None


def _called(asked: dict[str, Any]) -> str:
    """`mutation:tagsAdd,orderClose`, or an empty word for what cannot be read."""
    try:
        operation = read(asked["query"], _operation_name(asked))
    except Refused:
        return ""
    names = [node.name.value for node in operation.node.selection_set.selections if hasattr(node, "name")]
    return f"{'mutation' if operation.mutates else 'query'}:{','.join(names)}"


def _operation_name(asked: dict[str, Any]) -> str | None:
    name = asked.get("operationName")
    return name if isinstance(name, str) and name else None
