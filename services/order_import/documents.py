"""Documents from the internal systems: checked, kept sealed, and on their way to the channel once."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.order_import import document_book, order_book
from services.order_import.chronicle import keys
from services.order_import.document_book import Paper
from services.order_import.parcel_plan import Refused
from services.order_import.recording import tell
from services.order_import.standing import Standing
from shared.chassis.service import Service
from shared.contracts.document import DocumentKind, DocumentPush
from shared.contracts.envelope import Event
from shared.contracts.identity import own_id
from shared.contracts.journal import Action, JournalEntry, SearchKey
from shared.persistence import archive, held
from shared.persistence.database import Transaction

# Readers of PDF take leading and trailing bytes that do not belong to it, up to this many.
SLACK = 1024
# The channel may have got such a one after all: nobody could find out.
PERHAPS_ARRIVED = frozenset({"retries_ended", "document_not_marked"})
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Written:
    """What a caller has written: `number` and `issued_on` are those printed on it."""

    kind: DocumentKind
    number: str
    issued_on: date
    pdf: bytes

    @property
    def digest(self) -> str:
        """Tells whether the same number was used for the same PDF."""
        return hashlib.sha256(self.pdf).hexdigest()


def waiting_for(id: UUID) -> str:
    """What reports about a document wait for that we do not have yet."""
    return f"document:{id}"


def refuse_unless_pdf(pdf: bytes, most: int) -> None:
    """Raises Refused for what is too big, empty, or no whole PDF."""
    if len(pdf) > most:
        raise Refused("document_too_big", "pdf", size=str(len(pdf)), most=str(most))
    if b"%PDF-" not in pdf[:SLACK]:
        raise Refused("document_no_pdf", "pdf")
    if b"%%EOF" not in pdf[-SLACK:]:
        raise Refused("document_cut_off", "pdf", size=str(len(pdf)))


def file_name(kind: DocumentKind, number: str) -> str:
    """US-ASCII, and different for different numbers: one that had to be spelled anew carries a mark of the old one."""
    plain = unicodedata.normalize("NFKD", number).encode("ascii", "ignore").decode()
    spelled = _NOT_IN_NAMES.sub("-", plain).strip("-.")[:80]
    mark = "" if spelled == number else "-" + hashlib.sha256(number.encode()).hexdigest()[:6]
    return f"{kind}-{spelled}{mark}.pdf"


async def hand_over(
    service: Service, tx: Transaction, order_id: UUID, written: Written, actor: str
) -> tuple[Paper, bool]:
    """The document, and whether it is new: the same number twice is the same document. One that the channel refused may
    be written anew; one that it has, or may have, stays as it is.

    Raises LookupError for an order we do not have, Refused for another PDF under a number that was sent.
    """
    before = (await order_book.lock(tx, [order_id])).get(order_id)
    if before is None:
        raise LookupError(order_id)
    known = await document_book.named(tx, order_id, written.kind, written.number)
    if known is not None and known.digest == written.digest:
        return known, False
    if known is not None and (known.state != "failed" or known.code in PERHAPS_ARRIVED):
        code = "document_number_sent" if known.state == "reported" else "document_under_way"
        raise Refused(code, "number", number=written.number, kind=written.kind)
    key = (await archive.keys_for(tx, [order_id]))[order_id]
    if key is None:
        raise Refused("document_order_erased", number=before.number)
    paper = Paper(
        id=own_id(service.name, "document", str(order_id), f"{written.kind}:{written.number}"),
        order_id=order_id,
        kind=written.kind,
        number=written.number,
        issued_on=written.issued_on,
        file_name=file_name(written.kind, written.number),
        digest=written.digest,
        size=len(written.pdf),
        version=1 if known is None else known.version + 1,
        created_at=service.clock() if known is None else known.created_at,
        created_by=actor,
    )
    sealed = document_book.seal(paper.id, written.pdf, key)
    if known is None:
        await document_book.add(tx, paper, sealed)
        await held.release(tx, [waiting_for(paper.id)])
    else:
        await document_book.replace(tx, paper, sealed)
        await document_book.update(tx, paper)
    entry = document_entry(service, before, paper, "document_recorded" if known is None else "document_replaced", actor)
    await tell(service, tx, [push(service, before, paper)], [entry])
    return paper, True


async def send_again(service: Service, tx: Transaction, id: UUID, actor: str) -> Paper:
    """Sends a failed document once more. Raises LookupError, or Refused when it is on its way or has arrived."""
    owner = (await document_book.owners(tx, [id])).get(id)
    if owner is None:
        raise LookupError(id)
    standing = (await order_book.lock(tx, [owner]))[owner]
    paper = (await document_book.lock(tx, [id]))[id]
    if paper.state != "failed":
        raise Refused("document_not_failed", state=paper.state)
    paper.state, paper.code, paper.params, paper.version = "pending", "", {}, paper.version + 1
    await document_book.update(tx, paper)
    entry = document_entry(service, standing, paper, "document_sent_again", actor)
    await tell(service, tx, [push(service, standing, paper)], [entry])
    return paper


def push(service: Service, order: Standing, paper: Paper) -> Event[Any]:
    """The command that hands the document to its channel."""
    return service.event(
        DocumentPush(version=paper.version, order_id=paper.order_id, document=paper.document(order.external_id)),
        subject=str(paper.id),
        version=paper.version,
        connection=order.connection,
        platform=order.platform,
    )


def document_entry(service: Service, order: Standing, paper: Paper, code: str, actor: str = "") -> JournalEntry:
    """A step on a document's way. What the channel says to it carries the same key: trouble with one document is
    settled by its own success."""
    failed = paper.state == "failed"
    action: Action = "failed" if failed else "reported" if paper.state == "reported" else "pushed"
    return service.journal.entry(
        noun="order",
        subject=str(order.id),
        action=action,
        code=code,
        outcome="error" if failed else "ok",
        connection=order.connection,
        platform=order.platform,
        params={"number": order.number, "kind": paper.kind, "document": paper.number, "reason": paper.code},
        keys=[
            *keys(order.order(), order.erp_number, order.customer_key),
            SearchKey(kind="parcel", value=str(paper.id)),
        ],
        actor=actor,
        id=own_id(service.name, "entry", f"{paper.id}:{code}", paper.version),
    )
