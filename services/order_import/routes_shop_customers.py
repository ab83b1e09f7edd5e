"""`/orders/shop-customers`: accounts with a shop that were taken over from it, and what became of each."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.order_import import shop_customer_book, shop_customers
from services.order_import.routes_master import unlimited
from services.order_import.shop_customer_book import OUTCOMES, Outcome
from services.order_import.showing import Operator, Reader, Speaks
from shared.chassis.access import Principal
from shared.chassis.pages import After, Limit, Page, decode_cursor, encode_cursor
from shared.chassis.problems import not_found
from shared.chassis.sentences import Language, advice, sentence
from shared.chassis.service import Service
from shared.contracts.customer import ShopCustomer
from shared.persistence.database import Transaction


class ShopCustomerView(BaseModel):
    """One account. `customer_number` is the ERP's customer; `sentence` says why him, or what is missing. `customer` is
    who it is, None once he was erased or where the shop's record cannot be read."""

    id: UUID
    external_id: str
    number: str
    outcome: Outcome
    code: str
    field: str
    sentence: str
    advice: str
    customer_number: str
    customer: ShopCustomer | None
    updated_at: datetime


class ShopCustomerCounts(BaseModel):
    """How many accounts there are, by what became of them, and by the code of the sentence that says why."""

    connection: UUID
    customers: int
    created: int
    matched: int
    default: int
    waiting: int
    unreadable: int
    erased: int
    codes: dict[str, int]


def routes(service: Service) -> APIRouter:
    router = APIRouter(prefix="/shop-customers/{connection}", tags=["customers of a shop"])
    database = service.database

    @router.get("")
    async def listed(
        connection: UUID,
        caller: Reader,
        language: Speaks,
        outcome: Outcome | None = None,
        code: Annotated[str | None, Query(max_length=100)] = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[ShopCustomerView]:
        """A connection's accounts by their id in the shop. They are read by a backfill of the noun `customer`."""
        _visible(caller, connection)
        last = str(decode_cursor(after, 1)[0]) if after else ""
        async with database.transaction() as tx:
            rows = await shop_customer_book.page(tx, connection, outcome=outcome, code=code, after=last, limit=limit)
            known = await shop_customer_book.opened(tx, rows)
        items = [_view(row, known.get(row["id"]), language) for row in rows]
        return Page(items=items, next=encode_cursor(rows[-1]["external_id"]) if len(rows) == limit else None)

    @router.get("/summary")
    async def summary(connection: UUID, caller: Reader) -> ShopCustomerCounts:
        """The report of the take-over, in figures."""
        _visible(caller, connection)
        async with database.transaction() as tx:
            return await _counts(tx, connection)

    @router.post("/judge")
    async def judge(connection: UUID, caller: Operator) -> ShopCustomerCounts:
        """Decides anew about those who wait, by the ERP's customers and the connection's rules as they are now."""
        unlimited(caller)
        async with database.transaction() as tx:
            await shop_customers.judge_again(service, tx, connection)
            return await _counts(tx, connection)

    return router


async def _counts(tx: Transaction, connection: UUID) -> ShopCustomerCounts:
    rows = await shop_customer_book.counts(tx, connection)
    found: Counter[str] = Counter()
    for row in rows:
        found[row["outcome"]] += row["n"]
    codes = {row["code"]: row["n"] for row in rows}
    counted = {name: found[name] for name in OUTCOMES}
    return ShopCustomerCounts(connection=connection, customers=found.total(), codes=codes, **counted)


def _view(row: Mapping[str, Any], customer: ShopCustomer | None, language: Language) -> ShopCustomerView:
    shown = {name: row[name] for name in ShopCustomerView.model_fields if name in row}
    words = {"external_id": row["external_id"], **row["params"]}
    return ShopCustomerView(
        **shown,
        sentence=sentence(row["code"], words, language),
        advice=advice(row["code"], words, language),
        customer=customer,
    )


def _visible(caller: Principal, connection: UUID) -> None:
    if not caller.allows(connection):
        raise not_found(connection)
