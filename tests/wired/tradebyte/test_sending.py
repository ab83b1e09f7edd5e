"""Stock as one file, and messages that are sent once."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.sandbox.faults import Rule
from services.sandbox.merchant import Change
from services.sandbox.tradebyte import api, markup
from shared.contracts.errors import Unknown
from shared.contracts.fulfilment import ShippedLine
from shared.contracts.returned import BroughtBack, GoodsBack, ReturnPush
from tests.wired.contract.stand import Stand, command
from tests.wired.contract.test_cancellations import cancellation
from tests.wired.contract.test_pushes import articles, level, order_of, parcel, settled


def told(stand: Stand) -> list[tuple[str, str, int]]:
    """What the account has taken in: kind, item, pieces."""
    return [(one.kind, str(one.item_id), one.quantity) for one in stand.shop.account.messages]


def posts(stand: Stand) -> list[Any]:
    return [one for one in stand.opened.requests.report(500)["latest"] if one["path"].endswith("/messages/")]


async def test_stock_of_many_articles_is_one_file_and_one_that_is_unknown_holds_nobody_back(stand: Stand) -> None:
    found = await articles(stand, "KR-1001", "KR-1002", "KR-7001")
    stand.opened.requests.clear()
    one, two, three = [level(article, quantity) for article, quantity in zip(found, (4, 0, 9), strict=True)]
    gone = level(found[0], 77, external_id="KR-0000")
    assert {result.outcome for result in await stand.send("stock", [one, gone, two, three])} == {"done"}
    assert stand.opened.requests.requests == 1
    stock = stand.shop.stock()
    assert (stock["KR-1001"], stock["KR-1002"], stock["KR-7001"]) == (4, 0, 9)
    assert "KR-0000" not in stock


async def test_what_is_oversold_is_sold_out_and_spoils_no_file(stand: Stand) -> None:
    one, two = await articles(stand, "KR-1001", "KR-1002")
    await stand.send("stock", [level(one, -3), level(two, 5)])
    assert (stand.shop.stock()["KR-1001"], stand.shop.stock()["KR-1002"]) == (0, 5)


async def test_a_parcel_is_one_file_with_a_message_per_item_in_the_accounts_own_words(stand: Stand) -> None:
    order = await order_of(stand, "several tax rates, shipping split")
    assert (await settled(stand, "fulfilment", parcel(order))).outcome == "done"
    assert len(posts(stand)) == 1
    assert told(stand) == [("SHIP", line.external_id, int(line.quantity)) for line in order.line_items]
    (shown,) = stand.shop.parcels()
    assert shown.carrier == "DHL_STD_NATIONAL"


async def test_a_carrier_without_a_package_type_is_left_out(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    assert (await settled(stand, "fulfilment", parcel(order, carrier="GLS"))).outcome == "done"
    assert [one.carrier for one in stand.shop.parcels()] == [""]


async def test_a_package_type_that_the_account_does_not_have_is_refused_in_its_words(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    stand.client.settings = stand.client.settings.model_copy(update={"parcel_types": "DHL=DHL_NOWHERE"})
    result = await settled(stand, "fulfilment", parcel(order))
    assert (result.outcome, result.code) == ("failed", "fulfilment_refused")
    assert "DHL_NOWHERE" in result.params["detail"]
    assert len(posts(stand)) == 1


async def test_the_same_line_in_one_parcel_twice_is_one_message(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    line = ShippedLine(line_external_id=order.line_items[0].external_id, quantity=Decimal(1))
    await settled(stand, "fulfilment", parcel(order, lines=(line, line)))
    assert told(stand) == [("SHIP", line.line_external_id, 2)]


@pytest.mark.parametrize("quantity", ["4", "0.5"])
async def test_more_pieces_than_were_ordered_and_half_a_piece_are_no_message(stand: Stand, quantity: str) -> None:
    order = await order_of(stand, "reduced rate only")
    line = ShippedLine(line_external_id=order.line_items[0].external_id, quantity=Decimal(quantity))
    result = await settled(stand, "fulfilment", parcel(order, lines=(line,)))
    assert (result.outcome, result.code) == ("failed", "fulfilment_refused")
    assert order.line_items[0].external_id in result.params["detail"]
    assert posts(stand) == []


async def test_goods_that_lie_ready_are_no_shipment(stand: Stand) -> None:
    order = await order_of(stand, "pickup")
    result = await settled(stand, "fulfilment", parcel(order, "", ready_for_pickup=True))
    assert (result.outcome, result.code) == ("failed", "fulfilment_refused")
    assert posts(stand) == []


@pytest.mark.parametrize("fault", ["error_500", "answer_lost", "html_200", "truncated_json"])
async def test_an_answer_that_is_no_answer_leaves_a_message_in_doubt_and_nothing_repeats_it(
    stand: Stand, fault: Any
) -> None:
    order = await order_of(stand, "engraving")
    stand.opened.faults.add(Rule(fault, times=1, path_contains="/messages/", method="POST"))
    one = command(parcel(order))
    with pytest.raises(Unknown):
        await stand.push("fulfilment").send(stand.client, [one])
    (found,) = await stand.push("fulfilment").verify(stand.client, [one])
    assert found is not None
    assert (found.outcome, found.code) == ("failed", "message_unsure")
    assert len(posts(stand)) == 1


@pytest.mark.parametrize(
    "said", ["no message created: item is closed", "message was not created successfully", "unsuccessful"]
)
async def test_an_answer_of_200_that_does_not_say_it_was_taken_is_no_success(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setattr(api, "said", lambda text, *rest: markup.said(said))
    order = await order_of(stand, "engraving")
    result = await settled(stand, "fulfilment", parcel(order))
    assert (result.outcome, result.params["detail"]) == ("failed", said)


async def test_an_answer_of_200_that_says_nothing_leaves_a_message_in_doubt(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "said", lambda text, *rest: markup.said("", tag="other"))
    order = await order_of(stand, "engraving")
    with pytest.raises(Unknown):
        await stand.push("fulfilment").send(stand.client, [command(parcel(order))])


@pytest.mark.proves("cancellation-sent", "tradebyte")
@pytest.mark.parametrize(("reason", "kind"), [("customer", "CUST_CANCEL"), ("out_of_stock", "NO_INVENTORY")])
async def test_a_whole_order_is_cancelled_item_by_item_with_the_word_for_its_reason(
    stand: Stand, reason: str, kind: str
) -> None:
    order = await order_of(stand, "reduced rate only")
    assert (await settled(stand, "cancellation", cancellation(order, reason=reason))).outcome == "done"
    assert told(stand) == [(kind, line.external_id, int(line.quantity)) for line in order.line_items]
    assert len(posts(stand)) == 1


async def test_single_pieces_are_cancelled(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    line = order.line_items[1].external_id
    assert (await settled(stand, "cancellation", cancellation(order, (line, 2)))).outcome == "done"
    assert told(stand) == [("NO_INVENTORY", line, 2)]


async def test_pieces_the_channel_has_taken_back_itself_are_not_cancelled_again(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    stand.shop.change(order.external_id, Change("remove_line", line=0))
    assert (await settled(stand, "cancellation", cancellation(order))).outcome == "done"
    assert [item for _, item, _ in told(stand)] == [order.line_items[1].external_id]
    stand.shop.change(order.external_id, Change("cancel"))
    assert (await settled(stand, "cancellation", cancellation(order))).outcome == "unchanged"
    assert len(told(stand)) == 1


async def test_where_flagged_orders_are_hidden_messages_go_all_the_same(hiding_stand: Stand) -> None:
    stand = hiding_stand
    order = await order_of(stand, "reduced rate only")
    first, second = (line.external_id for line in order.line_items)
    await stand.client.exported(order.external_id.partition(":")[2], pending=False)
    assert await stand.stream("order").fetch_one(stand.client, order.external_id) == []
    line = ShippedLine(line_external_id=first, quantity=Decimal(3))
    assert (await settled(stand, "fulfilment", parcel(order, lines=(line,)))).outcome == "done"
    assert (await settled(stand, "cancellation", cancellation(order, (second, 7)))).outcome == "done"
    assert told(stand) == [("SHIP", first, 3), ("NO_INVENTORY", second, 7)]


async def test_where_flagged_orders_are_hidden_what_cannot_be_known_is_refused(hiding_stand: Stand) -> None:
    stand = hiding_stand
    order = await order_of(stand, "reduced rate only")
    tb_id = order.external_id.partition(":")[2]
    await stand.client.exported(tb_id, pending=False)
    whole = await settled(stand, "cancellation", cancellation(order))
    other = "chat" if order.channel == "chde" else "chde"
    strange = await settled(stand, "fulfilment", parcel(order, order_external_id=f"{other}:{tb_id}"))
    line = ShippedLine(line_external_id="999999", quantity=Decimal(1))
    nowhere = await settled(stand, "fulfilment", parcel(order, lines=(line,)))
    assert [one.outcome for one in (whole, strange, nowhere)] == ["failed"] * 3
    assert told(stand) == []


async def test_an_order_of_the_other_channel_with_that_number_is_not_touched(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    tb_id = order.external_id.partition(":")[2]
    push = parcel(order, order_external_id=f"{'chat' if order.channel == 'chde' else 'chde'}:{tb_id}")
    assert (await settled(stand, "fulfilment", push)).outcome == "failed"
    assert posts(stand) == []


async def test_a_return_is_a_message_for_each_item_reason_and_state_of_the_goods(stand: Stand) -> None:
    order = await order_of(stand, "three hundred lines")
    await settled(stand, "fulfilment", parcel(order))
    line = order.line_items[0]
    facts = {"line_external_id": line.external_id, "quantity": Decimal(1)}
    lines = [
        BroughtBack.model_validate(facts | {"reason": "defective", "note": "Delle"}),
        BroughtBack.model_validate(
            {
                "line_external_id": order.line_items[1].external_id,
                "quantity": 1,
                "reason": "unwanted",
                "restocked": True,
            }
        ),
        BroughtBack.model_validate(facts | {"line_external_id": order.line_items[2].external_id}),
    ]
    goods = GoodsBack(
        id=uuid4(), order_external_id=order.external_id, lines=tuple(lines), tracking_number="RT-1",
        received_at=stand.sandbox.clock(),
    )  # fmt: skip
    result = await settled(stand, "return", ReturnPush(order_id=uuid4(), goods=goods))
    assert result.outcome == "done"
    told = [one for one in stand.shop.account.messages if one.kind == "RETURN"]
    assert [(one.idcode, one.cause, one.state, one.comment) for one in told] == [
        ("RT-1", "DEFEKT", "B", "Delle"), ("RT-1", "NICHTGEFALLEN", "A", ""), ("RT-1", "", "B", ""),
    ]  # fmt: skip
