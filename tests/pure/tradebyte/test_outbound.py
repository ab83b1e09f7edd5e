"""Files that validate: their fields in the schema's order, their letters escaped, and never too large."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4
from xml.etree.ElementTree import fromstring

import pytest

from services.connectors.tradebyte import outbound, wire
from services.connectors.tradebyte.connector import TRADEBYTE
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment, ShippedLine
from shared.contracts.stock import StockPush

PLATFORM_LIMIT = 10_000_000


def order(**differing: Any) -> outbound.About:
    item = {"TB_ID": "52", "SKU": "A&B <1>", "QUANTITY": "2", "ITEM_PRICE": "9.95"}
    head = {
        "ORDER_DATE": "2026-11-20", "TB_ID": "42", "CHANNEL_SIGN": "chde", "CHANNEL_ID": "C-1", "APPROVED": "1",
        "ITEM_COUNT": "1", "TOTAL_ITEM_AMOUNT": "19.90", "DATE_CREATED": "2026-11-20T10:00:00",
    }  # fmt: skip
    raw = {"CURRENCY": "EUR", "ORDER_DATA": head, "ITEMS": [item | differing]}
    return outbound.About("chde", "42", wire.Order.model_validate(raw))


def parcel(**differing: Any) -> Fulfilment:
    facts = {
        "id": uuid4(),
        "order_external_id": "chde:42",
        "lines": (ShippedLine(line_external_id="52", quantity=Decimal("2.0")),),
        "carrier": "DHL",
        "tracking_number": "00340434161094000001",
        "shipped_at": datetime(2026, 11, 21, tzinfo=UTC),
    }
    return Fulfilment.model_validate(facts | differing)


def level(number: str, quantity: int) -> StockPush:
    return StockPush(listing_id=uuid4(), version=1, external_id=number, sku=number, quantity=quantity)


def test_a_message_has_its_fields_in_the_order_of_the_schema_and_its_text_escaped() -> None:
    (message,) = fromstring(outbound.shipment(order(), parcel(), "DHL_STD_NATIONAL"))
    assert [(field.tag, field.text) for field in message] == [
        ("MESSAGE_TYPE", "SHIP"), ("TB_ORDER_ID", "42"), ("TB_ORDER_ITEM_ID", "52"), ("SKU", "A&B <1>"),
        ("CHANNEL_SIGN", "chde"), ("CHANNEL_ORDER_ID", "C-1"), ("QUANTITY", "2"),
        ("CARRIER_PARCEL_TYPE", "DHL_STD_NATIONAL"), ("IDCODE", "00340434161094000001"),
    ]  # fmt: skip


def test_the_number_for_the_way_back_goes_only_beside_that_of_the_way_there() -> None:
    (message,) = fromstring(outbound.shipment(order(), parcel(return_tracking_number="R1"), ""))
    assert [field.tag for field in message][-2:] == ["IDCODE", "IDCODE_RETURN_PROPOSAL"]
    assert message.findtext("IDCODE_RETURN_PROPOSAL") == "R1"
    (alone,) = fromstring(outbound.shipment(order(), parcel(tracking_number="", return_tracking_number="R1"), ""))
    assert alone.findtext("IDCODE_RETURN_PROPOSAL") is None


def test_what_is_not_known_is_left_out_and_not_sent_empty() -> None:
    (message,) = fromstring(outbound.shipment(order(SKU=""), parcel(tracking_number=""), ""))
    assert not {"SKU", "CARRIER_PARCEL_TYPE", "IDCODE"} & {field.tag for field in message}


@pytest.mark.parametrize(
    ("differing", "says"),
    [
        ({"tracking_number": "x" * 51}, "50"),
        ({"lines": (ShippedLine(line_external_id="53", quantity=Decimal(1)),)}, "53"),
        ({"lines": (ShippedLine(line_external_id="52", quantity=Decimal(3)),)}, "3"),
        ({"lines": (ShippedLine(line_external_id="52", quantity=Decimal(0)),)}, "0"),
        ({"lines": ()}, "no items"),
        ({"ready_for_pickup": True}, "collected"),
    ],
)
def test_what_would_be_counted_wrongly_is_refused_before_it_is_sent(differing: dict[str, Any], says: str) -> None:
    with pytest.raises(Rejected, match=says):
        outbound.shipment(order(), parcel(**differing), "")


def test_control_characters_that_xml_cannot_carry_do_not_spoil_a_file() -> None:
    (message,) = fromstring(outbound.shipment(order(), parcel(tracking_number="00\x07 34\x00\ud800\ufffe"), ""))
    assert message.findtext("IDCODE") == "00 34"


def test_blanks_and_letters_of_every_kind_in_a_number_stay() -> None:
    number = "KR\u00a01 – ß 漢 🎁"
    assert fromstring(outbound.stock_file([level(number, 1)])).findtext("ARTICLE/A_NR") == number


def test_stock_below_zero_is_sold_out() -> None:
    articles = fromstring(outbound.stock_file([level("KR-1", -5), level("KR-2", 12)]))
    assert [(one.findtext("A_NR"), one.findtext("A_STOCK")) for one in articles] == [("KR-1", "0"), ("KR-2", "12")]


def test_the_largest_batch_stays_far_below_the_size_the_platform_takes() -> None:
    push = next(one for one in TRADEBYTE.pushes if one.noun == "stock")
    worst = [level("&" * 50, 10**9) for _ in range(push.batch)]
    assert len(outbound.stock_file(worst)) < PLATFORM_LIMIT / 10
