"""Corrections of a parked order: made, listed, taken back."""

from uuid import UUID

from fastapi import APIRouter

from services.order_import import correction_book
from services.order_import.correcting import correct, undo
from services.order_import.corrections import Refused
from services.order_import.order_views import CorrectionView, OrderDetail
from services.order_import.settings import OrderSettings
from services.order_import.showing import Operator, Reader, Speaks, detail, visible
from services.order_import.wishes import CorrectionWish
from shared.chassis.problems import Problem, not_found
from shared.chassis.service import Service


def routes(service: Service, settings: OrderSettings) -> APIRouter:
    router = APIRouter(prefix="/{id}/corrections", tags=["parked"])
    database = service.database

    @router.post("")
    async def make(id: UUID, wish: CorrectionWish, operator: Operator, language: Speaks) -> OrderDetail:
        """Corrects fields of a parked order and judges it again at once. What the channel said stays on record and
        comes back with the correction's removal; the correction holds for later states of the order until the channel
        changes that field itself. What is so already changes nothing."""
        changes = [(change.path, change.value) for change in wish.changes]
        async with database.transaction() as tx:
            await visible(tx, id, operator)
            try:
                await correct(service, settings, tx, id, changes, wish.note, operator.name)
            except Refused as refusal:
                index = next(n for n, (path, _) in enumerate(changes) if path == refusal.path)
                field = f"changes.{index}.{refusal.part}"
                raise Problem(422, refusal.code, field=field, path=refusal.path) from None
            return await detail(service, tx, *await visible(tx, id, operator), language)

    @router.get("")
    async def listed(id: UUID, reader: Reader) -> list[CorrectionView]:
        """Every correction of the order, the newest first, those that are over too."""
        async with database.transaction() as tx:
            await visible(tx, id, reader)
            return [CorrectionView.model_validate(one) for one in await correction_book.listing(tx, id)]

    @router.delete("/{correction_id}")
    async def take_back(id: UUID, correction_id: UUID, operator: Operator, language: Speaks) -> OrderDetail:
        """Gives the channel's own value back and judges the order again. Twice is the same."""
        async with database.transaction() as tx:
            await visible(tx, id, operator)
            try:
                await undo(service, settings, tx, id, correction_id, operator.name)
            except LookupError:
                raise not_found(correction_id) from None
            return await detail(service, tx, *await visible(tx, id, operator), language)

    return router
