"""A document of the merchant's own lies in the shop once, whatever becomes of the answers."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from services.sandbox.faults import Rule
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.document import Document, DocumentPush
from shared.contracts.errors import Transient, Unknown
from shared.contracts.order import Order
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_pushes import ACCEPTED, order_of, parcel, settled

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n\xe2\xe3\xcf\xd3\r\n--\r\n%%EOF\n"


@pytest.fixture
def shop(any_stand: Stand) -> Stand:
    """Only those platforms that take documents."""
    if not any(push.noun == "document" for push in any_stand.connector.pushes):
        pytest.skip(f"{any_stand.connector.title} takes no documents")
    return any_stand


def document(order: Order, number: str = "RE-1", pdf: bytes = PDF, **differing: Any) -> DocumentPush:
    facts = {
        "id": uuid4(),
        "order_external_id": order.external_id,
        "kind": "invoice",
        "number": number,
        "issued_on": date(2026, 3, 1),
        "file_name": f"invoice-{number}.pdf",
        "size": len(pdf),
    }
    return DocumentPush(order_id=uuid4(), document=Document.model_validate(facts | differing))


async def handed(stand: Stand, payload: DocumentPush, pdf: bytes = PDF) -> PushResult:
    """What the kit does with one document: the PDF is there when it is sent, not when it is looked for."""
    push = stand.push("document")
    looked_for = Command(str(payload.document.id), 1, uuid4(), payload)
    result: PushResult | None
    for _ in range(5):
        try:
            result = (await push.send(stand.client, [Command(**vars(looked_for) | {"content": pdf})]))[0]
        except Unknown:
            result = (await push.verify(stand.client, [looked_for]))[0]
        except Transient:
            continue
        if result is not None and result.outcome != "retrying":
            return result
    raise AssertionError("The document never came to an end")


@pytest.mark.proves("invoice-sent")
async def test_an_invoice_lies_in_the_shop_once_however_often_it_is_sent(shop: Stand) -> None:
    order = await order_of(shop, "reduced rate only")
    push = document(order)
    # Where nobody can ask which documents there are, the same one may be sent again and takes its own place.
    outcomes = ["done"] * 3 if shop.push("document").blind else ["done", "unchanged", "unchanged"]
    assert [(await handed(shop, push)).outcome for _ in outcomes] == outcomes
    (there,) = shop.shop.documents()
    assert (there.order_id, there.file_name, there.content) == (order.external_id, "invoice-RE-1.pdf", PDF)


async def test_an_invoice_whose_answer_was_lost_is_found_and_not_sent_again(shop: Stand) -> None:
    order = await order_of(shop, "reduced rate only")
    path = shop.variety.document_writes
    shop.opened.faults.add(Rule("answer_lost", times=1, path_contains=path, method="POST"))
    assert (await handed(shop, document(order))).outcome in ACCEPTED
    assert shop.opened.faults.struck["answer_lost"] == 1
    assert [one.content for one in shop.shop.documents()] == [PDF]


async def test_an_invoice_goes_to_the_shop_after_everything_was_shipped(shop: Stand) -> None:
    order = await order_of(shop, "engraving")
    assert (await settled(shop, "fulfilment", parcel(order))).outcome == "done"
    assert (await handed(shop, document(order))).outcome == "done"
    assert len(shop.shop.documents()) == 1


async def test_two_documents_of_one_order_lie_beside_each_other(shop: Stand) -> None:
    order = await order_of(shop, "engraving")
    for number in ("RE-1", "RE-2"):
        assert (await handed(shop, document(order, number))).outcome == "done"
    assert sorted(one.file_name for one in shop.shop.documents()) == ["invoice-RE-1.pdf", "invoice-RE-2.pdf"]


async def test_a_document_of_an_order_that_is_gone_is_refused_with_a_sentence(shop: Stand) -> None:
    order = await order_of(shop, "engraving")
    gone = order.model_copy(update={"external_id": order.external_id[:-3] + "997"})
    result = await handed(shop, document(gone))
    assert (result.outcome, result.code) == ("failed", "document_refused_by_shop")
    assert result.params["detail"]
    assert shop.shop.documents() == []
