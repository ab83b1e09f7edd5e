"""The pool of tracking numbers for the way back, as the merchant fills it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.order_import import connection_replica, return_numbers
from services.order_import.showing import Operator, Reader
from services.order_import.wishes import Wish
from shared.chassis.access import Principal
from shared.chassis.problems import Problem, not_found
from shared.chassis.service import Service
from shared.persistence.database import Transaction

MOST = 100_000
Longest = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9]+$")]


class NumbersWish(Wish):
    """Numbers that a carrier gave for returns, with whatever separates them."""

    numbers: str = Field(min_length=1, max_length=2_000_000, pattern=r"^[A-Za-z0-9\s,;|]+$")


class RangeWish(Wish):
    """A range of numbers that a carrier gave: its first eleven digits, without the check digit, and how many."""

    first: str = Field(pattern=r"^\d{11}$", examples=["84400100000"])
    count: int = Field(ge=1, le=MOST)


class PoolView(BaseModel):
    """What is left. `added` are those of this call that were new: one that was ever in the pool is not added again."""

    connection: UUID
    free: int
    taken: int
    added: int = 0


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["return numbers"])
    database = service.database

    @router.get("/return-numbers/{connection}")
    async def pool(connection: UUID, reader: Reader) -> PoolView:
        """How many numbers are left."""
        async with database.transaction() as tx:
            await _known(tx, connection, reader)
            return PoolView(**vars(await return_numbers.pool(tx, connection)))

    @router.post("/return-numbers/{connection}")
    async def upload(connection: UUID, wish: NumbersWish, operator: Operator) -> PoolView:
        """Adds numbers; each goes with one parcel. Twice is the same."""
        numbers = return_numbers.split(wish.numbers)
        if len(numbers) > MOST or any(len(number) > 60 for number in numbers):
            raise Problem(422, "return_numbers_invalid", field="numbers", most=str(MOST))
        return await add(connection, numbers, operator)

    @router.post("/return-numbers/{connection}/range")
    async def generate(connection: UUID, wish: RangeWish, operator: Operator) -> PoolView:
        """Adds a range of numbers with their check digits (twelve digits, weights four and nine)."""
        try:
            numbers = return_numbers.generated(wish.first, wish.count)
        except ValueError:
            raise Problem(422, "return_numbers_invalid", field="count", most=str(MOST)) from None
        return await add(connection, numbers, operator)

    async def add(connection: UUID, numbers: list[str], operator: Principal) -> PoolView:
        async with database.transaction() as tx:
            await _known(tx, connection, operator)
            added = await return_numbers.add(tx, connection, numbers)
            found = await return_numbers.pool(tx, connection)
        return PoolView(**vars(found), added=added)

    return router


async def _known(tx: Transaction, connection: UUID, principal: Principal) -> None:
    if not principal.allows(connection) or not await connection_replica.known(tx, connection):
        raise not_found(connection)
