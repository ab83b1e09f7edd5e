"""What the order book would decide on orders it is only shown. Nothing is written, nothing is locked."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.order_import import correction_book, judging, order_book
from services.order_import.corrections import applied
from services.order_import.money_proof import Proof, prove, sound
from services.order_import.order_rules import Verdict
from services.order_import.settings import OrderSettings
from shared.chassis.service import Service
from shared.contracts.identity import record_id
from shared.contracts.order import Order
from shared.persistence import archive
from shared.persistence.database import Transaction


@dataclass(frozen=True, slots=True)
class Judgement:
    """`proof` is None where the amounts cannot be added up at all; a reason says why. `version` and `standing` are
    those of the order as it is held now, None when it is not; `corrected` are the paths a person has corrected."""

    order_id: UUID
    order: Order
    verdict: Verdict
    proof: Proof | None
    version: int | None
    standing: str | None
    corrected: tuple[str, ...]


async def assess(
    service: Service, settings: OrderSettings, tx: Transaction, connection: UUID, orders: Sequence[Order]
) -> list[Judgement]:
    """Judges each order as if it had just been received from this connection, by its rules as they are now."""
    ids = [record_id("order", connection, order.external_id) for order in orders]
    held = await order_book.look(tx, ids)
    corrections = await correction_book.active(tx, await archive.keys_for(tx, ids, create=False))
    corrected = [applied(order, corrections.get(id, ())) for id, order in zip(ids, orders, strict=True)]
    cases = [
        judging.Case(id, connection, order, held.get(id), id in held and held[id].erased_at is not None)
        for id, (order, _) in zip(ids, corrected, strict=True)
    ]
    verdicts = await judging.judged(service, settings, tx, cases)
    return [
        Judgement(
            order_id=case.id,
            order=case.order,
            verdict=verdicts[case.id],
            proof=prove(case.order) if sound(case.order) else None,
            version=None if case.before is None else case.before.version,
            standing=None if case.before is None else case.before.status,
            corrected=tuple(one.path for one in corrections.get(case.id, ()) if one not in overtaken),
        )
        for case, (_, overtaken) in zip(cases, corrected, strict=True)
    ]
