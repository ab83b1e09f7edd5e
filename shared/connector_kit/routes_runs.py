"""`/connectors/<platform>/connections/{id}/runs`: chosen records read by hand, before go-live and after."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.chassis.access import Principal, require
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import Language, advice, sentence, speaks
from shared.chassis.service import Service
from shared.connector_kit import runs, work
from shared.connector_kit.declaration import Connector, Noun, Stream
from shared.connector_kit.opening import Opener
from shared.connector_kit.runs import Chosen, Item, Run
from shared.connector_kit.visible import connection_of, stream_of
from shared.contracts.connection import Connection
from shared.contracts.journal import JournalEntry

MOST_RECORDS = 200
ANSWERED_AT_ONCE = 20
WAIT_SECONDS = 20.0
LOOK_SECONDS = 0.2
Names = Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=MOST_RECORDS)]


class RunWish(BaseModel):
    """The records to read: by the shop's ids, or by people's numbers where the platform can be asked for those."""

    model_config = ConfigDict(extra="forbid")

    noun: Noun = "order"
    external_ids: Names = []
    numbers: Names = []

    @model_validator(mode="after")
    def _either(self) -> Self:
        if bool(self.external_ids) == bool(self.numbers):
            raise ValueError("Give either external_ids or numbers.")
        return self


class ItemView(BaseModel):
    """What became of one record. "published" was read and handed on, whether or not it had changed."""

    external_id: str
    number: str
    outcome: Literal["waiting", "published", "not_found", "unreadable", "failed"]
    code: str
    sentence: str
    advice: str
    settled_at: datetime | None


class RunView(BaseModel):
    """`waiting` records are not read yet: ask again."""

    id: UUID
    connection: UUID
    noun: str
    asked_by: str
    asked_at: datetime
    waiting: int
    items: list[ItemView]


def run_routes(connector: Connector, service: Service, opener: Opener) -> APIRouter:
    router = APIRouter(prefix="/connections/{connection_id}/runs", tags=["runs"])
    database = service.database

    @router.post("", responses={202: {"description": "Some records are not read yet; ask for the run again."}})
    async def run(
        connection_id: UUID,
        wish: RunWish,
        request: Request,
        response: Response,
        caller: Principal = Depends(require("operate")),
    ) -> RunView:
        """Reads up to 200 chosen records and hands them on, also before the connection is productive. Up to 20 are
        answered at once; of more, ask for the run until none waits."""
        connection = await connection_of(service, connector, connection_id, caller)
        stream = stream_of(connector, wish.noun)
        if connection.paused_because:
            raise Problem(409, "run_connection_paused", connection=connection.name)
        chosen = await _chosen(stream, opener, connection, wish)
        id = uuid4()
        async with database.transaction() as tx:
            await runs.add(tx, id, connection_id, wish.noun, chosen, caller.name)
            kind, body = f"read:{wish.noun}", '{"path": "manual", "force": true}'
            known = {one.external_id for one in chosen if one.external_id}
            await work.hint(tx, [work.Hinted(connection_id, kind, one, body) for one in known])
            await service.journal.write(tx, [_entry(service, connection, wish.noun, id, len(chosen), caller.name)])
        async with database.transaction() as tx:
            await work.notify(tx, [(connection_id, kind)])
        found = await _settled(connection_id, id, WAIT_SECONDS if len(chosen) <= ANSWERED_AT_ONCE else 0.0)
        response.status_code = 202 if found.waiting else 200
        return view(found, speaks(request))

    @router.get("/{run_id}")
    async def one(
        connection_id: UUID, run_id: UUID, request: Request, caller: Principal = Depends(require("read"))
    ) -> RunView:
        """What became of each record so far."""
        await connection_of(service, connector, connection_id, caller)
        return view(await _settled(connection_id, run_id, 0.0), speaks(request))

    async def _settled(connection_id: UUID, id: UUID, seconds: float) -> Run:
        """The run, as soon as no record waits any more or the time is up: whoever holds the lease reads them."""
        until = time.monotonic() + seconds
        while True:
            async with database.transaction() as tx:
                found = await runs.one(tx, connection_id, id)
            if found is None:
                raise not_found(id)
            if not found.waiting or time.monotonic() >= until:
                return found
            await asyncio.sleep(LOOK_SECONDS)

    return router


async def _chosen(stream: Stream, opener: Opener, connection: Connection, wish: RunWish) -> Sequence[Chosen]:
    """The records of a wish, each once; a number the shop does not know comes back without an id."""
    if wish.external_ids:
        return [Chosen(one) for one in dict.fromkeys(wish.external_ids)]
    if stream.find is None:
        raise Problem(422, "run_numbers_unsupported", field="numbers")
    numbers = list(dict.fromkeys(wish.numbers))
    shop = opener.open(connection)
    try:
        found = await stream.find(shop.client, numbers)
    finally:
        await shop.close()
    return [Chosen(found.get(number, ""), number) for number in numbers]


def _entry(service: Service, connection: Connection, noun: str, id: UUID, count: int, actor: str) -> JournalEntry:
    return service.journal.entry(
        noun="run",
        subject=str(id),
        action="created",
        code="run_by_hand",
        params={"count": str(count), "stream": noun, "connection": connection.name, "actor": actor},
        connection=connection.id,
        platform=connection.platform,
        actor=actor,
        correlation=str(id),
    )


def view(run: Run, language: Language) -> RunView:
    return RunView(
        id=run.id,
        connection=run.connection,
        noun=run.noun,
        asked_by=run.asked_by,
        asked_at=run.asked_at,
        waiting=run.waiting,
        items=[_item(item, language) for item in run.items],
    )


def _item(item: Item, language: Language) -> ItemView:
    words = {"external_id": item.external_id, "number": item.number or item.external_id} | item.params
    said = sentence(item.code, words, language) if item.code else ""
    return ItemView(
        **(vars(item) | {"sentence": said, "advice": advice(item.code, words, language) if item.code else ""})
    )
