"""The same write twice is once: its answer is kept under the caller's Idempotency-Key and given again.

`APIRouter(route_class=Once)` is all that a service needs, and the table `idempotency` in its schema (caller, key,
fingerprint, status, headers, body, claimed_at). What the write does must itself be harmless twice: a process that dies
between the change and the keeping of its answer lets the next try run again.
"""

import hmac
import json
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.routing import APIRoute

from shared.chassis.access import presented_key
from shared.chassis.problems import Problem
from shared.chassis.service import Service
from shared.persistence.database import Database, Transaction

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
SHOWN_ONCE = {"x-answer-shown-once": True}
"""`openapi_extra` of a route whose answer holds a secret: it is not kept, and the same key again is told so."""
UNDER_WAY = timedelta(minutes=3)
KEPT = timedelta(days=7)
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_HEADERS = ("etag", "location", "content-type")
_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "Chosen by the caller, new for every wish. The same wish again under it gets the first answer.",
}


@dataclass(frozen=True)
class Wish:
    """One write of one caller under his key; the fingerprint tells whether it is the same wish."""

    caller: UUID
    key: str
    fingerprint: bytes


@dataclass(frozen=True)
class Kept:
    """What is known of a wish; `status` None while it is under way."""

    fingerprint: bytes
    status: int | None
    headers: dict[str, str]
    body: bytes | None


class Once(APIRoute):
    """A route whose writes take an Idempotency-Key. Errors are not kept: they changed nothing; the key stays free."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        extra = dict(given.get("openapi_extra") or {})
        if _WRITES & set(given.get("methods") or ()):
            given["openapi_extra"] = {**extra, "parameters": [*extra.get("parameters", ()), _PARAMETER]}
        super().__init__(path, endpoint, **given)
        self.shown_once = bool(extra.get("x-answer-shown-once"))

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if not _WRITES & set(self.methods or ()):
            return handle

        async def once(request: Request) -> Response:
            service: Service = request.app.state.service
            key = request.headers.get(HEADER)
            caller = None if key is None else await service.access.principal(presented_key(request))
            if key is None or caller is None:
                return await handle(request)
            if not _KEY.fullmatch(key):
                raise Problem(422, "idempotency_key_invalid", field=HEADER)
            wish = Wish(caller.id, key, await _fingerprint(request, service))
            kept = await _claim(service.database, wish, service.clock())
            if kept is not None:
                return answered(kept, wish)
            try:
                response = await handle(request)
            except BaseException:
                await _release(service.database, wish)
                raise
            if response.status_code >= 400:
                await _release(service.database, wish)
            else:
                await _keep(service.database, wish, response, with_body=not self.shown_once)
            return response

        return once


def answered(kept: Kept, wish: Wish) -> Response:
    """The kept answer again. Raises a problem for another wish, one under way, and one whose answer was a secret."""
    if not hmac.compare_digest(kept.fingerprint, wish.fingerprint):
        raise Problem(422, "idempotency_key_reused", field=HEADER, key=wish.key)
    if kept.status is None:
        raise Problem(409, "idempotency_under_way", field=HEADER, key=wish.key)
    if kept.body is None:
        raise Problem(409, "idempotency_shown_once", field=HEADER, key=wish.key)
    return Response(kept.body, kept.status, {**kept.headers, REPLAYED: "true"})


async def tidy(tx: Transaction, now: datetime) -> int:
    """Forgets answers older than a week; tells how many."""
    return await tx.execute("DELETE FROM idempotency WHERE claimed_at < :before", before=now - KEPT)


async def _fingerprint(request: Request, service: Service) -> bytes:
    # Keyed, because bodies hold credentials and passwords, whose plain hash would be a thing to guess at.
    secret = service.settings.hash_key.get_secret_value().encode()
    target = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hmac.new(secret, target + await request.body(), sha256).digest()


async def _claim(database: Database, wish: Wish, now: datetime) -> Kept | None:
    """None: the wish is ours to fulfil. What nobody has finished for minutes was left by a process that died."""
    async with database.transaction() as tx:
        ours = await tx.row(
            """INSERT INTO idempotency AS kept (caller, key, fingerprint, claimed_at)
               VALUES (:caller, :key, :fingerprint, :now)
               ON CONFLICT (caller, key) DO UPDATE SET claimed_at = :now
               WHERE kept.status IS NULL AND kept.claimed_at < :given_up AND kept.fingerprint = :fingerprint
               RETURNING key""",
            **vars(wish),
            now=now,
            given_up=now - UNDER_WAY,
        )
        if ours is not None:
            return None
        row = await tx.row(
            "SELECT fingerprint, status, headers, body FROM idempotency WHERE caller = :caller AND key = :key",
            caller=wish.caller,
            key=wish.key,
        )
    # Gone between the two statements: whoever had it failed and let it go.
    return Kept(wish.fingerprint, None, {}, None) if row is None else Kept(**row)


async def _keep(database: Database, wish: Wish, response: Response, *, with_body: bool) -> None:
    headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
    async with database.transaction() as tx:
        await tx.execute(
            """UPDATE idempotency SET status = :status, headers = CAST(:headers AS jsonb), body = :body
               WHERE caller = :caller AND key = :key""",
            caller=wish.caller,
            key=wish.key,
            status=response.status_code,
            headers=json.dumps(headers),
            body=bytes(response.body) if with_body else None,
        )


async def _release(database: Database, wish: Wish) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            "DELETE FROM idempotency WHERE caller = :caller AND key = :key AND status IS NULL",
            caller=wish.caller,
            key=wish.key,
        )
