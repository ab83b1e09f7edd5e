"""Money that adds up to the cent, and times however they are written."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.connectors.kaufland import inbound, wire
from services.order_import.money_proof import prove, sound
from services.order_import.rules.model_lines import LineRules
from shared.contracts.order import Order
from tests.pure.order_import.rules.asked import Rules, decided

PAIRS = Path(__file__).parents[1] / "golden" / "kaufland"


def raw(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PAIRS / f"{name}.json").read_text("utf-8"))
    return found


def translated(body: dict[str, Any]) -> Order:
    return inbound.order(wire.Order.model_validate_json(json.dumps(body)))


@given(
    some.lists(
        some.tuples(
            some.integers(0, 10**8),
            some.integers(0, 10**5),
            some.sampled_from([None, 0, 5.5, 7, 19, 21]),
            some.booleans(),
        ),
        min_size=1,
        max_size=30,
    ),
    some.sampled_from(["EUR", "CZK", "PLN"]),
)
def test_whatever_the_pieces_cost_the_order_adds_up_to_the_cent(
    pieces: list[tuple[int, int, float | None, bool]], currency: str
) -> None:
    unit = raw("one-piece")["order_units"][0]
    units = [
        unit
        | {"id_order_unit": id, "price": price, "shipping_rate": rate, "vat": vat, "currency": currency}
        | ({"status": "cancelled"} if gone else {})
        for id, (price, rate, vat, gone) in enumerate(pieces, 1)
    ]
    order = translated(raw("one-piece") | {"order_units": units})
    paid = sum(price for price, *_ in pieces) + sum(rate for _, rate, _, gone in pieces if not gone)
    assert order.total.amount == Decimal(paid).scaleb(-2)
    assert sound(order)
    assert prove(order).difference == 0
    contents, _ = decided(order)
    assert contents.total == order.total


def test_equal_pieces_become_one_line_by_the_merchants_rule_and_keep_their_own_ids() -> None:
    order = translated(raw("three-pieces-of-two-articles"))
    assert [line.quantity for line in order.line_items] == [1, 1, 1]
    contents, _ = decided(order, Rules(lines=LineRules(aggregate=True)))
    assert {line.article_number: int(line.quantity) for line in contents.lines} == {"KR-1001": 2, "KR-2001": 1}
    assert [[one.line_external_id for one in line.origins] for line in contents.lines] == [
        ["314567896580901", "314567896580902"], ["314567896580903"],
    ]  # fmt: skip
    assert contents.total == order.total


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2021-07-24T19:26:05Z", datetime(2021, 7, 24, 19, 26, 5, tzinfo=UTC)),
        ("2019-07-19T17:24:05T", datetime(2019, 7, 19, 17, 24, 5, tzinfo=UTC)),
        ("2016-05-06 23:07:41", datetime(2016, 5, 6, 23, 7, 41, tzinfo=UTC)),
        ("2023-11-30T00:00:00.000Z", datetime(2023, 11, 30, tzinfo=UTC)),
        ("2021-07-24T21:26:05+02:00", datetime(2021, 7, 24, 19, 26, 5, tzinfo=UTC)),
        (" 2021-07-24T19:26:05 ", datetime(2021, 7, 24, 19, 26, 5, tzinfo=UTC)),
        ("2021-02-30T19:26:05Z", None),
        ("2021-07-24", None),
        ("", None),
        ("gestern", None),
    ],
)
def test_a_time_is_read_as_the_platform_writes_it_or_not_at_all(written: str, meant: datetime | None) -> None:
    assert wire.moment(written) == meant
