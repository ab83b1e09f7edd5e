"""Documents of the merchant's own: to the shop once, never another one under the same number, gone with the person."""

import base64
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.order_import.documents import file_name
from services.order_import.erasure import erase
from shared.contracts.envelope import Event, event
from shared.contracts.errors import ParentMissing
from shared.contracts.fulfilment import PushReported
from tests.integration.order_import.book import Book, order_id, received
from tests.pure.order_import.samples import NOON, OTHER_SHOP, SHOP, observed, order

URL = f"/orders/{order_id('1001')}"
DOCUMENTS = f"{URL}/documents"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Title (Erika Mustermann) >>\nendobj\n%%EOF\n"
OTHER_PDF = PDF.replace(b"endobj", b"Nachtrag")


def wish(number: str = "RE-1", pdf: bytes = PDF, **differing: Any) -> dict[str, Any]:
    facts = {"kind": "invoice", "number": number, "date": "2026-03-01", "pdf": base64.b64encode(pdf).decode()}
    return facts | differing


def reported(id: str, outcome: str, *, version: int = 1, minute: int = 1, **differing: Any) -> Event[Any]:
    payload = PushReported(
        noun="document", subject=id, version=version, outcome=outcome,  # type: ignore[arg-type]
        reported_at=NOON + timedelta(minutes=minute), **differing,
    )  # fmt: skip
    return event(payload, id=uuid4(), source="shop", subject=id, time=NOON, platform="shop", connection=SHOP)


@pytest.fixture
async def client(book: Book) -> Any:
    """An imported order, and an internal system that may act on it."""
    await book.know("A-1")
    await book.take(received(order("1001"), observed(0)))
    return await book.client()


async def shown(client: Any) -> dict[str, Any]:
    (one,) = (await client.get(DOCUMENTS)).json()
    return one  # type: ignore[no-any-return]


async def test_the_same_invoice_twice_is_one_invoice_and_one_command(book: Book, client: Any) -> None:
    first, second = await client.post(DOCUMENTS, json=wish()), await client.post(DOCUMENTS, json=wish())
    query = {"kind": "invoice", "number": "RE-1", "date": "2026-03-01"}
    third = await client.post(f"{DOCUMENTS}/upload", params=query, content=PDF)
    assert [one.status_code for one in (first, second, third)] == [201, 200, 200]
    assert first.json() == second.json() == third.json()
    (command,) = await book.sent("document.push")
    told = command.data.document
    assert (command.subject, command.platform, command.connection) == (str(told.id), "shop", SHOP)
    assert (told.order_external_id, told.kind, told.number, told.file_name, told.size) == (
        "1001", "invoice", "RE-1", "invoice-RE-1.pdf", len(PDF),
    )  # fmt: skip
    assert (await book.told("1001")).count("document_recorded") == 1
    (known,) = (await client.get(URL)).json()["documents"]
    assert (known["number"], known["state"]) == ("RE-1", "pending")


async def test_one_number_may_stand_on_an_invoice_and_on_a_credit_note(book: Book, client: Any) -> None:
    for kind in ("invoice", "credit_note", "delivery_note"):
        assert (await client.post(DOCUMENTS, json=wish(kind=kind))).status_code == 201
    assert len(await book.sent("document.push")) == 3


async def test_another_pdf_under_a_number_that_was_sent_is_refused_with_the_reason(book: Book, client: Any) -> None:
    id = (await client.post(DOCUMENTS, json=wish())).json()["id"]
    waiting = await client.post(DOCUMENTS, json=wish(pdf=OTHER_PDF))
    assert (waiting.status_code, waiting.json()["code"]) == (409, "document_under_way")
    await book.take_reports(reported(id, "done", external_id="X-1"))
    refused = await client.post(DOCUMENTS, json=wish(pdf=OTHER_PDF), headers={"Accept-Language": "de"})
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
        409, "document_number_sent", "number",
    )  # fmt: skip
    assert "RE-1" in refused.json()["detail"]
    assert (await client.get(f"{DOCUMENTS}/{id}/pdf")).content == PDF
    assert len(await book.sent("document.push")) == 1


async def test_what_the_shop_refused_may_be_written_anew_and_what_it_may_have_may_not(book: Book, client: Any) -> None:
    id = (await client.post(DOCUMENTS, json=wish())).json()["id"]
    words = {"detail": "too many pages"}
    await book.take_reports(reported(id, "failed", code="document_refused_by_shop", params=words))
    assert "too many pages" in (await shown(client))["explanation"]
    anew = await client.post(DOCUMENTS, json=wish(pdf=OTHER_PDF))
    assert (anew.status_code, anew.json()["id"], anew.json()["version"], anew.json()["state"]) == (
        201, id, 2, "pending",
    )  # fmt: skip
    assert (await client.get(f"{DOCUMENTS}/{id}/pdf")).content == OTHER_PDF
    await book.take_reports(reported(id, "done", version=1, minute=2))
    assert (await shown(client))["state"] == "pending"
    await book.take_reports(reported(id, "failed", version=2, minute=3, code="retries_ended"))
    unsure = await client.post(DOCUMENTS, json=wish(pdf=PDF))
    assert unsure.json()["code"] == "document_under_way"
    assert [one.data.version for one in await book.sent("document.push")] == [1, 2]


async def test_a_failed_document_is_sent_again_by_hand_and_one_on_its_way_is_not(book: Book, client: Any) -> None:
    id = (await client.post(DOCUMENTS, json=wish())).json()["id"]
    early = await client.post(f"/orders/documents/{id}/retry")
    assert (early.status_code, early.json()["code"]) == (409, "document_not_failed")
    await book.take_reports(reported(id, "failed", code="document_refused_by_shop", params={"detail": "no"}))
    assert (await client.post(f"/orders/documents/{id}/retry")).status_code == 202
    assert [one.data.version for one in await book.sent("document.push")] == [1, 2]
    assert (await book.told("1001"))[-2:] == ["document_failed", "document_sent_again"]


async def test_what_the_shop_says_is_taken_once_and_stays(book: Book, client: Any) -> None:
    id = (await client.post(DOCUMENTS, json=wish())).json()["id"]
    await book.take_reports(reported(id, "blocked", code="integration_mode_off"))
    assert (await shown(client))["state"] == "blocked"
    done = reported(id, "done", minute=2, external_id="X-1")
    await book.take_reports(done)
    await book.take_reports(reported(id, "unchanged", minute=3), reported(id, "failed", minute=4, code="late"))
    assert ((await shown(client))["state"], (await shown(client))["external_id"]) == ("reported", "X-1")
    assert (await book.told("1001")).count("document_reported") == 1
    with pytest.raises(ParentMissing):
        await book.take_reports(reported(str(uuid4()), "done"))


async def test_an_invoice_goes_to_the_shop_after_everything_was_shipped(book: Book, client: Any) -> None:
    parcel = {"reference": "P-1", "carrier": "DHL", "tracking_number": "T-1"}
    assert (await client.post(f"{URL}/shipments", json=parcel)).status_code == 201
    assert (await client.post(DOCUMENTS, json=wish())).status_code == 201
    assert len(await book.sent("document.push")) == 1


@pytest.mark.parametrize(
    ("pdf", "code"),
    [(b"", "document_no_pdf"), (b"<html>%PDF</html>", "document_no_pdf"), (PDF[:-20], "document_cut_off"),
     (b"%PDF-1.7" + b" " * 10_000_000 + b"%%EOF", "document_too_big")],
)  # fmt: skip
async def test_what_is_no_whole_pdf_is_refused_by_name_and_nothing_is_kept(
    book: Book, client: Any, pdf: bytes, code: str
) -> None:
    query = {"kind": "invoice", "number": "RE-1", "date": "2026-03-01"}
    refused = await client.post(f"{DOCUMENTS}/upload", params=query, content=pdf)
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, code, "pdf")
    assert (await client.get(DOCUMENTS)).json() == []
    assert await book.sent("document.push") == []


async def test_base64_that_is_none_and_numbers_that_are_blank_name_their_field(client: Any) -> None:
    for differing, field in (
        ({"pdf": "§§"}, "pdf"),
        ({"number": " "}, "number"),
        ({"number": "a\x00"}, "number"),
        ({"kind": "letter"}, "kind"),
    ):
        refused = await client.post(DOCUMENTS, json=wish() | differing)
        assert refused.status_code == 422
        assert field in refused.text
    assert (await client.get("/orders/documents", params={"number": "a\x00"})).status_code == 422


async def test_the_pdf_is_kept_unreadable_and_ends_with_the_person(book: Book, client: Any) -> None:
    id = (await client.post(DOCUMENTS, json=wish())).json()["id"]
    stored = await book.value("SELECT body FROM documents WHERE id = :id", id=UUID(id))
    assert b"Mustermann" not in stored
    connector = await book.client("service")
    content = f"/orders/internal/documents/{id}"
    assert base64.b64decode((await connector.get(content)).json()["pdf"]) == PDF
    for _ in range(2):
        async with book.service.database.transaction() as tx:
            await erase(book.service, tx, [order_id("1001")])
        async with book.admin.transaction() as tx:
            await tx.execute("UPDATE archive.keys SET key = NULL WHERE id = :id", id=order_id("1001"))
    assert (await connector.get(content)).json() == {"pdf": None}
    gone = await client.get(f"{DOCUMENTS}/{id}/pdf")
    assert (gone.status_code, gone.json()["code"]) == (410, "document_order_erased")
    late = await client.post(DOCUMENTS, json=wish("RE-2"))
    assert (late.status_code, late.json()["code"]) == (409, "document_order_erased")


async def test_documents_are_found_by_number_state_and_date(book: Book, client: Any) -> None:
    for number, date in (("RE-1", "2026-03-01"), ("RE-2", "2026-03-02"), ("GU-1", "2026-03-03")):
        await client.post(DOCUMENTS, json=wish(number, date=date))
    id = next(one["id"] for one in (await client.get(DOCUMENTS)).json() if one["number"] == "RE-2")
    await book.take_reports(reported(id, "done"))

    async def found(**query: str) -> set[str]:
        return {one["number"] for one in (await client.get("/orders/documents", params=query)).json()["items"]}

    assert await found() == {"RE-1", "RE-2", "GU-1"}
    assert await found(number="RE-") == {"RE-1", "RE-2"}
    assert await found(state="reported") == {"RE-2"}
    assert await found(since="2026-03-02", until="2026-03-02") == {"RE-2"}
    first = (await client.get("/orders/documents", params={"limit": 2})).json()
    rest = (await client.get("/orders/documents", params={"limit": 2, "after": first["next"]})).json()
    assert [one["number"] for one in first["items"] + rest["items"]] == ["GU-1", "RE-2", "RE-1"]


async def test_nobody_sees_or_sends_documents_of_a_shop_that_is_not_his(book: Book, client: Any) -> None:
    id = (await client.post(DOCUMENTS, json=wish())).json()["id"]
    stranger = await book.client("operate", [OTHER_SHOP])
    for method, path in (
        ("GET", DOCUMENTS), ("GET", f"{DOCUMENTS}/{id}/pdf"), ("POST", f"/orders/documents/{id}/retry"),
    ):  # fmt: skip
        assert (await stranger.request(method, path)).status_code == 404
    assert (await stranger.post(DOCUMENTS, json=wish("RE-9"))).status_code == 404
    assert (await stranger.get("/orders/documents")).json()["items"] == []
    reader = await book.client("read")
    assert (await reader.post(DOCUMENTS, json=wish())).status_code == 403
    assert (await reader.get(f"/orders/internal/documents/{id}")).status_code == 403


def test_file_names_are_plain_and_different_for_different_numbers() -> None:
    numbers = ("RE-1", "RE/1", "RE 1", "Größe 7", "Ж", "R" * 100)
    names = [file_name("invoice", number) for number in numbers]
    assert len(set(names)) == len(names)
    assert all(name.isascii() and "/" not in name and " " not in name and len(name) < 120 for name in names)
    assert names[0] == "invoice-RE-1.pdf"
