"""Invoices beside an order, and those that are not the seller's to write."""

from typing import Any

import pytest

from tests.wired.contract.stand import Stand
from tests.wired.contract.test_documents import PDF, document, handed
from tests.wired.contract.test_pushes import order_of


@pytest.mark.parametrize(
    ("kind", "outcome"), [("invoice", "done"), ("credit_note", "done"), ("delivery_note", "failed")]
)
async def test_only_what_the_platform_has_a_place_for_is_sent(stand: Stand, kind: str, outcome: str) -> None:
    order = await order_of(stand, "engraving")
    result = await handed(stand, document(order, kind=kind))
    assert result.outcome == outcome
    assert len(stand.shop.documents()) == (outcome == "done")


async def test_where_the_platform_is_the_seller_it_writes_the_invoice_itself(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    stand.shop.store.book.orders[order.external_id].placed.body["is_marketplace_deemed_supplier"] = True
    result = await handed(stand, document(order))
    assert (result.outcome, result.code) == ("failed", "document_refused_by_shop")
    assert "writes the customer's invoice itself" in result.params["detail"]
    assert stand.shop.documents() == []


async def test_an_invoice_the_platform_wrote_under_the_same_name_is_not_taken_for_ours(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    push = document(order)
    theirs: dict[str, Any] = {
        "id_invoice": 1,
        "original_name": push.document.file_name,
        "is_marketplace_deemed_supplier": True,
    }
    stored = stand.shop.store.book.orders[order.external_id]
    stored.invoices.append(theirs)
    assert (await handed(stand, push)).outcome == "done"
    stored.invoices.remove(theirs)
    assert [one.content for one in stand.shop.documents()] == [PDF]
