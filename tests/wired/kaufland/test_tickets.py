"""Tickets: what customers write, beside the orders they write about, whose turn it is, and when it is told again."""

from collections.abc import Callable
from datetime import datetime, timedelta

import orjson
import pytest

from services.connectors.kaufland import reading
from services.sandbox import seeds
from services.sandbox.faults import Rule
from shared.connector_kit.declaration import Remark, Window
from shared.contracts.errors import Transient
from tests.wired.contract.stand import Stand

Account = Callable[..., Stand]


async def told(stand: Stand, since: datetime | None = None) -> dict[str, Remark]:
    pages = [page async for page in reading.orders(stand.client, Window(since))]
    return {one.params["ticket"]: one for page in pages for one in page.remarks}


def placed(stand: Stand) -> str:
    return stand.opened.place(seeds.case("reduced rate only", stand.sandbox.clock().replace(microsecond=0)))


async def test_a_question_is_told_beside_its_order_and_says_that_the_seller_must_answer(stand: Stand) -> None:
    order = placed(stand)
    ticket = stand.shop.write_ticket(order, "Wo bleibt mein Tee?")
    (remark,) = (await told(stand)).values()
    assert (remark.params["ticket"], remark.external_id) == (ticket, order)
    assert ticket.startswith("00")
    assert (remark.code, remark.outcome) == ("ticket_waits", "warning")
    assert remark.params == {
        "ticket": ticket,
        "topic": "order_other_question",
        "status": "opened",
        "messages": "1",
        "last": "buyer",
    }
    written = orjson.loads(remark.body)
    assert [one["text"] for one in written["messages"]] == ["Wo bleibt mein Tee?"]
    assert not {"buyer", "order_units"} & set(written)


async def test_what_was_answered_waits_no_longer_and_what_was_closed_neither(stand: Stand) -> None:
    ticket = stand.shop.write_ticket(placed(stand), "Wo bleibt mein Tee?")
    start = stand.sandbox.clock()
    stand.shop.store.tickets.write(ticket, "seller", "Er ist unterwegs.")
    (remark,) = (await told(stand, start)).values()
    assert (remark.code, remark.outcome, remark.params["last"]) == ("ticket_received", "ok", "seller")
    stand.shop.store.tickets.write(ticket, "buyer", "Danke!")
    stand.shop.store.tickets.close(ticket, "buyer_closed")
    (remark,) = (await told(stand, start)).values()
    assert (remark.code, remark.params["status"], remark.params["messages"]) == ("ticket_received", "buyer_closed", "3")


async def test_only_what_changed_is_asked_for_and_at_first_only_what_is_open(stand: Stand) -> None:
    order = placed(stand)
    old, settled = stand.shop.write_ticket(order, "Farbe?"), stand.shop.write_ticket(order, "Danke")
    stand.shop.store.tickets.close(settled, "both_closed")
    assert set(await told(stand)) == {old}
    stand.sandbox.clock.shift(timedelta(minutes=30))
    start = stand.sandbox.clock()
    stand.sandbox.clock.shift(timedelta(minutes=5))
    new = stand.shop.write_ticket(order, "Und die Größe?")
    assert set(await told(stand, start)) == {new}


async def test_tickets_come_from_a_list_of_many_pages_and_from_every_storefront(account: Account) -> None:
    stand = account(storefronts="de at", careless=True)
    order = placed(stand)
    written = {stand.shop.write_ticket(order, f"Frage {n}") for n in range(65)}
    assert set(await told(stand)) == written
    named = account({"storefronts": "at"}, storefronts="de at")
    named.shop.write_ticket(placed(named), "Frage")
    assert await told(named) == {}


async def test_a_ticket_about_no_order_names_none(stand: Stand) -> None:
    ticket = stand.shop.store.tickets.open((), "Mein Konto?", storefront="de", topic="account_other")
    assert (await told(stand))[ticket].external_id == ""


async def test_tickets_that_cannot_be_read_hold_back_the_watermark_and_no_order(stand: Stand) -> None:
    order = placed(stand)
    stand.opened.faults.add(Rule("error_500", times=50, path_contains="/tickets"))
    pages = []

    async def everything() -> None:
        async for page in reading.orders(stand.client, Window()):
            pages.append(page)

    with pytest.raises(Transient):
        await everything()
    assert [item.external_id for page in pages for item in page.items] == [order]
    assert not [page for page in pages if page.remarks]
