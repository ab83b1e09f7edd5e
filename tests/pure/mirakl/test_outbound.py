"""Our commands in Mirakl's words and files."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.connectors.mirakl import outbound, wire
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment, ShippedLine

DHL = wire.Carrier(code="DHL_DE", label="DHL Paket", standard_code="DHL")


def parcel(**differing: Any) -> Fulfilment:
    facts: dict[str, Any] = {
        "id": UUID(int=7),
        "order_external_id": "C1-A",
        "lines": (ShippedLine(line_external_id="C1-A-1", quantity=Decimal("2.0")),),
        "carrier": "dhl",
        "tracking_number": "T1",
        "shipped_at": datetime(2026, 11, 25, tzinfo=UTC),
    }
    return Fulfilment.model_validate(facts | differing)


def line(**differing: Any) -> wire.Line:
    facts: dict[str, Any] = {
        "order_line_id": "C1-A-1",
        "order_line_state": "SHIPPING",
        "quantity": 3,
        "price_unit": "3.33",
        "price": "10.00",
        "shipping_price": "4.90",
        "total_price": "14.90",
        "taxes": [{"code": "city", "amount": "0.20"}, {"code": "state", "amount": "1.40"}],
        "shipping_taxes": [{"code": "state", "amount": "0.78"}],
    }
    return wire.Line.model_validate(facts | differing)


def test_a_stock_file_names_only_what_changes_and_survives_a_delimiter_in_a_number() -> None:
    rows = list(csv.reader(io.StringIO(outbound.stock_file({'A;"1': 5, " B ": -2})), delimiter=";"))
    assert rows == [
        ["offer-sku", "quantity", "warehouse-code", "update-delete"],
        ['A;"1', "5", "", "update"],
        [" B ", "0", "", "update"],
    ]


@pytest.mark.parametrize(
    "report",
    [
        'error-line;error-message;offer-sku;quantity\n1;"no; such offer";A;5\n',
        '\ufeff"line","reason","offer-sku","quantity"\r\n"1","no; such offer","A","5"\r\n',
        "line,reason,sku,quantity\n1,no; such offer,A,5\n",
        "line\n",
        "",
    ],
    ids=["semicolons", "commas and a mark", "another heading", "nothing but a heading", "nothing"],
)
def test_a_report_of_refused_lines_is_read_however_the_operator_writes_files(report: str) -> None:
    assert outbound.refused_rows(report) == ({"A": "no; such offer"} if "no;" in report else {})


@pytest.mark.parametrize("word", ["DHL_DE", "dhl paket", " DHL "])
def test_a_carrier_is_named_by_the_operators_code_whichever_of_its_names_we_know(word: str) -> None:
    found = outbound.carrier(parcel(carrier=word), [DHL], own_allowed=False)
    assert found == {"carrier_code": "DHL_DE", "tracking_number": "T1"}


def test_a_carrier_of_the_shops_own_goes_by_name_with_its_address_or_is_refused_by_name() -> None:
    own = parcel(carrier="Radbote", tracking_url="https://bote.example/T1")
    found = outbound.carrier(own, [DHL], own_allowed=True)
    assert found == {"carrier_name": "Radbote", "tracking_number": "T1", "tracking_url": "https://bote.example/T1"}
    assert outbound.tracking(found)["carrier_url"] == "https://bote.example/T1"
    with pytest.raises(Rejected) as caught:
        outbound.carrier(own, [DHL], own_allowed=False)
    assert "Radbote" in caught.value.detail
    assert "DHL_DE" in caught.value.detail


def test_a_shipment_names_lines_by_their_id_and_carries_our_parcel() -> None:
    body = outbound.shipment(parcel(), {"carrier_code": "DHL_DE"})
    assert body["shipment_lines"] == [{"order_line_id": "C1-A-1", "quantity": 2, "package_reference": str(UUID(int=7))}]
    assert body["shipped"] is True
    half = (ShippedLine(line_external_id="C1-A-1", quantity=Decimal("0.5")),)
    with pytest.raises(Rejected):
        outbound.shipment(parcel(lines=half), {})


def test_a_line_is_cancelled_with_all_the_money_and_tax_that_is_left_of_it() -> None:
    before = {
        "id": "1", "quantity": 1, "amount": "3.33", "shipping_amount": "0", "reason_code": "34",
        "taxes": [{"code": "state", "amount": "0.47"}, {"code": "city", "amount": "0.07"}],
    }  # fmt: skip
    body = outbound.cancelation(line(cancelations=[before]), "EUR", "34")
    assert (body["quantity"], body["amount"], body["shipping_amount"]) == (2, Decimal("6.67"), Decimal("4.90"))
    assert {row["code"]: row["amount"] for row in body["taxes"]} == {"city": Decimal("0.13"), "state": Decimal("0.93")}
    assert [row["amount"] for row in body["shipping_taxes"]] == [Decimal("0.78")]
    assert (body["currency_iso_code"], body["reason_code"]) == ("EUR", "34")


def test_a_line_without_taxes_is_cancelled_without_them() -> None:
    assert not {"taxes", "shipping_taxes"} & set(outbound.cancelation(line(taxes=[], shipping_taxes=[]), "EUR", "34"))
