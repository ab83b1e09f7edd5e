"""Tables as Amazon writes them in one country and another."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from services.connectors.amazon.inbound.returned import to_amazon, to_us
from services.connectors.amazon.inbound.settlement import paid_back, settlement
from services.connectors.amazon.inbound.tables import amount, moment, pieces, table
from services.connectors.amazon.inbound.vat import invoices
from shared.contracts.errors import Untranslatable

HEAD = (
    "settlement-id\ttotal-amount\tcurrency\ttransaction-type\torder-id\tadjustment-id\tamount-type\t"
    "amount-description\tamount\tposted-date-time\torder-item-code\n"
)


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("12.34", "12.34"), ("-12.34", "-12.34"), ("12,34", "12.34"), ("1.234,50", "1234.50"), ("1,234.50", "1234.50"),
        ("1.234.567,8", "1234567.8"), ("5980", "5980"), ("1,234", "1234"), ("-0,01", "-0.01"), ("0", "0"),
        ("1 234,50", "1234.50"),
    ],
)  # fmt: skip
def test_a_sum_is_read_however_its_country_writes_it(text: str, worth: str) -> None:
    assert amount(text, "amount") == Decimal(worth)


@pytest.mark.parametrize("text", ["", "n/a", "12,3x", "NaN", "1e99", "--1"])
def test_what_is_no_sum_names_its_field(text: str) -> None:
    with pytest.raises(Untranslatable) as caught:
        amount(text, "total-amount")
    assert caught.value.field == "total-amount"


@pytest.mark.parametrize(
    "text",
    ["2026-11-02T14:23:00+00:00", "2026-11-02 14:23:00 UTC", "02.11.2026 14:23:00 UTC", "2026-11-02T15:23:00+01:00"],
)
def test_a_time_is_read_however_it_is_written(text: str) -> None:
    assert moment(text, "at") == datetime(2026, 11, 2, 14, 23, tzinfo=UTC)


def test_a_day_alone_is_its_beginning() -> None:
    assert {moment(text, "at") for text in ("11/02/2026", "02.11.2026", "02-Nov-2026")} == {
        datetime(2026, 11, 2, tzinfo=UTC)
    }
    with pytest.raises(Untranslatable):
        moment("gestern", "at")


def test_a_table_may_be_in_an_older_encoding_and_lack_its_last_columns() -> None:
    content = "a\tb\tc\nKöln\t1\n\n".encode("cp1252")
    assert list(table(content, "a")) == [{"a": "Köln", "b": "1", "c": ""}]
    with pytest.raises(Untranslatable) as caught:
        list(table(content, "d"))
    assert caught.value.field == "d"
    assert list(table(b"", *())) == []
    with pytest.raises(Untranslatable):
        pieces("two", "quantity")


def test_a_return_of_amazons_has_a_plate_and_one_of_ours_an_rma() -> None:
    ours = (
        "Order ID\tReturn request date\tReturn request status\tAmazon RMA ID\tASIN\tMerchant SKU\tReturn quantity\n"
        "305-0000000-0000001\t14-Jul-2025\tApproved\tDfqRMA\tB0\tA-1\t2\n"
        "305-0000000-0000001\t15-Jul-2025\tWaiting\t \tB0\tA-2\t1\n"
    )
    found = to_us(ours.encode())
    assert [(one.id, one.state, one.quantity) for one in found] == [("DfqRMA", "open", 2), ("15-Jul-2025 A-2", None, 1)]
    theirs = (
        "return-date\torder-id\tsku\tasin\tquantity\tstatus\tlicense-plate-number\n"
        "2025-06-05T15:31:40+00:00\t305-0000000-0000001\tA-1\tB0\t1\tReimbursed\tLPN1\n"
    )
    (one,) = to_amazon(theirs.encode())
    assert (one.id, one.state, one.sku) == ("LPN1", "closed", "A-1")


def test_a_settlement_sorts_its_rows_by_order_and_knows_what_buyers_got_back() -> None:
    order = "305-0000000-0000001"
    lines = [
        "7\t95,00\tEUR\t\t\t\t\t\t\t\t",
        f"7\t\t\tOrder\t{order}\t\tItemPrice\tPrincipal\t119,00\t02.11.2026 14:23:00 UTC\t01",
        f"7\t\t\tRefund\t{order}\tadj\tItemPrice\tPrincipal\t-20,00\t03.11.2026 14:23:00 UTC\t01",
        f"7\t\t\tRefund\t{order}\tadj\tItemPrice\tShipping\t-4,00\t03.11.2026 14:23:00 UTC\t02",
        f"7\t\t\tRefund\t{order}\tadj\tPromotion\tShipping\t4,00\t03.11.2026 14:23:00 UTC\t02",
        f"7\t\t\tRefund\t{order}\tadj\tItemFees\tCommission\t3,00\t03.11.2026 14:23:00 UTC\t01",
        "7\t\t\tother-transaction\tS01-1\t\tother-transaction\tRemoval\t-7,00\t\t",
    ]
    found = settlement((HEAD + "\n".join(lines)).encode())
    assert (found.total, found.sum) == (Decimal("95.00"), Decimal("95.00"))
    assert [row.order_id for row in found.of_no_order()] == ["S01-1"]
    (refund,) = paid_back(found, found.by_order()[order])
    assert (refund.id, refund.amount, refund.at.day) == ("7:adj", Decimal("20.00"), 3)
    assert [(line.line, line.amount) for line in refund.lines] == [("01", Decimal("20.00")), ("02", Decimal("0.00"))]


def test_two_settlements_in_one_table_or_none_at_all_are_refused() -> None:
    for lines, field in (("", "total-amount"), ("7\t1\tEUR\n8\t\t\tOrder", "settlement-id")):
        with pytest.raises(Untranslatable) as caught:
            settlement((HEAD + lines).encode())
        assert caught.value.field == field


def test_an_invoice_of_amazons_is_summed_over_its_rows_with_what_was_taken_off() -> None:
    head = (
        '"Transaction Type","Order ID","Currency","VAT Invoice Number","OUR_PRICE Tax Inclusive Selling Price",'
        '"OUR_PRICE Tax Amount","SHIPPING Tax Inclusive Selling Price","SHIPPING Tax Inclusive Promo Amount",'
        '"SHIPPING Tax Amount","SHIPPING Tax Amount Promo","Buyer Name"\n'
    )
    order = "305-0000000-0000001"
    rows = [
        f'"SHIPMENT","{order}","EUR","INV-1","119.00","19.00","5.95","-5.95","0.95","-0.95","Muster, Erika"',
        f'"SHIPMENT","{order}","EUR","INV-1","11.90","1.90","","","","",""',
        f'"RETURN","{order}","EUR","CN-1","-11.90","-1.90","","","","",""',
        f'"SHIPMENT","{order}","EUR","","1.00","0.16","","","","",""',
    ]
    found = invoices((head + "\n".join(rows)).encode())
    assert [(one.number, one.kind, str(one.gross), str(one.tax)) for one in found] == [
        ("INV-1", "SHIPMENT", "130.90", "20.90"), ("CN-1", "RETURN", "-11.90", "-1.90"),
    ]  # fmt: skip
    assert all("Buyer Name" not in row for one in found for row in one.rows)
