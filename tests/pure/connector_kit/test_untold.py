"""A price whose tiers or groups a connector cannot tell is told, and its result says what was left out."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from shared.connector_kit.declaration import Command, Push, PushResult
from shared.connector_kit.untold import noted
from shared.contracts.money import Money
from shared.contracts.price import GroupPrice, PricePush, PriceTier
from shared.contracts.stock import StockPush

TIER = PriceTier(from_quantity=10, price=Money(amount=Decimal(9), currency="EUR"))
TIERS = {"tiers": (TIER,)}
GROUPS = {"groups": (GroupPrice(group="dealers", tiers=(TIER,)),)}


async def _nothing(client: Any, commands: Any) -> Any:
    raise AssertionError("nothing is sent here")


def said(told: dict[str, Any], result: PushResult, *tells: Any) -> str:
    push = Push("price", "prices", PricePush, _nothing, _nothing, batch=1, tells=tells)
    money = Money(amount=Decimal(10), currency="EUR")
    payload = PricePush(
        listing_id=uuid4(), version=1, external_id="1", sku="A", price=money, tax_rate=Decimal(19), **told
    )
    (answer,) = noted(push, [Command("1", 1, uuid4(), payload)], [result])
    assert answer.outcome == result.outcome
    return answer.code


@pytest.mark.parametrize(
    ("told", "tells", "code"),
    [
        ({}, (), ""), (TIERS, (), "price_tiers_untold"), (GROUPS, (), "price_groups_untold"),
        (TIERS | GROUPS, ("tiers",), "price_groups_untold"), (TIERS | GROUPS, ("groups",), "price_tiers_untold"),
        (TIERS | GROUPS, ("tiers", "groups"), ""),
    ],
)  # fmt: skip
def test_what_was_left_out_is_named(told: dict[str, Any], tells: tuple[str, ...], code: str) -> None:
    for outcome in ("done", "unchanged", "waiting"):
        assert said(told, PushResult(outcome), *tells) == code  # type: ignore[arg-type]


def test_a_word_of_the_shop_and_a_failure_stand_as_they_are() -> None:
    assert said(TIERS, PushResult("done", "price_of_sale_stays")) == "price_of_sale_stays"
    assert said(TIERS, PushResult("failed", "price_refused")) == "price_refused"
    assert said(TIERS, PushResult("retrying")) == ""


def test_what_is_no_price_is_left_alone() -> None:
    push = Push("stock", "stock", StockPush, _nothing, _nothing, batch=1)
    stock = StockPush(listing_id=uuid4(), version=1, external_id="1", sku="A", quantity=3)
    result = PushResult("done")
    assert noted(push, [Command("1", 1, uuid4(), stock)], [result]) == [result]
