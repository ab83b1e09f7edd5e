"""What became of commands, told to whoever wanted them and to the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from shared.chassis.clock import Clock
from shared.chassis.journal import Journal
from shared.chassis.metrics import PUSHES
from shared.chassis.outbox import emit
from shared.connector_kit import work
from shared.connector_kit.declaration import Push, PushResult
from shared.connector_kit.outside import as_archive
from shared.contracts.cancellation import CancellationPush
from shared.contracts.connection import Connection
from shared.contracts.document import DocumentPush
from shared.contracts.envelope import Event, event
from shared.contracts.fulfilment import FulfilmentPush, PushReported
from shared.contracts.identity import own_id
from shared.contracts.journal import JournalEntry, Outcome, SearchKey
from shared.contracts.mapped_product import MappedProductPush
from shared.contracts.price import PricePush
from shared.contracts.product import ProductPush
from shared.contracts.repayment import RefundPush
from shared.contracts.returned import ReturnPush
from shared.contracts.stock import StockPush
from shared.http.redaction import Exchange
from shared.persistence import archive
from shared.persistence.database import Transaction

OUTCOMES: dict[str, Outcome] = {
    "done": "ok",
    "unchanged": "ok",
    "blocked": "skipped",
    "retrying": "warning",
    "waiting": "ok",
}
NOT_PERSONAL = ("stock", "price", "mapped_product", "product")
MOST_NAMED = 20


@dataclass(frozen=True)
class Teller:
    """Tells of one connection's commands."""

    connection: Connection
    journal: Journal
    clock: Clock

    async def report(
        self,
        tx: Transaction,
        push: Push,
        results: Sequence[tuple[work.Row, PushResult]],
        calls: Sequence[Exchange],
        *,
        blocked: bool = False,
    ) -> None:
        """An event and an entry for each; the calls they were made with are archived beside them."""
        if not results:
            return
        payload = None
        if calls:
            item = archive.RawItem(
                f"{push.noun}-push",
                self.connection.id,
                results[0][0].subject,
                as_archive(calls),
                personal=push.noun not in NOT_PERSONAL,
                owners=_orders([row for row, _ in results]),
            )
            payload = (await archive.store(tx, [item]))[0]
        await emit(tx, [self._event(push, row, result, blocked) for row, result in results])
        entries = [self._entry(push, row, result, blocked, payload) for row, result in results]
        await self.journal.write(tx, entries)
        for _, result in results:
            PUSHES.labels(self.connection.platform, push.noun, "blocked" if blocked else result.outcome).inc()

    def _event(self, push: Push, row: work.Row, result: PushResult, blocked: bool) -> Event[PushReported]:
        attempts = row.attempts + (0 if blocked else 1)
        reported = PushReported.model_construct(
            noun=push.noun,
            subject=row.subject,
            version=row.version,
            outcome="blocked" if blocked else result.outcome,
            code=result.code,
            params=dict(result.params),
            external_id=result.external_id,
            actual=result.actual,
            parts=result.parts,
            attempts=attempts,
            reported_at=self.clock(),
        )
        return event(
            reported,
            id=own_id(
                self.connection.platform,
                f"{push.noun}.reported",
                row.subject,
                f"{row.version}:{row.key}:{attempts}:{reported.outcome}:{result.code}",
            ),
            source=self.connection.platform,
            subject=row.subject,
            time=self.clock(),
            platform=self.connection.platform,
            connection=self.connection.id,
        )

    def _entry(self, push: Push, row: work.Row, result: PushResult, blocked: bool, payload: Any) -> JournalEntry:
        command = _read(push, row)
        attempts = row.attempts + (0 if blocked else 1)
        outcome = "blocked" if blocked else result.outcome
        words = {"code": result.code, "attempts": str(attempts), "connection": self.connection.name} | dict(
            result.params
        )
        noun, subject, keys = _about(command, row.subject, words)
        return self.journal.entry(
            noun=noun,
            subject=subject,
            action="skipped" if blocked else ("failed" if outcome in ("failed", "retrying") else "pushed"),
            outcome=OUTCOMES.get(outcome, "error"),
            code="command_unreadable" if command is None else f"{_kind(push, command)}_push_{outcome}",
            params=words,
            keys=keys,
            connection=self.connection.id,
            platform=self.connection.platform,
            payload=payload,
            actor=str(row.body.get("asked_by", "")),
        )


def _read(push: Push, row: work.Row) -> Any:
    """The command, or None for one of an older contract that nobody understands any more: that it failed is told all
    the same."""
    try:
        return push.payload.model_validate(row.body)
    except ValidationError:
        return None


def _kind(push: Push, command: Any) -> str:
    """What the sentences call it: whoever answers a return says something else than who tells of one."""
    return "return_answer" if isinstance(command, ReturnPush) and command.goods.announced else push.noun


def _about(command: Any, subject: str, words: dict[str, str]) -> tuple[str, str, list[SearchKey]]:
    """The record that a command is about, and how it is found; the sentence's words are added to `words`."""
    match command:
        case FulfilmentPush(fulfilment=parcel):
            words |= {"tracking": parcel.tracking_number, "carrier": parcel.carrier}
            return _of_order(command, parcel.order_external_id, subject, tracking=parcel.tracking_number)
        case CancellationPush(cancellation=wanted):
            words |= {"lines": _pieces(wanted.lines) or wanted.order_external_id}
            return _of_order(command, wanted.order_external_id, subject)
        case DocumentPush(document=document):
            words |= {"document": document.number, "kind": document.kind}
            return _of_order(command, document.order_external_id, subject)
        case RefundPush(refund=refund):
            words |= {"amount": str(refund.total)}
            return _of_order(command, refund.order_external_id, subject)
        case ReturnPush(goods=goods):
            words |= {
                "pieces": _pieces(goods.lines) or "–",
                "accepted": _pieces([one for one in goods.lines if one.accepted]) or "–",
                "refused": _pieces([one for one in goods.lines if not one.accepted]) or "–",
            }
            return _of_order(command, goods.order_external_id, subject)
        case StockPush():
            words |= {"sku": command.sku, "quantity": str(command.quantity)}
            return _of_listing(command.sku, subject)
        case PricePush():
            words |= {"sku": command.sku, "price": str(command.price)}
            return _of_listing(command.sku, subject)
        case MappedProductPush():
            words |= {"article": command.article_number}
            return "article", subject, [SearchKey(kind="sku", value=command.article_number)]
        case ProductPush():
            words |= {"article": command.number}
            numbers = dict.fromkeys([command.number, *(one.number for one in command.variants)])
            return "article", subject, [SearchKey(kind="sku", value=number) for number in numbers]
    words |= {"subject": subject}
    return "push", subject, []


def _of_order(command: Any, external_id: str, subject: str, *, tracking: str = "") -> tuple[str, str, list[SearchKey]]:
    # Each parcel, cancellation, document and so on is a worry of its own, found by its own id.
    keys = [SearchKey(kind="parcel", value=subject), SearchKey(kind="external_id", value=external_id)]
    if tracking:
        keys.append(SearchKey(kind="tracking", value=tracking))
    return "order", str(command.order_id), keys


def _of_listing(sku: str, subject: str) -> tuple[str, str, list[SearchKey]]:
    return "listing", subject, [SearchKey(kind="listing", value=subject), SearchKey(kind="sku", value=sku)]


def _pieces(lines: Sequence[Any]) -> str:
    return ", ".join(f"{line.line_external_id} × {line.quantity:f}" for line in lines[:MOST_NAMED])


def _orders(rows: Sequence[work.Row]) -> tuple[UUID, ...]:
    """The orders that calls are about: what was said of them together goes when the key of any of them does."""
    return tuple(UUID(order) for order in {str(row.body.get("order_id", "")) for row in rows} - {""})
