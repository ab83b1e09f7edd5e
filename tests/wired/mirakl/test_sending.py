"""Stock by file, parcels as the operator allows them, cancellations with their money."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from services.sandbox.faults import Rule
from services.sandbox.mirakl.errors import Refusal
from services.sandbox.mirakl.imports import Import
from shared.contracts.fulfilment import ShippedLine
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_cancellations import cancellation, reread
from tests.wired.contract.test_pushes import articles, level, order_of, parcel, settled

Operator = Callable[..., Stand]


def asked(stand: Stand, path: str, method: str = "POST") -> list[Any]:
    latest = stand.opened.requests.report(2000)["latest"]
    return [row for row in latest if row["path"].endswith(path) and row["method"] == method]


async def test_what_is_not_in_the_file_keeps_its_stock(stand: Stand) -> None:
    before = stand.shop.stock()
    found = await articles(stand, "KR-1001", "KR-1002")
    results = await stand.send("stock", [level(found[0], 0), level(found[1], 8)])
    assert {result.outcome for result in results} == {"done"}
    assert stand.shop.stock() == before | {"KR-1001": 0, "KR-1002": 8}
    assert len(asked(stand, "/stock/imports")) == 1


@pytest.mark.parametrize("delimiter", ["SEMICOLON", "COMMA"])
async def test_each_refused_line_of_a_file_is_known_by_its_offer_whatever_the_operator_writes_with(
    operator: Operator, delimiter: str
) -> None:
    stand = operator(delimiter=delimiter)
    (one,) = await articles(stand, "KR-1001")
    pushes = [level(one, 1, external_id="NOBODY"), level(one, 4), level(one, 2, external_id="ALSO;NOBODY")]
    results = await stand.send("stock", pushes)
    assert [(result.outcome, result.code) for result in results] == [
        ("failed", "stock_refused"), ("done", ""), ("failed", "stock_refused"),
    ]  # fmt: skip
    assert results[0].params["detail"] == "The offer does not exist"


async def test_refused_lines_that_no_report_names_are_not_called_done(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = await articles(stand, "KR-1001")
    pushes = [level(one, 1, external_id="NOBODY"), level(one, 4)]
    with monkeypatch.context() as operator:
        operator.setattr(Import, "report", lambda self, delimiter: "error-line;error-message\n1;refused\n")
        results = await stand.send("stock", pushes)
    assert [(result.outcome, result.code) for result in results] == [("retrying", "stock_unanswered")] * 2
    assert [result.outcome for result in await stand.send("stock", pushes)] == ["failed", "done"]


async def test_files_go_once_a_minute_and_are_asked_about_every_quarter_of_one(stand: Stand) -> None:
    (one,) = await articles(stand, "KR-1001")
    for quantity in (1, 2, 3):
        (result,) = await stand.send("stock", [level(one, quantity)])
        assert result.outcome == "done"
    for path, method, seconds in (("/stock/imports", "POST", 60), ("/status", "GET", 15)):
        moments = [row["at"] for row in asked(stand, path, method)]
        assert len(moments) >= 3
        assert all((after - before).total_seconds() >= seconds for before, after in pairwise(moments))
    assert "429" not in stand.opened.requests.by_status


async def test_an_import_that_takes_long_is_never_overtaken_and_its_rows_are_told_again(operator: Operator) -> None:
    stand = operator(import_seconds=300)
    (one,) = await articles(stand, "KR-1001")
    (late,) = await stand.send("stock", [level(one, 5)])
    assert (late.outcome, late.code) == ("retrying", "stock_unanswered")
    (again,) = await stand.send("stock", [level(one, 6)])
    sent = asked(stand, "/stock/imports")
    assert (again.outcome, len(sent)) == ("retrying", 2)
    assert (sent[1]["at"] - sent[0]["at"]).total_seconds() >= 300
    stand.sandbox.clock.shift(timedelta(seconds=300))
    assert stand.shop.stock()["KR-1001"] == 6


async def test_a_file_that_is_refused_as_a_whole_is_not_sent_row_by_row(stand: Stand) -> None:
    found = await articles(stand, "KR-1001", "KR-1002")
    stand.shop.store.imports["stock"].take = _refuse
    results = await stand.send("stock", [level(one, 3) for one in found])
    assert [(result.outcome, result.code) for result in results] == [("failed", "stock_refused")] * 2
    assert len(asked(stand, "/stock/imports")) == 1


def _refuse(text: str, now: Any) -> Any:
    raise Refusal(400, "The file is too large")


async def test_a_parcel_for_less_than_the_order_is_refused_where_only_one_is_allowed(operator: Operator) -> None:
    stand = operator(multi_shipment=False)
    order = await order_of(stand, "reduced rate only")
    first = order.line_items[0]
    part = (ShippedLine(line_external_id=first.external_id, quantity=Decimal(1)),)
    result = await settled(stand, "fulfilment", parcel(order, lines=part))
    assert (result.outcome, result.code) == ("failed", "fulfilment_refused")
    assert "one parcel per order" in result.params["detail"]
    assert stand.shop.parcels() == []
    assert (await settled(stand, "fulfilment", parcel(order))).outcome == "done"
    another = await settled(stand, "fulfilment", parcel(order, "ANOTHER"))
    assert (another.outcome, "SHIPPED" in another.params["detail"]) == ("failed", True)
    assert [one.tracking_number for one in stand.shop.parcels()] == [parcel(order).fulfilment.tracking_number]


async def test_an_order_that_was_tracked_but_not_shipped_is_shipped_when_the_parcel_is_sent_again(
    operator: Operator,
) -> None:
    stand = operator(multi_shipment=False)
    order = await order_of(stand, "engraving")
    stand.opened.faults.add(Rule("error_500", times=1, path_contains="/ship", method="PUT"))
    push = parcel(order)
    assert (await settled(stand, "fulfilment", push)).outcome == "done"
    assert (await reread(stand, order)).state == "completed"
    assert (await settled(stand, "fulfilment", push)).outcome == "unchanged"


async def test_a_good_answer_that_holds_only_an_error_is_an_error(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    wrong = (ShippedLine(line_external_id="C1-A-99", quantity=Decimal(1)),)
    result = await settled(stand, "fulfilment", parcel(order, lines=wrong))
    assert (result.outcome, "C1-A-99" in result.params["detail"]) == ("failed", True)
    assert asked(stand, "/shipments")[-1]["status"] == 201


async def test_an_answer_that_names_neither_a_shipment_nor_an_error_is_looked_into(stand: Stand) -> None:
    create = stand.client.create_shipment

    async def silent(body: dict[str, Any]) -> dict[str, Any]:
        await create(body)
        return {"shipment_success": [], "shipment_errors": []}

    stand.client.create_shipment = silent
    push = parcel(await order_of(stand, "engraving"))
    assert (await settled(stand, "fulfilment", push)).outcome == "unchanged"
    assert len(stand.shop.parcels()) == 1


async def test_a_carrier_the_operator_does_not_know_goes_by_name_or_is_refused(operator: Operator) -> None:
    for own, outcome in ((True, "done"), (False, "failed")):
        stand = operator(own_carriers=own)
        order = await order_of(stand, "engraving")
        result = await settled(stand, "fulfilment", parcel(order, carrier="Radbote"))
        assert result.outcome == outcome
        assert [one.carrier for one in stand.shop.parcels()] == (["Radbote"] if own else [])


async def test_goods_that_lie_ready_are_not_told_as_shipped(stand: Stand) -> None:
    order = await order_of(stand, "pickup")
    result = await settled(stand, "fulfilment", parcel(order, "", ready_for_pickup=True))
    assert (result.outcome, result.code) == ("failed", "fulfilment_refused")
    assert stand.shop.parcels() == []


async def test_the_carriers_and_the_operators_decisions_are_asked_for_once_a_day(stand: Stand) -> None:
    for _ in range(3):
        await settled(stand, "fulfilment", parcel(await order_of(stand, "engraving")))
    assert len(asked(stand, "/carriers", "GET")) == 1
    assert len(asked(stand, "/configuration", "GET")) == 1


@pytest.mark.parametrize("tax_mode", ["TAX_INCLUDED", "TAX_EXCLUDED"])
async def test_a_whole_line_is_cancelled_with_its_money_and_only_once(operator: Operator, tax_mode: str) -> None:
    stand = operator(tax_mode=tax_mode)
    order = await order_of(stand, "several tax rates, shipping split")
    line = order.line_items[1]
    push = cancellation(order, (line.external_id, int(line.quantity)))
    assert [(await settled(stand, "cancellation", push)).outcome for _ in range(2)] == ["done", "unchanged"]
    after = await reread(stand, order)
    assert [one.outstanding for one in after.line_items] == [1, 0, 1]
    assert (after.state, after.total) == ("open", order.total)
    (entry,) = stand.shop.store.order(order.external_id).body["order_lines"][1]["cancelations"]
    assert entry["amount"] == line.total.amount
    assert len(asked(stand, "/orders/cancel", "PUT")) == 1


async def test_a_cancelled_line_whose_answer_was_lost_is_found_and_not_sent_again(stand: Stand) -> None:
    order = await order_of(stand, "several tax rates, shipping split")
    line = order.line_items[1]
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="/orders/cancel", method="PUT"))
    result = await settled(stand, "cancellation", cancellation(order, (line.external_id, int(line.quantity))))
    assert result.outcome == "unchanged"
    assert len(asked(stand, "/orders/cancel", "PUT")) == 1


async def test_all_lines_cancelled_are_the_order_cancelled(stand: Stand) -> None:
    before = stand.shop.stock()
    order = await order_of(stand, "reduced rate only")
    lines = [(line.external_id, int(line.quantity)) for line in order.line_items]
    assert (await settled(stand, "cancellation", cancellation(order, *lines))).outcome == "done"
    assert (await reread(stand, order)).state == "cancelled"
    assert (await settled(stand, "cancellation", cancellation(order))).outcome == "unchanged"
    assert stand.shop.stock() == before


async def test_a_reason_is_the_only_one_or_the_merchants_choice_and_never_guessed(operator: Operator) -> None:
    stand = operator(reasons=("34", "35"))
    order = await order_of(stand, "reduced rate only")
    line = order.line_items[0]
    push = cancellation(order, (line.external_id, int(line.quantity)))
    result = await settled(stand, "cancellation", push)
    assert (result.outcome, result.code) == ("failed", "cancellation_refused_by_shop")
    assert "34" in result.params["detail"]
    assert "35" in result.params["detail"]
    stand.client.cancellation_reason = "35"
    assert (await settled(stand, "cancellation", push)).outcome == "done"
    (entry,) = stand.shop.store.order(order.external_id).body["order_lines"][0]["cancelations"]
    assert entry["reason_code"] == "35"


async def test_a_line_that_the_order_does_not_have_is_refused_by_name(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    result = await settled(stand, "cancellation", cancellation(order, ("C1-A-99", 1)))
    assert (result.outcome, result.code) == ("failed", "cancellation_refused_by_shop")
    assert "C1-A-99" in result.params["detail"]
