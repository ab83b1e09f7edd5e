"""HTTP errors as RFC 9457 problem documents: what happened, to which field, and what to do."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.chassis.logs import logger
from shared.chassis.sentences import advice, sentence, speaks
from shared.contracts.errors import KontorError, Misconfigured, Rejected, Transient, Untranslatable
from shared.persistence.failure import is_transient, sqlstate

log = logger("problems")
TITLES = {
    400: "Bad request", 401: "Not authenticated", 403: "Not allowed", 404: "Not found", 409: "Conflict",
    413: "Too large", 415: "Unsupported media type", 422: "Not valid", 428: "Precondition required",
    429: "Too many requests", 500: "Defect", 503: "Not available now",
}  # fmt: skip


class Problem(Exception):
    """An answer that is an error. `code` is a code of the sentences; `params` are its words; `extra` joins the body."""

    def __init__(
        self, status: int, code: str, *, field: str = "", extra: Mapping[str, Any] | None = None, **params: str
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.field = field
        self.extra = extra or {}
        self.params = params


def not_found(what: object) -> Problem:
    """The answer for a record that is not there or not within the caller's scope."""
    return Problem(404, "not_found", what=str(what))


def answer(request: Request, problem: Problem) -> JSONResponse:
    """The problem document in the caller's language."""
    language = speaks(request)
    body: dict[str, Any] = {
        "type": f"urn:kontor:problem:{problem.code}",
        "title": TITLES.get(problem.status, "Error"),
        "status": problem.status,
        "code": problem.code,
        "detail": sentence(problem.code, problem.params, language),
    }
    if problem.field:
        body["field"] = problem.field
    if todo := advice(problem.code, problem.params, language):
        body["advice"] = todo
    headers = {"Retry-After": "5"} if problem.status == 503 else None
    return JSONResponse(body | dict(problem.extra), problem.status, headers, media_type="application/problem+json")


def from_error(error: KontorError) -> Problem:
    """Which status an error of ours has: 409 merchant, 422 one item, 503 time, 500 us."""
    status = 500
    if isinstance(error, Misconfigured):
        status = 409
    elif isinstance(error, Rejected | Untranslatable):
        status = 422
    elif isinstance(error, Transient):
        status = 503
    problem = Problem(status, error.code, field=error.field)
    problem.params = {"detail": error.detail} | error.params
    return problem


def install(app: FastAPI) -> None:
    """Makes every error of the app a problem document."""

    @app.exception_handler(Problem)
    async def on_problem(request: Request, error: Problem) -> JSONResponse:
        return answer(request, error)

    @app.exception_handler(KontorError)
    async def on_kontor(request: Request, error: KontorError) -> JSONResponse:
        return answer(request, from_error(error))

    @app.exception_handler(RequestValidationError)
    async def on_invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [
            {"field": ".".join(str(part) for part in one["loc"][1:]) or str(one["loc"][0]), "detail": one["msg"]}
            for one in error.errors()
        ]
        field = errors[0]["field"] if errors else ""
        return answer(request, Problem(422, "request_invalid", field=field, extra={"errors": errors}))

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 404:
            return answer(request, Problem(404, "route_unknown", path=request.url.path))
        return answer(request, Problem(error.status_code, "rejected", detail=str(error.detail)))

    app.add_middleware(LastResort)


class LastResort:
    """Answers what nothing else has caught. A handler for Exception would answer too, but raise the error once more,
    and the server would write it into its log with the values it carries."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            request = Request(scope)
            await answer(request, _unexpected(request, error))(scope, receive, send)


def _unexpected(request: Request, error: Exception) -> Problem:
    if is_transient(error):
        return Problem(503, "transient", detail="the database is not available")
    if sqlstate(error).startswith("22"):
        # Text with a zero byte, a number beyond every limit: nothing that a table could hold.
        return Problem(422, "value_impossible")
    log.error("request failed", path=request.url.path, exc_info=error)
    return Problem(500, "defect", detail=type(error).__name__)
