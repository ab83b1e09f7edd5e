"""What we hold of one connection, to be compared with the shop's own list; and what only our own services may ask."""

from uuid import UUID

from fastapi import APIRouter

from services.order_import import article_replica, census, connection_replica, customer_book, erasure, number_replica
from services.order_import.census_views import CensusItem, CensusTotal, CensusView, ErasureView
from services.order_import.showing import Neighbour, Reader
from services.order_import.wishes import ErasureWish
from shared.chassis.access import Principal
from shared.chassis.pages import After, Limit, Page, decode_cursor, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.service import Service


def routes(service: Service) -> APIRouter:
    router = APIRouter()
    database = service.database

    @router.get("/census/{connection}", tags=["census"])
    async def summary(connection: UUID, reader: Reader) -> CensusView:
        """Counts per status, and the orders' stated totals per status and currency."""
        _allowed(connection, reader)
        async with database.transaction() as tx:
            totals = [CensusTotal.model_validate(row) for row in await census.totals(tx, connection)]
            unreadable = await census.unreadable(tx, connection)
        counts: dict[str, int] = {}
        for total in totals:
            counts[total.status] = counts.get(total.status, 0) + total.orders
        return CensusView(connection=connection, orders=counts, unreadable=unreadable, totals=totals)

    @router.get("/census/{connection}/items", tags=["census"])
    async def items(connection: UUID, reader: Reader, after: After = None, limit: Limit = 500) -> Page[CensusItem]:
        """Every external id with its status and reason codes, by external id."""
        _allowed(connection, reader)
        (last,) = decode_cursor(after, 1) if after else ("",)
        if not isinstance(last, str):
            raise Problem(422, "cursor_invalid", field="after")
        async with database.transaction() as tx:
            found = await census.items(tx, connection, last, limit)
        return Page(
            items=[CensusItem.model_validate(row) for row in found],
            next=encode_cursor(found[-1]["external_id"]) if len(found) == limit else None,
        )

    @router.post("/internal/erasures", tags=["internal"])
    async def erase(wish: ErasureWish, _neighbour: Neighbour) -> ErasureView:
        """Makes orders anonymous in place. Later versions of them are made anonymous as they come in."""
        async with database.transaction() as tx:
            ids = {*wish.order_ids, *(await erasure.of_customer(tx, wish.customer_key) if wish.customer_key else ())}
            erased = await erasure.erase(service, tx, sorted(ids))
            if wish.customer_key:
                await customer_book.forget(tx, wish.customer_key)
            customers = await erasure.erase_accounts(service, tx, wish.customer_key)
        return ErasureView(order_ids=erased, customer_ids=customers)

    @router.post("/internal/replicas", tags=["internal"])
    async def rebuild(_neighbour: Neighbour) -> dict[str, int]:
        """Reads articles, external numbers and connections again from their owners."""
        return {
            "connections": await connection_replica.rebuild(service),
            "articles": await article_replica.rebuild(service),
            "external_numbers": await number_replica.rebuild(service),
        }

    return router


def _allowed(connection: UUID, principal: Principal) -> None:
    if not principal.allows(connection):
        raise not_found(connection)
