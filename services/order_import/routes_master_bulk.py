"""`/orders/master-data/customers` and `/bills-of-material`: many rows at once, each answered by itself."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.order_import import bill_book, customer_book
from services.order_import.bill_book import BillView
from services.order_import.customer_book import CustomerView
from services.order_import.routes_master import unlimited
from services.order_import.showing import Operator, Reader, Speaks
from services.order_import.upload_rows import MOST_ROWS, UploadAnswer, answered
from shared.chassis.pages import After, Limit, Page, decode_cursor, encode_cursor
from shared.chassis.problems import not_found
from shared.chassis.service import Service

Word = Annotated[str | None, Query(max_length=200)]


class CustomerUpload(BaseModel, extra="forbid"):
    """Whole customers: `number`, `project`, `email`, `first_name`, `last_name`, `company`, `street`, `addition`,
    `postcode`, `city`, `country`. Only the number, the project and keyed hashes are kept."""

    customers: list[dict[str, Any]] = Field(
        max_length=MOST_ROWS,
        examples=[[{"number": "10001", "project": "North", "email": "erika@example.org", "last_name": "Mustermann"}]],
    )


class BillUpload(BaseModel, extra="forbid"):
    """Whole bills: `head` and `components` with `article_number` and `quantity` per piece of the head. No components:
    the head has no bill any more. `kept_in_stock`: finished pieces of the head have a stock of their own, which is
    sold first, and its orders are not taken apart. Otherwise it is put together on demand: its stock is its parts'."""

    bills: list[dict[str, Any]] = Field(
        max_length=MOST_ROWS,
        examples=[[{"head": "SET-1", "components": [{"article_number": "A-1", "quantity": 2}]}]],
    )


def routes(service: Service) -> APIRouter:
    router = APIRouter(prefix="/master-data", tags=["master data"])
    database = service.database

    @router.put("/customers")
    async def put_customers(body: CustomerUpload, caller: Operator, language: Speaks) -> UploadAnswer:
        """Stores up to 10,000 customers of the ERP for matching. The same again changes nothing."""
        unlimited(caller)
        async with database.transaction() as tx:
            outcomes, refusals = await customer_book.put(service, tx, body.customers, caller.name)
        return answered(body.customers, "number", outcomes, refusals, language)

    @router.get("/customers")
    async def customers(
        caller: Reader,
        number: Word = None,
        email: Word = None,
        project: Word = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[CustomerView]:
        """Customers by number. `email` finds whom it was stored with; it is compared as a keyed hash."""
        async with database.transaction() as tx:
            found = await customer_book.page(
                tx,
                number=number,
                email=None if email is None else customer_book.email_key(service.hasher, email),
                project=project,
                scope=caller.scope,
                after=_behind(after),
                limit=limit,
            )
        return Page(items=found, next=encode_cursor(found[-1].number) if len(found) == limit else None)

    @router.delete("/customers/{number:path}", status_code=204)
    async def delete_customer(number: str, caller: Operator) -> None:
        """Forgets a customer: no order is matched to it any more."""
        unlimited(caller)
        async with database.transaction() as tx:
            if not await customer_book.delete(service, tx, number, caller.name):
                raise not_found(number)

    @router.put("/bills-of-material")
    async def put_bills(body: BillUpload, caller: Operator, language: Speaks) -> UploadAnswer:
        """Stores whole bills of up to 10,000 heads. Heads and components must be known articles."""
        unlimited(caller)
        async with database.transaction() as tx:
            outcomes, refusals = await bill_book.put(service, tx, body.bills, caller.name)
        return answered(body.bills, "head", outcomes, refusals, language)

    @router.get("/bills-of-material")
    async def bills(
        _caller: Reader, head: Word = None, component: Word = None, after: After = None, limit: Limit = 50
    ) -> Page[BillView]:
        """Bills by head; with `component`, those it belongs to."""
        async with database.transaction() as tx:
            found = await bill_book.page(tx, head=head, component=component, after=_behind(after), limit=limit)
        return Page(items=found, next=encode_cursor(found[-1].head) if len(found) == limit else None)

    return router


def _behind(after: str | None) -> str:
    return str(decode_cursor(after, 1)[0]) if after else ""
