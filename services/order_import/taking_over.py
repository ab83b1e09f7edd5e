"""What internal systems answer to the feed: they have an order under a number of their own, or refuse it."""

from dataclasses import replace
from uuid import UUID

from services.order_import import feed_book, order_book, reason_book
from services.order_import.announcement import announce_acknowledged
from services.order_import.chronicle import keys
from services.order_import.order_rules import REJECTED
from services.order_import.recording import record
from services.order_import.standing import restated
from shared.chassis.outbox import emit
from shared.chassis.service import Service
from shared.contracts.reason import Reason
from shared.persistence.database import Transaction


async def acknowledge(
    service: Service, tx: Transaction, consumer: str, order_id: UUID, version: int, erp_number: str, actor: str
) -> bool:
    """Notes that the consumer has the order; answers whether a newer version still waits for it. Raises LookupError
    for an order we do not have, or a version it never had."""
    before = (await order_book.lock(tx, [order_id])).get(order_id)
    if before is None or not 0 < version <= before.version:
        raise LookupError(order_id)
    first = await feed_book.settle(tx, consumer, order_id, version, erp_number)
    if erp_number and erp_number != before.erp_number:
        await tx.execute("UPDATE orders SET erp_number = :number WHERE id = :id", number=erp_number, id=order_id)
    if first:
        entry = service.journal.entry(
            noun="order",
            subject=str(order_id),
            action="acknowledged",
            code="order_acknowledged",
            connection=before.connection,
            platform=before.platform,
            params={
                "number": before.number, "version": str(version), "consumer": consumer,
                "erp_number": erp_number or before.erp_number,
            },
            keys=keys(before.order(), erp_number or before.erp_number, before.customer_key),
            actor=actor,
        )  # fmt: skip
        await service.journal.write(tx, [entry])
    newer = await feed_book.waits(tx, consumer, order_id, newer_than=version)
    if first and not newer:
        at = service.clock()
        await order_book.acknowledged(tx, order_id, at)
        before.reasons = (await reason_book.of_orders(tx, [order_id])).get(order_id, ())
        numbers = await order_book.article_numbers(tx, order_id)
        same = replace(restated(before, "rejudged", before.order(), before.verdict(numbers)), version=before.version)
        await emit(tx, [announce_acknowledged(service, same, at)])
    return newer


async def reject(
    service: Service, tx: Transaction, consumer: str, order_id: UUID, version: int, code: str, text: str, actor: str
) -> bool:
    """Parks the order because the consumer refuses it. Answers False when that version is no longer the newest: a
    newer one, which it has not seen, goes its way. Raises LookupError for an order or version we do not have."""
    before = (await order_book.lock(tx, [order_id])).get(order_id)
    if before is None or not 0 < version <= before.version:
        raise LookupError(order_id)
    if await feed_book.waits(tx, consumer, order_id, newer_than=version):
        return False
    before.reasons = (await reason_book.of_orders(tx, [order_id])).get(order_id, ())
    params = {"consumer": consumer, "erp_code": code or "unspecified", "text": text[:500]}
    if any(reason.params == params for reason in before.rejections):
        return True
    await feed_book.withdraw(tx, consumer, order_id)
    await order_book.acknowledged(tx, order_id, None)
    numbers = await order_book.article_numbers(tx, order_id)
    refusal = Reason(code=REJECTED, key=consumer, params=params)
    change = restated(before, "rejected", before.order(), before.verdict(numbers, refusal), actor=actor)
    await record(service, tx, [change])
    return True
