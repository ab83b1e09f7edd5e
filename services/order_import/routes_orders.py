"""Searching orders, and one order with everything we know of it."""

import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from services.order_import import search, version_book
from services.order_import.difference import differences
from services.order_import.order_rules import Status
from services.order_import.order_views import DifferenceView, OrderDetail, OrderHead, VersionView
from services.order_import.showing import Reader, Speaks, detail, visible
from shared.chassis.pages import After, Limit, Page, decode_moment, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.service import Service
from shared.contracts.order import Order
from shared.persistence.database import Transaction

_HASH = re.compile(r"[0-9a-f]{32}")
Customer = Annotated[str | None, Query(description="An e-mail address, or a customer's key as the journal shows it.")]
PlacedTo = Annotated[AwareDatetime | None, Query(description="Exclusive.")]


def search_routes(service: Service) -> APIRouter:
    """The bare address of the order book."""
    router = APIRouter()

    @router.get("", tags=["orders"])
    async def find_orders(
        reader: Reader,
        connection: UUID | None = None,
        platform: str | None = None,
        project: str | None = None,
        status: Status | None = None,
        number: str | None = None,
        external_id: str | None = None,
        erp_number: str | None = None,
        customer: Customer = None,
        article_number: str | None = None,
        tracking: str | None = None,
        placed_from: AwareDatetime | None = None,
        placed_to: PlacedTo = None,
        test: bool | None = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[OrderHead]:
        """Orders, the latest placed first. All filters together must hold."""
        filters = search.Filters(
            scope=reader.scope,
            connection=connection,
            platform=platform,
            project=project,
            status=status,
            number=number,
            external_id=external_id,
            erp_number=erp_number,
            customer_key=_customer_key(service, customer),
            article_number=article_number,
            tracking=tracking,
            placed_from=placed_from,
            placed_to=placed_to,
            test=test,
        )
        async with service.database.transaction() as tx:
            found = await search.find(tx, filters, decode_moment(after), limit)
        return Page(
            items=[OrderHead.model_validate(one) for one in found],
            next=encode_cursor(found[-1].placed_at.isoformat(), found[-1].id) if len(found) == limit else None,
        )

    return router


def routes(service: Service) -> APIRouter:
    """One order by its id."""
    router = APIRouter(tags=["orders"])
    database = service.database

    @router.get("/{id}")
    async def one_order(id: UUID, reader: Reader, language: Speaks) -> OrderDetail:
        """The whole order: content, lines, reasons, shipments, who took it over."""
        async with database.transaction() as tx:
            head, content = await visible(tx, id, reader)
            return await detail(service, tx, head, content, language)

    @router.get("/{id}/versions")
    async def versions(id: UUID, reader: Reader) -> list[VersionView]:
        """Every version, the newest first, with what made it."""
        async with database.transaction() as tx:
            await visible(tx, id, reader)
            return [VersionView.model_validate(one) for one in await version_book.listing(tx, id)]

    @router.get("/{id}/versions/{version}")
    async def one_version(id: UUID, version: int, reader: Reader) -> Order:
        """What the order said at a version."""
        async with database.transaction() as tx:
            await visible(tx, id, reader)
            return Order.model_validate_json(await _content(tx, id, version))

    @router.get("/{id}/versions/{before}/difference/{after}")
    async def difference(id: UUID, before: int, after: int, reader: Reader) -> list[DifferenceView]:
        """Which fields differ between two versions."""
        async with database.transaction() as tx:
            await visible(tx, id, reader)
            old = _json(await _content(tx, id, before))
            new = _json(await _content(tx, id, after))
        return [DifferenceView.model_validate(one) for one in differences(old, new)]

    return router


async def _content(tx: Transaction, id: UUID, version: int) -> bytes:
    try:
        content = await version_book.content(tx, id, version)
    except LookupError:
        raise not_found(f"{id} version {version}") from None
    if content is None:
        raise Problem(410, "version_erased", version=str(version))
    return content


def _json(content: bytes) -> dict[str, Any]:
    return Order.model_validate_json(content).model_dump(mode="json")


def _customer_key(service: Service, customer: str | None) -> str | None:
    if customer is None or _HASH.fullmatch(customer):
        return customer
    return service.hasher.customer(customer)
