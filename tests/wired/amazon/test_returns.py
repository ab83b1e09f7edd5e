"""Returns are told by reports: asked for, looked for, taken once, and put beside their orders."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.connectors.amazon.reading import reports
from services.sandbox.faults import Rule
from shared.connector_kit.declaration import Page, Window
from shared.connector_kit.reports import Kind
from shared.connector_kit.translation import read
from shared.contracts.errors import Transient
from shared.contracts.order import Order
from tests.wired.amazon.calls import asked
from tests.wired.amazon.test_reading import case
from tests.wired.contract.stand import Stand

Account = Callable[..., Stand]
REPORTS = "/reports/2021-06-30/reports"


async def later(stand: Stand, **more: float) -> list[Page]:
    """A reading of orders some hours later."""
    stand.sandbox.clock.shift(timedelta(**(more or {"hours": 7})))
    return await stand.pages()


async def told(stand: Stand) -> list[Page]:
    """What is handed out when the reports that are asked for now are ready."""
    return [*await later(stand), *await later(stand, minutes=16)]


def orders(stand: Stand, pages: list[Page]) -> dict[str, Order]:
    found: dict[str, Any] = {
        item.external_id: read(stand.stream("order"), item).contract for page in pages for item in page.items
    }
    return found


async def test_a_return_to_the_merchant_stands_beside_its_order_from_then_on(stand: Stand) -> None:
    id = stand.shop.place(case(stand, "guest"))
    await later(stand, minutes=3)
    stand.shop.send_back(id, quantity=1, rma="D1RMA")
    found = orders(stand, await told(stand))[id]
    line = found.line_items[0].external_id
    assert [(one.external_id, one.state) for one in found.returns] == [("D1RMA", "open")]
    assert [(row.line_external_id, row.quantity) for row in found.returns[0].lines] == [(line, 1)]
    (item,) = await stand.stream("order").fetch_one(stand.client, id)
    assert orders(stand, [Page([item])])[id].returns == found.returns


async def test_what_came_back_to_amazon_is_waited_for_by_nobody(stand: Stand) -> None:
    id = stand.shop.place(case(stand, "point of sale"))
    await later(stand, minutes=3)
    stand.shop.send_back(id, rma="LPN1", status="Unit returned to inventory")
    stand.sandbox.clock.shift(timedelta(hours=6))
    found = orders(stand, await told(stand))[id]
    assert [(one.external_id, one.state) for one in found.returns] == [("LPN1", "closed")]


async def test_a_report_is_asked_for_once_and_taken_once(stand: Stand) -> None:
    id = stand.shop.place(case(stand, "guest"))
    await later(stand, minutes=3)
    stand.shop.send_back(id)
    await told(stand)
    for _ in range(3):
        pages = await later(stand, minutes=16)
        assert [page for page in pages if page.remarks or page.left_out] == []
    made = asked(stand, "POST", REPORTS)
    # At the first reading, and the one after seven hours: of ours; Amazon's own is asked for twice a day.
    assert len(made) == 3
    assert len(asked(stand, "GET", "/reports/2021-06-30/documents/")) == 1
    # The next report tells the same return once more, and its order is not read again.
    before = len(asked(stand, "GET", "/orders/2026-01-01/orders/"))
    await told(stand)
    assert len(asked(stand, "GET", "/reports/2021-06-30/documents/")) == 2
    assert len(asked(stand, "GET", "/orders/2026-01-01/orders/")) == before


async def test_a_lost_answer_asks_for_no_second_report(stand: Stand) -> None:
    id = stand.shop.place(case(stand, "guest"))
    stand.shop.send_back(id, rma="D1RMA")
    stand.opened.faults.add(Rule("answer_lost", times=1, method="POST", path_contains=REPORTS))
    with suppress(Transient):
        await later(stand)
    found = orders(stand, await later(stand, minutes=16))
    assert [one.external_id for one in found[id].returns] == ["D1RMA"]
    kinds = [row.kind for row in stand.shop.store.reports.rows]
    assert len(kinds) == len(set(kinds)) == 2


async def test_a_reading_that_breaks_off_takes_the_report_again_and_tells_nothing_twice(stand: Stand) -> None:
    id = stand.shop.place(case(stand, "guest"))
    await later(stand, minutes=3)
    stand.shop.send_back(id, rma="D1RMA")
    await later(stand)
    stand.sandbox.clock.shift(timedelta(minutes=16))
    walk = stand.stream("order").fetch(stand.client, Window())
    async for page in walk:
        if any(item.external_id == id and b'"beside"' in item.body for item in page.items):
            break
    await walk.aclose()  # type: ignore[attr-defined]
    found = orders(stand, await later(stand, minutes=16))
    assert [one.external_id for one in found[id].returns] == ["D1RMA"]
    assert len(asked(stand, "GET", "/reports/2021-06-30/documents/")) == 2


async def test_what_fits_no_order_or_no_line_or_no_known_state_is_named(stand: Stand) -> None:
    id = stand.shop.place(case(stand, "guest"))
    other = stand.shop.place(case(stand, "engraving"))
    await later(stand, minutes=3)
    stand.shop.send_back("305-9999999-9999999", rma="D1RMA")
    stand.shop.send_back(id, rma="D2RMA", status="Teleported")
    stand.shop.send_back(other, rma="D3RMA")
    product = stand.shop.store.book.orders[other].items[0]["product"]
    told_by = dict(product)
    product.update(sellerSku="OTHER", asin="B0OTHER")
    pages = await later(stand)
    stand.sandbox.clock.shift(timedelta(minutes=16))
    stand.shop.store.reports.listed([], stand.sandbox.clock())
    product.update(told_by)
    pages += await stand.pages()
    named = {(one.external_id, one.code) for page in pages for one in page.remarks}
    assert named == {(id, "return_state_unknown"), (other, "return_sku_unknown")}
    assert {(one.external_id, one.code) for page in pages for one in page.left_out} == {
        ("305-9999999-9999999", "return_of_unknown_order")
    }
    assert [one.returns for one in orders(stand, pages).values() if one.returns] == []


async def test_a_connection_for_one_way_of_sending_reads_its_own_returns(account: Account) -> None:
    for way, kind in (("merchant", "RETURN_DATE"), ("amazon", "CUSTOMER_RETURNS")):
        stand = account({"fulfilment": way})
        await stand.pages()
        assert [row.kind.endswith(kind) or kind in row.kind for row in stand.shop.store.reports.rows] == [True]


async def test_without_the_role_orders_are_read_all_the_same(account: Account) -> None:
    stand = account(lacking="reports")
    id = stand.shop.place(case(stand, "guest"))
    assert id in orders(stand, await later(stand, minutes=3))
    findings = (await stand.connector.probe(stand.client)).findings
    assert [(one.code, one.field, one.fatal) for one in findings] == [("scope_missing", "reports", False)]


async def test_a_kind_that_the_account_does_not_have_is_named_and_holds_up_no_other(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = stand.shop.place(case(stand, "guest"))
    await later(stand, minutes=3)
    stand.shop.send_back(id, rma="D1RMA")
    # The pretend account lists no report of a kind that it does not know.
    strange = replace(reports.SETTLED, kind=Kind(",", None))
    monkeypatch.setitem(reports.OF, "all", (strange, *reports.OF["all"][1:]))
    pages = await told(stand)
    named = {(one.external_id, one.code, one.params["report"]) for page in pages for one in page.remarks}
    assert named == {("", "report_refused", ",")}
    assert [one.external_id for one in orders(stand, pages)[id].returns] == ["D1RMA"]
