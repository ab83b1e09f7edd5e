"""From the XML that was read to what is handed on: one shape, whatever was written."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.connectors.tradebyte import inbound, wire
from services.connectors.tradebyte.client import LISTS, PRODUCT_LISTS
from services.connectors.tradebyte.inbound import UNDATED
from services.connectors.tradebyte.reading import stamp
from services.order_import.money_proof import prove
from shared.contracts.money import minor_unit
from shared.http.xml_text import records

PAYLOADS = Path(__file__).resolve().parents[4] / "shared" / "specs" / "tradebyte"
PAIRS = Path(__file__).parents[1] / "golden" / "tradebyte"


def orders(body: bytes) -> list[dict[str, Any]]:
    found = list(records(body, "ORDER", roots=("ORDER_LIST", "ORDER"), lists=LISTS))
    return [row | {"CURRENCY": "EUR"} for row in found]


def written(pattern: str) -> list[bytes]:
    if not PAYLOADS.exists():
        pytest.skip("The platform's own samples are not on this machine.")
    found = [path.read_bytes() for path in sorted(PAYLOADS.glob(pattern))]
    assert found
    return found


def test_the_platforms_own_order_list_is_read_and_adds_up() -> None:
    for body in written("docs-snippets/order-list*.xml"):
        for row in orders(body):
            order = inbound.order(wire.Order.model_validate_json(json.dumps(row)))
            assert abs(prove(order).difference) <= minor_unit(order.currency)
            assert {one.name: one.value for one in order.properties}["IDCODE_RETURN"]


def test_the_platforms_own_samples_of_a_channels_orders_lack_only_what_the_account_adds() -> None:
    for body in written("*/*ORDER.*xml"):
        (row,) = orders(body)
        head = {"TB_ID": "15", "CHANNEL_SIGN": "chxx", "DATE_CREATED": "2020-10-14T10:47:07"} | row["ORDER_DATA"]
        items = [{"TB_ID": "860"} | item for item in row["ITEMS"]]
        order = inbound.order(wire.Order.model_validate_json(json.dumps(row | {"ORDER_DATA": head, "ITEMS": items})))
        assert abs(prove(order).difference) <= minor_unit(order.currency)


def test_the_platforms_own_catalogue_is_read_in_its_own_letters() -> None:
    (body,) = written("tradebyte-repo-samples/TBCAT*.xml")
    found = list(records(body, "PRODUCT", roots=("TBCATALOG",), lists=PRODUCT_LISTS))
    rows = [row | {"P_NR": one["P_NR"], "P_NAME": one["P_NAME"]} for one in found for row in one["ARTICLEDATA"]]
    articles = [inbound.article(wire.Article.model_validate_json(json.dumps(row))) for row in rows]
    assert len({one.external_id for one in articles}) == len(articles) > 5
    assert all(one.title and one.quantity is not None and one.ean for one in articles)
    assert any("ß" in json.dumps(one, ensure_ascii=False) for one in found)


def test_an_order_is_as_new_as_its_latest_event_and_garbage_does_not_hide_it() -> None:
    head = {"ORDER_DATA": {"DATE_CREATED": "2026-11-20T08:00:00"}}
    assert stamp(head).isoformat() == "2026-11-20T08:00:00+00:00"
    later = head | {"HISTORY": [{"DATE_CREATED": "2026-11-21T09:30:00"}, {"DATE_CREATED": "soon"}, "text"]}
    assert stamp(later).isoformat() == "2026-11-21T09:30:00+00:00"
    for nothing in ({}, {"ORDER_DATA": ""}, {"ORDER_DATA": {"DATE_CREATED": ["a", "b"]}, "HISTORY": ""}):
        assert stamp(nothing) == UNDATED


@pytest.mark.proves("order-vat-id", "tradebyte")
def test_a_companys_tax_number_stands_in_the_order() -> None:
    raw = (PAIRS / "company-with-a-tax-number.json").read_text("utf-8")
    order = inbound.order(wire.Order.model_validate_json(raw))
    assert order.customer is not None
    assert order.customer.vat_id == json.loads(raw)["SELL_TO"]["VAT_ID"]
