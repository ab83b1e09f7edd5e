"""What only Mirakl does with documents: types of the operator's own, refusals inside good answers, fifty per order."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.connectors.mirakl.connector import MIRAKL
from services.sandbox.mirakl.documents import add
from tests.wired.contract.shops import mirakl
from tests.wired.contract.stand import Stand, Variety, new_sandbox, open_stand
from tests.wired.contract.test_documents import PDF, document, handed
from tests.wired.contract.test_pushes import order_of


def opened(**credentials: Any) -> Stand:
    def with_types(shop: Any, url: str) -> dict[str, Any]:
        return mirakl.credentials(shop, url) | credentials

    variety = Variety(
        "mirakl",
        credentials=with_types,
        wrong_credentials=mirakl.wrong,
        lists="/api/",
        stock_writes="",
        shipment_writes="",
    )
    return open_stand(variety, MIRAKL, app=new_sandbox(variety))


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    found = opened()
    yield found
    await found.close()


async def test_a_credit_note_needs_the_operators_type_and_the_refusal_names_those_there_are(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    refused = await handed(stand, document(order, "GU-1", kind="credit_note", file_name="credit_note-GU-1.pdf"))
    assert refused.code == "document_refused_by_shop"
    assert "CREDIT_NOTE (Gutschrift)" in refused.params["detail"]
    with_type = opened(credit_note_type="CREDIT_NOTE")
    order = await order_of(with_type, "engraving")
    push = document(order, "GU-1", kind="credit_note", file_name="credit_note-GU-1.pdf")
    assert (await handed(with_type, push)).outcome == "done"
    assert [one.kind for one in with_type.shop.documents()] == ["CREDIT_NOTE"]
    await with_type.close()


async def test_a_type_that_the_operator_does_not_have_is_refused_before_anything_is_sent() -> None:
    stand = opened(invoice_type="RECHNUNG")
    order = await order_of(stand, "engraving")
    refused = await handed(stand, document(order))
    assert "RECHNUNG" in refused.params["detail"]
    assert stand.shop.documents() == []
    await stand.close()


async def test_a_refusal_inside_a_good_answer_is_a_refusal(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    for count in range(50):
        assert (await handed(stand, document(order, f"RE-{count}"))).outcome == "done"
    refused = await handed(stand, document(order, "RE-50"))
    assert (refused.outcome, refused.code) == ("failed", "document_refused_by_shop")
    assert "50" in refused.params["detail"]
    assert len(stand.shop.documents()) == 50


async def test_another_file_of_the_same_name_is_nobodys_proof_that_ours_arrived(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    by_hand = '{"order_documents": [{"file_name": "invoice-RE-1.pdf", "type_code": "CUSTOMER_INVOICE"}]}'
    add(stand.shop.store, stand.shop.store.order(order.external_id), [("invoice-RE-1.pdf", PDF + b"\n")], by_hand)
    refused = await handed(stand, document(order))
    assert (refused.outcome, str(len(PDF) + 1) in refused.params["detail"]) == ("failed", True)
