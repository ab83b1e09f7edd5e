"""Documents on their way to a channel: the merchant's own PDF of an invoice, a credit note or a delivery note."""

from datetime import date
from typing import Literal
from uuid import UUID

from shared.contracts.model import Contract, Payload

DocumentKind = Literal["invoice", "credit_note", "delivery_note"]


class Document(Contract):
    """One document of one order, without its content: that is asked for by the id just before it is sent.

    `file_name` is US-ASCII and different for every document of the order; `size` is in bytes.
    """

    id: UUID
    order_external_id: str
    kind: DocumentKind
    number: str
    issued_on: date
    file_name: str
    size: int


class DocumentPush(Payload):
    """Hand one document to the channel. The subject is the document's id: it is handed over once in effect."""

    type = "document.push"
    kind = "command"

    version: int = 1
    order_id: UUID
    document: Document
