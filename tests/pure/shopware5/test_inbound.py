"""Money that adds up to the cent, and times however a database writes them."""

import json
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.connectors.shopware5 import inbound, wire
from services.connectors.shopware5.settings import Credentials
from services.connectors.shopware5.wire import in_the_database, moment
from services.order_import.money_proof import prove, sound
from shared.contracts.order import Order

PAIRS = Path(__file__).parents[1] / "golden" / "shopware5"
CENT = Decimal("0.01")


def raw(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PAIRS / f"{name}.json").read_text("utf-8"))
    return found


def translated(body: dict[str, Any]) -> Order:
    return inbound.order(wire.Order.model_validate_json(json.dumps(body, default=float)))


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


POSITIONS = some.lists(
    some.tuples(
        some.integers(-(10**4), 10**8),
        some.integers(1, 50),
        some.sampled_from([0, 7, 19, 2.5]),
        some.sampled_from([0, 0, 0, 1, 2, 3, 4, 10, 12]),
    ),
    min_size=1,
    max_size=30,
)


@given(POSITIONS, some.integers(0, 10**4), some.sampled_from(["gross", "net", "tax-free"]))
def test_whatever_positions_cost_the_order_adds_up_to_the_cent(
    positions: list[tuple[int, int, float, int]], shipping: int, way: str
) -> None:
    one = raw("guest")["details"][0]
    details, total = [], Decimal(0)
    for id, (thousandths, quantity, rate, mode) in enumerate(positions):
        price = Decimal(abs(thousandths) if mode in (0, 1) else thousandths).scaleb(-3)
        details.append(one | {"id": id, "price": price, "quantity": quantity, "taxRate": rate, "mode": mode})
        worth = cents(price * quantity)
        total += worth + (cents(worth * Decimal(str(rate)) / 100) if way == "net" else 0)
    net = Decimal(shipping).scaleb(-2)
    gross = net if way == "tax-free" else cents(net * Decimal("1.19"))
    body = raw("guest") | {
        "details": details,
        "net": int(way != "gross"),
        "taxFree": int(way == "tax-free"),
        "invoiceShipping": gross,
        "invoiceShippingNet": net,
        "invoiceShippingTaxRate": None,
        "invoiceAmount": total + gross,
    }
    found = translated(body)
    assert sound(found)
    assert prove(found).difference == 0
    assert not [charge for charge in found.charges if charge.kind == "rounding"]


def test_a_total_that_is_more_off_than_rounding_can_be_stays_wrong() -> None:
    body = raw("net-with-tax-rounded-as-one-sum")
    assert prove(translated(body)).difference == 0
    assert abs(prove(translated(body | {"invoiceAmount": body["invoiceAmount"] + 0.05})).difference) > CENT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2012-08-30T10:15:54+0200", datetime(2012, 8, 30, 8, 15, 54, tzinfo=UTC)),
        ("2012-08-30T10:15:54+02:00", datetime(2012, 8, 30, 8, 15, 54, tzinfo=UTC)),
        ("2012-08-30T08:15:54Z", datetime(2012, 8, 30, 8, 15, 54, tzinfo=UTC)),
        ("2012-08-30 10:15:54", datetime(2012, 8, 30, 8, 15, 54, tzinfo=UTC)),
        ("2012-01-30 10:15:54", datetime(2012, 1, 30, 9, 15, 54, tzinfo=UTC)),
        ("2012-01-30", datetime(2012, 1, 29, 23, 0, tzinfo=UTC)),
        ("2026-10-25 02:30:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("-0001-11-30T00:00:00+0053", None),
        ("0000-00-00 00:00:00", None),
        ("0000-00-00", None),
        ("2012-13-30 10:15:54", None),
        ("", None),
        ("soon", None),
    ],
)
def test_a_time_is_read_however_it_is_written_and_never_is_never(text: str, expected: datetime | None) -> None:
    assert moment(text, "Europe/Berlin") == expected


@given(some.integers(1_262_300_400, 1_893_452_400))
def test_the_database_is_never_asked_for_less_than_what_changed_since(seconds: int) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    asked = in_the_database(at, "Europe/Berlin")
    for later in (moment(asked, "Europe/Berlin"), moment(asked, "Europe/Berlin", late=True)):
        assert later is not None
        assert later <= at


@pytest.mark.parametrize(
    "entered",
    ["https://shop.example", "https://shop.example/", "https://shop.example/api", "https://shop.example/backend/"],
)
def test_the_address_is_understood_with_what_people_copy_along(entered: str) -> None:
    assert Credentials(url=entered, user="api", api_key="k" * 40).url == "https://shop.example"


@pytest.mark.parametrize(
    "wrong", [{"url": "shop.example"}, {"timezone": "Berlin"}, {"timezone": "../etc"}, {"user": "a:b"}, {"api_key": ""}]
)
def test_what_cannot_be_right_is_refused_in_the_form(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Credentials(**({"url": "https://shop.example", "user": "api", "api_key": "k" * 40} | wrong))
