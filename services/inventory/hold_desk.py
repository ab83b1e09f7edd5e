"""Deciding about holds: a person confirms or discards, or time does where the settings say so."""

from datetime import timedelta
from typing import Any, Literal

from services.inventory import hold_book
from services.inventory.guard import exceeds
from services.inventory.guarding import falling
from services.inventory.hold_words import decided_entry, over_entry
from services.inventory.marks import mark_connection, mark_listings
from services.inventory.settings_book import settings_of
from services.inventory.stock_settings import GuardSettings
from shared.chassis.problems import Problem
from shared.chassis.service import Service
from shared.persistence.database import Transaction

Decision = Literal["confirmed", "discarded"]
CODES = {
    ("first", "confirmed"): "stock_first_hold_confirmed",
    ("first", "discarded"): "stock_first_hold_discarded",
    ("zero", "confirmed"): "stock_hold_confirmed",
    ("zero", "discarded"): "stock_hold_discarded",
}
BY_TIME = "guard.confirm_after_minutes"


async def decide_hold(service: Service, tx: Transaction, hold: dict[str, Any], decision: Decision, actor: str) -> None:
    """Ends an open hold. The same decision again changes nothing; another one than was made is a 409 problem.

    Confirmed: the then newest numbers go out. Discarded: the shop is left as it is until the number changes again.
    """
    id, connection = hold["id"], hold["connection"]
    await hold_book.lock(tx, [connection])
    current = await hold_book.one(tx, id) or hold
    if current["state"] == decision:
        return
    if current["state"] != "open":
        raise Problem(409, "stock_hold_decided", state=current["state"], actor=current["decided_by"] or "–")
    if current["reason"] == "first" and decision == "confirmed":
        await _open_first(service, tx, current)
    await hold_book.settle(tx, id, decision, service.clock(), actor)
    ids = await hold_book.waiting_ids(tx, id)
    await mark_listings(tx, ids, bulk=len(ids) > 50)
    words = {"zeroed": str(len(ids) if current["reason"] == "zero" else current["zeroed"])}
    code = CODES[current["reason"], decision]
    entry = decided_entry(service, id, connection, current["platform"], code, words, actor)
    await service.journal.write(tx, [entry])


async def _open_first(service: Service, tx: Transaction, hold: dict[str, Any]) -> None:
    """What the confirmed preview takes off sale is confirmed with it."""
    connection = hold["connection"]
    await hold_book.open_gate(tx, connection, service.clock())
    _, zeroing = await falling(tx, connection)
    await hold_book.keep(tx, connection, hold["id"], zeroing, "held")
    await mark_connection(tx, connection)


async def look_after(service: Service) -> None:
    """Confirms what has waited its set time, and ends what nobody has to decide any more."""
    async with service.database.transaction() as tx:
        holds = await hold_book.opened_holds(tx)
        settings = await settings_of(tx, {hold["connection"] for hold in holds})
    for hold in holds:
        async with service.database.transaction() as tx:
            await hold_book.lock(tx, [hold["connection"]])
            current = await hold_book.one(tx, hold["id"])
            if current is not None and current["state"] == "open":
                await _look_after(service, tx, hold, settings[hold["connection"]].guard)


async def _look_after(service: Service, tx: Transaction, hold: dict[str, Any], limits: GuardSettings) -> None:
    minutes = limits.confirm_after_minutes
    if hold["deleted"]:
        await _end(service, tx, hold)
    elif minutes is not None and hold["since"] + timedelta(minutes=minutes) <= service.clock():
        await decide_hold(service, tx, hold, "confirmed", BY_TIME)
    elif hold["reason"] == "first" and limits.first == "limits":
        listings, zeroing = await falling(tx, hold["connection"])
        if not exceeds(len(zeroing), listings, limits):
            await hold_book.open_gate(tx, hold["connection"], service.clock())
            await mark_connection(tx, hold["connection"])
            await _end(service, tx, hold)


async def _end(service: Service, tx: Transaction, hold: dict[str, Any]) -> None:
    await hold_book.settle(tx, hold["id"], "over", service.clock(), "")
    await service.journal.write(tx, [over_entry(service, hold["id"], hold["connection"], hold["platform"])])
