"""What the REST interface shows and takes of documents."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Base64Bytes, BaseModel, Field

from services.order_import.document_book import Paper, State
from services.order_import.wishes import Wish
from shared.chassis.sentences import Language, sentence
from shared.contracts.document import DocumentKind

PRINTED = r"^[^\x00]*[^\x00\s][^\x00]*$"
"""A number that can be seen."""


class DocumentWish(Wish):
    """Your own PDF of an order. `number` and `date` are those printed on it; the same number twice is the same
    document. `pdf` is the file in base64."""

    kind: DocumentKind
    number: str = Field(min_length=1, max_length=100, pattern=PRINTED)
    date: date
    pdf: Base64Bytes = Field(examples=["JVBERi0xLjcKJSVFT0YK"])


class DocumentView(BaseModel):
    """One document and what the shop said to it. `explanation` explains failed and blocked; `size` is in bytes."""

    id: UUID
    order_id: UUID
    kind: DocumentKind
    number: str
    date: date
    file_name: str
    size: int
    state: State
    version: int
    attempts: int
    code: str
    explanation: str
    external_id: str
    reported_at: datetime | None
    created_at: datetime | None
    created_by: str


class DocumentContent(BaseModel):
    """For the connector that is about to send it. `pdf` is base64, None once the order was erased."""

    pdf: str | None


def shown(paper: Paper, language: Language) -> DocumentView:
    known = {name: getattr(paper, name) for name in DocumentView.model_fields if hasattr(paper, name)}
    words = dict(paper.params or {})
    explanation = sentence(paper.code, words, language) if paper.code else ""
    return DocumentView.model_validate({**known, "date": paper.issued_on, "explanation": explanation})
