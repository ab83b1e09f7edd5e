"""What only Shopware does with documents: a record and its file apart, file names of the whole shop, the mark."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.connectors.shopware6.connector import SHOPWARE6
from services.sandbox.faults import Rule
from services.sandbox.shopware6 import documents
from services.sandbox.shopware6.errors import ApiError
from tests.wired.contract.shops import shopware6
from tests.wired.contract.stand import Stand, Variety, new_sandbox, open_stand
from tests.wired.contract.test_documents import PDF, document, handed
from tests.wired.contract.test_pushes import order_of


def opened(**credentials: Any) -> Stand:
    def with_mark(shop: Any, url: str) -> dict[str, Any]:
        return shopware6.credentials(shop, url) | credentials

    variety = Variety(
        "shopware6",
        credentials=with_mark,
        wrong_credentials=shopware6.wrong,
        lists="",
        stock_writes="",
        shipment_writes="",
    )
    return open_stand(variety, SHOPWARE6, app=new_sandbox(variety))


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    found = opened()
    yield found
    await found.close()


@pytest.mark.parametrize(
    ("kind", "number"),
    [("invoice", "invoiceNumber"), ("credit_note", "creditNoteNumber"), ("delivery_note", "deliveryNoteNumber")],
)
async def test_each_kind_has_the_shops_type_and_its_printed_number(stand: Stand, kind: str, number: str) -> None:
    order = await order_of(stand, "engraving")
    assert (await handed(stand, document(order, "X-7", kind=kind))).outcome == "done"
    (there,) = stand.shop.documents()
    assert (there.kind, there.number, there.marked) == (kind, "X-7", False)
    (row,) = stand.shop.store.documents.values()
    assert row["config"]["custom"] == {number: "X-7"}
    assert row["config"]["documentDate"] == "2026-03-01"


@pytest.mark.parametrize("path", ["/api/document", "/upload"])
async def test_what_broke_off_is_finished_and_marked_once(path: str) -> None:
    stand = opened(mark_documents="sent")
    order = await order_of(stand, "engraving")
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains=path, method="POST"))
    push = document(order)
    assert (await handed(stand, push)).outcome == "done"
    assert (await handed(stand, push)).outcome == "unchanged"
    (there,) = stand.shop.documents()
    assert (there.content, there.marked) == (PDF, True)
    await stand.close()


async def test_a_file_name_that_another_order_has_is_no_obstacle(stand: Stand) -> None:
    first, second = await order_of(stand, "engraving"), await order_of(stand, "reduced rate only")
    for order in (first, second):
        assert (await handed(stand, document(order))).outcome == "done"
    names = [one.file_name for one in stand.shop.documents()]
    assert names[0] == "invoice-RE-1.pdf"
    assert names[1].startswith("invoice-RE-1-")


async def test_a_shop_without_the_type_refuses_by_its_name(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.sandbox.shopware6.store.DOCUMENT_TYPES", (("storno", "Storno"),))
    order = await order_of(stand, "engraving")
    refused = await handed(stand, document(order))
    assert (refused.code, "invoice" in refused.params["detail"]) == ("document_refused_by_shop", True)


async def test_a_document_whose_mark_is_refused_lies_there_and_is_not_sent_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stand = opened(mark_documents="sent")
    order = await order_of(stand, "engraving")
    push = document(order)

    def refuse(*_: Any) -> None:
        raise ApiError(400, "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", "Nicht erlaubt.")

    with monkeypatch.context() as patched:
        patched.setattr(documents, "patch", refuse)
        assert (await handed(stand, push)).code == "document_not_marked"
    assert (await handed(stand, push)).outcome == "done"
    assert [one.marked for one in stand.shop.documents()] == [True]
    await stand.close()
