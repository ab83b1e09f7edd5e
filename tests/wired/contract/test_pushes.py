"""What is sent arrives once, whatever becomes of the answers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.sandbox import seeds
from services.sandbox.faults import Rule
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.translation import read
from shared.contracts.article import ListedArticle
from shared.contracts.errors import Transient, Unknown
from shared.contracts.fulfilment import Fulfilment, FulfilmentPush, ShippedLine
from shared.contracts.order import Order
from shared.contracts.stock import StockPush
from tests.wired.contract.stand import Stand, command

ACCEPTED = {"done", "unchanged"}


def _is_told(opened: Stand) -> Stand:
    """Only those platforms that are told anything."""
    if not opened.connector.pushes:
        pytest.skip(f"{opened.connector.title} is only read")
    return opened


@pytest.fixture
def stand(stand: Stand) -> Stand:
    return _is_told(stand)


@pytest.fixture
def any_stand(any_stand: Stand) -> Stand:
    return _is_told(any_stand)


async def articles(stand: Stand, *skus: str) -> list[ListedArticle]:
    stream = stand.stream("article")
    found = {}
    for item in (await stand.items("article")).values():
        article = read(stream, item).contract
        assert isinstance(article, ListedArticle)
        found[article.sku] = article
    return [found[sku] for sku in skus]


def level(article: ListedArticle, quantity: int, **differing: Any) -> StockPush:
    """A push as the inventory makes it from a listing."""
    facts = {
        "listing_id": uuid4(),
        "version": 1,
        "external_id": article.external_id,
        "parent_external_id": article.parent_external_id,
        "stock_external_id": article.stock_external_id,
        "sku": article.sku,
        "quantity": quantity,
        "expected": article.quantity,
    }
    return StockPush.model_validate(facts | differing)


async def order_of(stand: Stand, case: str) -> Order:
    id = stand.opened.place(seeds.case(case, stand.sandbox.clock().replace(microsecond=0)))
    stream = stand.stream("order")
    found = read(stream, (await stream.fetch_one(stand.client, id))[0]).contract
    assert isinstance(found, Order)
    return found


def parcel(order: Order, number: str = "00340434161094000001", **differing: Any) -> FulfilmentPush:
    """All of an order that is still to be shipped, in one parcel."""
    lines = tuple(
        ShippedLine(line_external_id=line.external_id, quantity=line.outstanding)
        for line in order.line_items
        if line.requires_shipping and line.outstanding
    )
    facts = {
        "id": uuid4(),
        "order_external_id": order.external_id,
        "lines": lines,
        "carrier": "DHL",
        "tracking_number": number,
        "notify_customer": True,
        "shipped_at": datetime.now(UTC),
    }
    return FulfilmentPush(order_id=uuid4(), fulfilment=Fulfilment.model_validate(facts | differing))


async def settled(stand: Stand, noun: str, payload: Any) -> PushResult:
    """What the kit does with one command until its outcome is known: send, read back when in doubt, send again."""
    push, one = stand.push(noun), command(payload)
    result: PushResult | None = None
    for _ in range(5):
        try:
            result = (await push.send(stand.client, [one]))[0]
        except Unknown:
            result = (await push.verify(stand.client, [one]))[0]
        except Transient as error:
            if error.retry_after is not None:
                await stand.sleep(error.retry_after.total_seconds())
            continue
        if result is not None and result.outcome != "retrying":
            return result
    raise AssertionError("The push never came to an end")


@pytest.mark.proves("stock-quantity")
async def test_stock_arrives_in_the_shop_for_products_and_for_variants(any_stand: Stand) -> None:
    wanted = {"KR-1001": 7, "KR-1002": 0, "KR-7001": 11, "KR-7002": 12}
    found = await articles(any_stand, *wanted)
    pushes = [level(article, wanted[str(article.sku)]) for article in found]
    results = await any_stand.send("stock", pushes)
    assert [result.outcome for result in results] == ["done"] * 4
    assert wanted.items() <= any_stand.shop.stock().items()


async def test_the_same_stock_may_be_told_twice(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1003")
    for _ in range(2):
        (result,) = await stand.send("stock", [level(article, 5)])
        assert result.outcome in ACCEPTED
    assert stand.shop.stock()["KR-1003"] == 5


async def test_an_article_the_shop_does_not_know_never_holds_back_its_neighbours(any_stand: Stand) -> None:
    if any_stand.push("stock").blind:
        pytest.skip(f"{any_stand.connector.title} does not answer article by article")
    one, two = await articles(any_stand, "KR-1004", "KR-1005")
    gone = {"external_id": two.external_id[:-3] + "998"}
    if two.stock_external_id:
        gone["stock_external_id"] = two.stock_external_id[:-3] + "998"
    results = await any_stand.send("stock", [level(one, 3), level(two, 4, **gone), level(two, 5)])
    assert [result.outcome for result in results] == ["done", "failed", "done"]
    assert results[1].code == "stock_refused"
    assert results[1].params["detail"]
    stock = any_stand.shop.stock()
    assert (stock["KR-1004"], stock["KR-1005"]) == (3, 5)


async def test_stock_whose_answer_was_lost_is_set_once_and_known_to_be(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1006")
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains=stand.variety.stock_writes))
    result = await settled(stand, "stock", level(article, 9))
    assert result.outcome in ACCEPTED
    assert stand.shop.stock()["KR-1006"] == 9
    assert stand.opened.faults.struck["answer_lost"] == 1


@pytest.mark.proves("tracking")
async def test_a_parcel_is_shown_to_the_customer_once_however_often_it_is_reported(any_stand: Stand) -> None:
    order = await order_of(any_stand, "several tax rates, shipping split")
    push = parcel(order)
    # Where nobody can ask what was reported, the kit's own memory alone keeps a parcel from being sent again.
    outcomes = ["done"] if any_stand.push("fulfilment").blind else ["done", "unchanged", "unchanged"]
    assert [(await settled(any_stand, "fulfilment", push)).outcome for _ in outcomes] == outcomes
    (shown,) = any_stand.shop.parcels()
    assert shown.order_id == order.external_id
    assert push.fulfilment.tracking_number in shown.tracking_number
    if shown.items:
        assert dict(shown.items) == {
            _key(shown.items, line.line_external_id): int(line.quantity) for line in push.fulfilment.lines
        }


async def test_a_parcel_whose_answer_was_lost_is_found_and_not_sent_again(any_stand: Stand) -> None:
    order = await order_of(any_stand, "different delivery address")
    any_stand.opened.faults.add(Rule("answer_lost", times=1, path_contains=any_stand.variety.shipment_writes))
    result = await settled(any_stand, "fulfilment", parcel(order))
    if any_stand.push("fulfilment").blind:
        assert (result.outcome, result.code) == ("failed", "message_unsure")
    else:
        assert result.outcome in ACCEPTED
    assert any_stand.opened.faults.struck["answer_lost"] == 1
    assert len(any_stand.shop.parcels()) == 1


@pytest.mark.proves("tracking-several")
async def test_two_parcels_of_one_order_are_both_reported(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    first, *others = order.line_items
    one = parcel(order, "TRACK1", lines=(ShippedLine(line_external_id=first.external_id, quantity=Decimal(1)),))
    left = [(first.external_id, first.quantity - 1), *((line.external_id, line.quantity) for line in others)]
    rest = tuple(ShippedLine(line_external_id=id, quantity=quantity) for id, quantity in left if quantity)
    two = parcel(order, "TRACK2", lines=rest)
    for push in (one, two) if stand.push("fulfilment").blind else (one, two, one):
        assert (await settled(stand, "fulfilment", push)).outcome in ACCEPTED
    assert sorted(shown.tracking_number for shown in stand.shop.parcels()) == ["TRACK1", "TRACK2"]


@pytest.mark.proves("tracking-per-line")
async def test_each_tracking_number_stands_at_the_lines_of_its_own_parcel(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    lines = (order.line_items[0], order.line_items[-1])
    for number, line in zip(("TRACK1", "TRACK2"), lines, strict=True):
        whole = (ShippedLine(line_external_id=line.external_id, quantity=line.quantity),)
        await settled(stand, "fulfilment", parcel(order, number, lines=whole))
    shown = {one.tracking_number: dict(one.items) for one in stand.shop.parcels()}
    assert shown == {
        number: {line.external_id: int(line.quantity)} for number, line in zip(("TRACK1", "TRACK2"), lines, strict=True)
    }


class _Interrupted(list[Command]):
    """Commands of one call; behind the first of them the shop has enough for the moment."""

    def __init__(self, stand: Stand, *payloads: FulfilmentPush) -> None:
        super().__init__(command(one) for one in payloads)
        self._stand = stand

    def __iter__(self) -> Iterator[Command]:
        first, *others = super().__iter__()
        yield first
        self._stand.opened.faults.add(Rule("throttle"))
        yield from others


async def test_a_parcel_that_arrived_is_not_put_off_because_the_next_one_must_wait(stand: Stand) -> None:
    push = stand.push("fulfilment")
    if push.batch == 1:
        pytest.skip(f"{stand.connector.title} is told one parcel at a time")
    one, two = [parcel(await order_of(stand, "engraving"), number) for number in ("TRACK1", "TRACK2")]
    first, second = await push.send(stand.client, _Interrupted(stand, one, two))
    assert (first.outcome, second.outcome, second.code) == ("done", "retrying", "throttled")
    stand.opened.faults.clear()
    assert (await settled(stand, "fulfilment", two)).outcome in ACCEPTED
    assert sorted(shown.tracking_number for shown in stand.shop.parcels()) == ["TRACK1", "TRACK2"]


async def test_more_than_was_ordered_is_refused_with_a_sentence(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    line = ShippedLine(line_external_id=order.line_items[0].external_id, quantity=Decimal(5))
    result = await settled(stand, "fulfilment", parcel(order, lines=(line,)))
    assert (result.outcome, result.code) == ("failed", "fulfilment_refused")
    assert result.params["detail"]
    assert stand.shop.parcels() == []


async def test_a_parcel_of_an_order_that_is_gone_is_refused(any_stand: Stand) -> None:
    order = await order_of(any_stand, "engraving")
    push = parcel(order, order_external_id=order.external_id[:-3] + "997")
    result = await settled(any_stand, "fulfilment", push)
    assert (result.outcome, result.code) == ("failed", "fulfilment_refused")


def _key(items: Any, external_id: str) -> Any:
    return type(items[0][0])(external_id)
