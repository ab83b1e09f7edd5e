"""A person says what becomes of an order that waits for approval."""

from datetime import datetime
from uuid import UUID

from services.order_import import approval_book, order_book, reason_book
from services.order_import.chronicle import keys
from services.order_import.rejudging import rejudge
from services.order_import.rules.approval import LATER, WANTED
from services.order_import.rules.facts import Approval
from services.order_import.settings import OrderSettings
from services.order_import.standing import Standing
from shared.chassis.problems import Problem
from shared.chassis.service import Service
from shared.persistence.database import Transaction

_CODES: dict[Approval, str] = {"approved": "order_approved", "refused": "order_refused", "later": "order_put_off"}


async def say(
    service: Service,
    settings: OrderSettings,
    tx: Transaction,
    order_id: UUID,
    word: Approval,
    actor: str,
    until: datetime | None = None,
) -> Standing:
    """Keeps the word and judges the order by it; the same word twice is said once. The order exists.

    "refused" is for good. Raises a 409 problem for an order that nobody is asked about.
    """
    before = (await order_book.lock(tx, [order_id]))[order_id]
    if (before.approval, before.approval_until) == (word, until):
        return before
    reasons = (await reason_book.of_orders(tx, [order_id])).get(order_id, ())
    if before.status != "waiting" or not {reason.code for reason in reasons} & {WANTED, LATER}:
        raise Problem(409, "order_not_for_approval", number=before.number, standing=before.status)
    await approval_book.say(tx, order_id, word, until)
    entry = service.journal.entry(
        noun="order",
        subject=str(order_id),
        action="updated",
        code=_CODES[word],
        connection=before.connection,
        platform=before.platform,
        params={"number": before.number, "actor": actor, "until": "" if until is None else until.isoformat()},
        keys=keys(before.order(), before.erp_number, before.customer_key),
        actor=actor,
    )
    await service.journal.write(tx, [entry])
    await rejudge(service, settings, tx, [order_id], actor=actor)
    return (await order_book.lock(tx, [order_id]))[order_id]
