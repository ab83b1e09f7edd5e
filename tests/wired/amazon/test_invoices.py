"""Whose invoices: ours are uploaded, Amazon's are read, and those of somebody else are nobody's business."""

from decimal import Decimal

import orjson
import pytest

from services.sandbox.amazon.taxing import invoice_number
from services.sandbox.merchant import Change
from tests.wired.amazon.calls import asked
from tests.wired.amazon.test_returns import Account, told
from tests.wired.amazon.test_settlements import remarks, sent, total
from tests.wired.contract.test_documents import document, handed
from tests.wired.contract.test_pushes import order_of


async def test_amazons_invoices_are_told_once_with_their_sums_and_without_the_buyer(account: Account) -> None:
    stand = account({"invoices": "amazon"})
    ids = [sent(stand), sent(stand, "engraving")]
    for id in ids:
        stand.shop.change(id, Change("touch"))
    found = {one.external_id: one for one in remarks(await told(stand), "invoice_by_channel")}
    book = stand.shop.store.book.orders
    assert {id: one.params["invoice"] for id, one in found.items()} == {id: invoice_number(book[id]) for id in ids}
    for id, one in found.items():
        worth = total(stand, id)
        tax = (worth - worth / Decimal("1.19")).quantize(Decimal("0.01"))
        assert (one.params["amount"], one.params["kind"]) == (f"{worth} EUR", "SHIPMENT")
        assert abs(Decimal(one.params["tax"].split()[0]) - tax) <= Decimal("0.02")
        assert {row["Order ID"] for row in orjson.loads(one.body)["rows"]} == {id}
        assert b"Mustermann" not in one.body
        assert "Köln".encode() not in one.body
    tokens = asked(stand, "POST", "/tokens/2021-03-01/restrictedDataToken")
    documents = asked(stand, "GET", "/reports/2021-06-30/documents/")
    assert {row["status"] for row in (*tokens, *documents)} == {200}
    assert len(tokens) == len(documents) == 1


async def test_our_own_connection_asks_for_no_tax_report(account: Account) -> None:
    stand = account()
    await told(stand)
    assert "SC_VAT_TAX_REPORT" not in {row.kind for row in stand.shop.store.reports.rows}


async def test_a_document_that_names_buyers_is_closed_to_a_usual_token(account: Account) -> None:
    stand = account({"invoices": "amazon"}, lacking="personal")
    sent(stand)
    pages = await told(stand)
    assert remarks(pages, "invoice_by_channel") == []
    assert any(page.items for page in pages)


@pytest.mark.parametrize(("whose", "said"), [("amazon", "Amazon writes"), ("none", "somebody else")])
async def test_nothing_is_uploaded_where_somebody_else_writes_the_invoices(
    account: Account, whose: str, said: str
) -> None:
    stand = account({"invoices": whose})
    order = await order_of(stand, "engraving")
    result = await handed(stand, document(order))
    assert (result.outcome, result.code) == ("failed", "document_refused_by_shop")
    assert said in result.params["detail"]
    assert stand.shop.documents() == []
    assert asked(stand, "POST", "/feeds/2021-06-30/") == []
