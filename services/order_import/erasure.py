"""Erasing a person from the order book: what can change is made anonymous in place. The journal destroys the keys that
the versions, which cannot change, are encrypted with."""

from collections.abc import Sequence
from uuid import UUID

from services.order_import import goods_book, order_book, return_numbers, shop_customer_book
from services.order_import.anonymous import anonymous
from services.order_import.standing import Standing
from shared.chassis.service import Service
from shared.contracts.journal import JournalEntry, SearchKey
from shared.persistence.database import Transaction


async def of_customer(tx: Transaction, customer_key: str) -> list[UUID]:
    """The orders found by a customer's keyed hash."""
    rows = await tx.rows("SELECT id FROM orders WHERE customer_key = :key ORDER BY id", key=customer_key)
    return [row["id"] for row in rows]


async def erase(service: Service, tx: Transaction, ids: Sequence[UUID]) -> list[UUID]:
    """Makes these orders anonymous; answers those that exist. Twice is the same.

    Tracking numbers lead to a person at the carrier; they stay only while a parcel is still to be reported.
    """
    standing = await order_book.lock(tx, ids)
    for before in standing.values():
        await tx.execute(
            """UPDATE orders SET content = CAST(:content AS jsonb), customer_key = '',
                      erased_at = coalesce(erased_at, now()), updated_at = now() WHERE id = :id""",
            content=anonymous(before.order()).model_dump_json(exclude_defaults=True),
            id=before.id,
        )
    found = sorted(standing)
    await tx.execute(
        """UPDATE parcels SET tracking_number = '', tracking_url = '', return_tracking_number = '', params = '{}'
           WHERE order_id = ANY(:ids) AND state IN ('reported', 'held')""",
        ids=found,
    )
    await return_numbers.forget(tx, found)
    await tx.execute("UPDATE cancellations SET text = '' WHERE order_id = ANY(:ids) AND text <> ''", ids=found)
    # What was refused cannot be sent again: its PDF goes with the order's key.
    await tx.execute(
        """UPDATE documents SET code = 'document_erased', params = '{}'
           WHERE order_id = ANY(:ids) AND state = 'failed'""",
        ids=found,
    )
    await tx.execute("UPDATE refunds SET reason = '' WHERE order_id = ANY(:ids) AND reason <> ''", ids=found)
    await goods_book.forget(tx, found)
    await tx.execute("UPDATE returns SET note = '' WHERE order_id = ANY(:ids) AND note <> ''", ids=found)
    await tx.execute(
        "UPDATE parked_reasons SET params = params - 'text' WHERE order_id = ANY(:ids) AND params ? 'text'", ids=found
    )
    await service.journal.write(tx, [_entry(service, before) for before in standing.values()])
    return found


async def erase_accounts(service: Service, tx: Transaction, customer_key: str) -> list[UUID]:
    """Lets go of a customer's accounts with shops; answers whose keys must be destroyed. They are not taken over
    again."""
    gone = await shop_customer_book.erase(tx, customer_key)
    entries = [
        service.journal.entry(
            noun="customer",
            subject=str(one["id"]),
            action="erased",
            code="shop_customer_erased",
            connection=one["connection"],
            platform=one["platform"],
            params={"external_id": one["external_id"]},
            keys=[SearchKey(kind="external_id", value=one["external_id"])],
        )
        for one in gone
    ]
    await service.journal.write(tx, entries)
    return sorted(one["id"] for one in gone)


def _entry(service: Service, order: Standing) -> JournalEntry:
    return service.journal.entry(
        noun="order",
        subject=str(order.id),
        action="erased",
        code="order_erased",
        connection=order.connection,
        platform=order.platform,
        params={"number": order.number},
        keys=[SearchKey(kind="number", value=order.number), SearchKey(kind="external_id", value=order.external_id)],
    )
