"""Correcting a parked order by hand: its normalised fields change, the channel's own state stays on record."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from services.order_import import correction_book, judging, order_book, reason_book
from services.order_import.chronicle import keys as search_keys
from services.order_import.corrections import Correction, Place, Refused, check, place, value_at, with_value
from services.order_import.receiving import customer_key
from services.order_import.recording import record
from services.order_import.rules.projects import decided_project
from services.order_import.settings import OrderSettings
from services.order_import.standing import Standing, restated
from shared.chassis.problems import Problem
from shared.chassis.service import Service
from shared.contracts.journal import JournalEntry
from shared.contracts.order import Order
from shared.persistence import archive
from shared.persistence.database import Transaction


async def correct(
    service: Service,
    settings: OrderSettings,
    tx: Transaction,
    order_id: UUID,
    wished: Sequence[tuple[str, str]],
    note: str,
    actor: str,
) -> None:
    """Sets each path to its value and judges the order again. What is so already changes nothing.

    Raises Refused for a path or value that cannot be, a Problem for an order that is not parked or was erased.
    """
    before, key = await _locked(tx, order_id)
    order = before.order()
    wanted = _places(order, wished)
    fresh = [(where, value) for where, value in wanted if value_at(order, where) != value]
    if not fresh:
        return
    if before.status != "parked":
        raise Problem(409, "order_not_parked", number=before.number, standing=before.status)
    held = {one.path: one for one in (await correction_book.active(tx, {order_id: key})).get(order_id, ())}
    for where, value in fresh:
        known = held.get(where.path)
        own = value_at(order, where) if known is None else known.before
        if known is not None:
            await correction_book.end(tx, [known.id], "undone" if value == own else "replaced", actor)
        if value != own:
            made = Correction(uuid4(), order_id, where.path, own, value, note, actor, service.clock())
            await correction_book.add(tx, made, key)
        order = with_value(order, where, value)
    paths = [where.path for where, _ in fresh]
    await service.journal.write(tx, [_entry(service, before, "order_corrected", paths, actor)])
    await _restate(service, settings, tx, before, order, key, actor)


async def undo(
    service: Service, settings: OrderSettings, tx: Transaction, order_id: UUID, correction_id: UUID, actor: str
) -> None:
    """Gives the channel's own value back and judges the order again. One that is over already changes nothing. Raises
    LookupError when the order has no such correction."""
    before, key = await _locked(tx, order_id)
    known = {one.id: one for one in await correction_book.listing(tx, order_id)}
    one = known[correction_id]
    if one.state != "active":
        return
    await correction_book.end(tx, [one.id], "undone", actor)
    await service.journal.write(tx, [_entry(service, before, "correction_undone", [one.path], actor)])
    order = before.order()
    order = with_value(order, place(one.path, order), one.before or "")
    await _restate(service, settings, tx, before, order, key, actor)


async def _locked(tx: Transaction, order_id: UUID) -> tuple[Standing, bytes]:
    before = (await order_book.lock(tx, [order_id]))[order_id]
    key = (await archive.keys_for(tx, [order_id], create=False)).get(order_id)
    if key is None or before.erased_at is not None:
        raise Problem(409, "correction_order_erased", number=before.number)
    return before, key


def _places(order: Order, wished: Sequence[tuple[str, str]]) -> list[tuple[Place, str]]:
    found: dict[str, tuple[Place, str]] = {}
    for path, value in wished:
        where = place(path, order)
        check(where, value)
        if where.path in found:
            raise Refused("correction_path_twice", path)
        found[where.path] = (where, value)
    return list(found.values())


async def _restate(
    service: Service,
    settings: OrderSettings,
    tx: Transaction,
    before: Standing,
    order: Order,
    key: bytes,
    actor: str,
) -> None:
    before.reasons = (await reason_book.of_orders(tx, [before.id])).get(before.id, ())
    case = judging.Case(before.id, before.connection, order, before, False)
    verdict = (await judging.judged(service, settings, tx, [case]))[before.id]
    change = replace(
        restated(before, "corrected", order, verdict, actor=actor, project=decided_project(verdict.found.decisions)),
        content=order.model_dump_json(exclude_defaults=True),
        customer_key=customer_key(service, before.connection, order),
        key=key,
    )
    await record(service, tx, [change])


def _entry(service: Service, order: Standing, code: str, paths: Sequence[str], actor: str) -> JournalEntry:
    """Names the fields only: their values may be personal, and stand with the order."""
    return service.journal.entry(
        noun="order",
        subject=str(order.id),
        action="updated",
        code=code,
        connection=order.connection,
        platform=order.platform,
        params={"number": order.number, "fields": ", ".join(paths), "actor": actor},
        keys=search_keys(order.order(), order.erp_number, order.customer_key),
        actor=actor,
    )
