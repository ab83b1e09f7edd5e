"""Documents posted by internal systems, and how they fared on their way to the shop."""

import base64
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.order_import import document_book
from services.order_import.document_views import PRINTED, DocumentContent, DocumentView, DocumentWish, shown
from services.order_import.documents import Written, hand_over, refuse_unless_pdf, send_again
from services.order_import.refusals import refusals
from services.order_import.settings import OrderSettings
from services.order_import.showing import Neighbour, Operator, Reader, Speaks, visible
from shared.chassis.pages import After, Limit, Page, decode_moment, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.service import Service
from shared.contracts.document import DocumentKind
from shared.contracts.errors import Defect

PDF = "application/pdf"
Number = Annotated[str, Query(min_length=1, max_length=100, pattern=PRINTED)]
FILE = {PDF: {"schema": {"type": "string", "format": "binary"}}}
UPLOAD = {"requestBody": {"required": True, "content": FILE}}
DOWNLOAD: dict[int | str, dict[str, Any]] = {200: {"content": FILE}}


def list_routes(service: Service) -> APIRouter:
    """Documents of all orders; fixed words come before an order's id."""
    router = APIRouter(tags=["documents"])
    database = service.database

    @router.get("/documents")
    async def documents(
        reader: Reader,
        language: Speaks,
        number: Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")] = None,
        kind: DocumentKind | None = None,
        state: document_book.State | None = None,
        connection: UUID | None = None,
        since: date | None = None,
        until: date | None = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[DocumentView]:
        """Documents by the beginning of their number, by state and by their date, the latest first."""
        filters = document_book.Filters(reader.scope, connection, number, kind, state, since, until)
        async with database.transaction() as tx:
            found = await document_book.find(tx, filters, decode_moment(after), limit)
        more = encode_cursor(_created(found[-1]), found[-1].id) if len(found) == limit else None
        return Page(items=[shown(one, language) for one in found], next=more)

    @router.post("/documents/{document_id}/retry", status_code=202)
    async def retry(document_id: UUID, operator: Operator, language: Speaks) -> DocumentView:
        """Sends a failed document to its shop once more."""
        async with database.transaction() as tx:
            owner = (await document_book.owners(tx, [document_id])).get(document_id)
            if owner is None:
                raise not_found(document_id)
            await visible(tx, owner, operator)
            with refusals(document_id):
                paper = await send_again(service, tx, document_id, operator.name)
        return shown(paper, language)

    @router.get("/internal/documents/{document_id}", tags=["internal"])
    async def content(document_id: UUID, neighbour: Neighbour) -> DocumentContent:
        """What a connector is about to send."""
        async with database.transaction() as tx:
            with refusals(document_id):
                pdf = await document_book.content(tx, document_id)
        return DocumentContent(pdf=None if pdf is None else base64.b64encode(pdf).decode())

    return router


def routes(service: Service, settings: OrderSettings) -> APIRouter:
    """Documents of one order."""
    router = APIRouter(tags=["documents"])
    database = service.database
    known: dict[int | str, dict[str, Any]] = {200: {"description": "This document was known."}}

    async def take(
        id: UUID, written: Written, operator: Operator, language: Speaks, response: Response
    ) -> DocumentView:
        async with database.transaction() as tx:
            await visible(tx, id, operator)
            with refusals(id):
                refuse_unless_pdf(written.pdf, settings.document_most_bytes)
                paper, new = await hand_over(service, tx, id, written, operator.name)
        response.status_code = 201 if new else 200
        return shown(paper, language)

    @router.get("/{id}/documents")
    async def of_order(id: UUID, reader: Reader, language: Speaks) -> list[DocumentView]:
        """The order's documents, the oldest first."""
        async with database.transaction() as tx:
            await visible(tx, id, reader)
            found = await document_book.of_order(tx, id)
        return [shown(one, language) for one in found]

    @router.post("/{id}/documents", status_code=201, responses=known)
    async def add(
        id: UUID, wish: DocumentWish, operator: Operator, language: Speaks, response: Response
    ) -> DocumentView:
        """Hands an invoice, a credit note or a delivery note of your own to the order's shop, in base64."""
        return await take(id, Written(wish.kind, wish.number, wish.date, wish.pdf), operator, language, response)

    @router.post("/{id}/documents/upload", status_code=201, responses=known, openapi_extra=UPLOAD)
    async def upload(
        id: UUID,
        request: Request,
        operator: Operator,
        language: Speaks,
        response: Response,
        kind: DocumentKind,
        number: Number,
        date: date,
    ) -> DocumentView:
        """The same with the PDF as it is for the whole body."""
        return await take(id, Written(kind, number, date, await request.body()), operator, language, response)

    @router.get("/{id}/documents/{document_id}/pdf", response_class=Response, responses=DOWNLOAD)
    async def pdf(id: UUID, document_id: UUID, reader: Reader) -> Response:
        """The PDF as it was handed over."""
        async with database.transaction() as tx:
            await visible(tx, id, reader)
            if (await document_book.owners(tx, [document_id])).get(document_id) != id:
                raise not_found(document_id)
            found = await document_book.content(tx, document_id)
        if found is None:
            raise Problem(410, "document_order_erased", number=str(document_id))
        return Response(found, media_type=PDF)

    return router


def _created(paper: document_book.Paper) -> str:
    if paper.created_at is None:
        raise Defect("A document without its moment")
    return paper.created_at.isoformat()
