"""Erasing a customer: the order book lets go of the person, then the keys are destroyed; and a report says what stays.

Every step may be repeated. An erasure that was interrupted is taken up again by a loop.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from services.journal import erasure_book
from services.journal.erasure_book import Asked
from services.journal.settings import JournalSettings
from shared.chassis.logs import logger
from shared.chassis.problems import Problem, not_found
from shared.chassis.service import Service
from shared.contracts.errors import Transient
from shared.contracts.identity import own_id
from shared.contracts.journal import JournalEntry

log = logger("erasing")
INTERRUPTED = timedelta(minutes=1)


class Eraser:
    """Carries erasures out."""

    def __init__(self, service: Service, settings: JournalSettings) -> None:
        self._service = service
        self._settings = settings

    async def concerns(self, customer: str) -> bool:
        """Whether an order of this customer is here. Raises Transient when the order book does not answer."""
        hashed = self._service.hasher.customer(customer)
        async with self._service.database.transaction() as tx:
            if await erasure_book.records_of(tx, hashed, "order"):
                return True
        orders = self._service.settings.orders_url
        found = await self._service.peers.get(orders, "/orders", customer=hashed, limit=1)
        return bool(found["items"])

    async def ask(
        self,
        *,
        customer: str | None,
        order_ids: Sequence[UUID],
        mode: Literal["erase", "restrict"],
        actor: str,
        key: str | None,
    ) -> Asked:
        """Takes the wish down. The same key with another wish is refused."""
        hashed = self._service.hasher.customer(customer) if customer else ""
        wish = ":".join([mode, hashed, *map(str, sorted(order_ids))])
        asked = Asked(
            id=uuid4(),
            mode=mode,
            customer=hashed,
            order_ids=tuple(sorted(set(order_ids))),
            requested_by=actor,
            requested_at=self._service.clock(),
            request_hash=hashlib.sha256(wish.encode()).hexdigest(),
        )
        async with self._service.database.transaction() as tx:
            kept = await erasure_book.ask(tx, asked, key)
        if kept.request_hash != asked.request_hash:
            raise Problem(422, "erasure_key_reused", field="Idempotency-Key")
        return kept

    async def carry_out(self, asked: Asked) -> Asked:
        """Does what is not done yet. Raises Transient when the order book does not answer; nothing is half reported."""
        if asked.finished_at is not None:
            return asked
        async with self._service.database.transaction() as tx:
            found, known = (
                [await erasure_book.records_of(tx, asked.customer, noun) for noun in ("order", "customer")]
                if asked.customer
                else (set(), set())
            )
        orders, accounts = await self._let_go(asked, sorted({*asked.order_ids, *found}))
        accounts = sorted({*accounts, *known})
        async with self._service.database.transaction() as tx:
            current = await erasure_book.get(tx, asked.id, lock=True)
            if current is None or current.finished_at is not None:
                return current or asked
            if asked.mode == "erase":
                destroyed = await erasure_book.destroy_keys(tx, orders)
            else:
                destroyed = await erasure_book.restrict_keys(tx, asked.id, orders, self._legal_date)
            # An account alone is kept by no law.
            await erasure_book.destroy_keys(tx, accounts)
            kept = await erasure_book.restricted(tx, orders)
            told = [_order(id, kept.get(id), destroyed.get(id, 0)) for id in orders]
            report = {
                "orders": told,
                "shop_customers": len(accounts),
                "search_keys_deleted": await erasure_book.delete_search_keys(tx, asked.customer, [*orders, *accounts]),
            }
            await erasure_book.finish(tx, asked.id, self._service.clock(), report)
            places = await erasure_book.whereabouts(tx, orders)
            await self._service.journal.write(tx, self._entries(asked, told, places))
        return await self.get(asked.id)

    async def lift(self, id: UUID, *, reason: str, actor: str) -> int:
        """Makes the restricted versions of an erasure readable again, for an audit say; answers of how many orders.
        The erasure can be asked for again afterwards."""
        asked = await self.get(id)
        async with self._service.database.transaction() as tx:
            orders = await erasure_book.give_back(tx, asked.id)
            entry = self._service.journal.entry(
                noun="erasure",
                subject=str(id),
                action="released",
                outcome="warning",
                code="erasure_lifted",
                params={"orders": str(len(orders)), "reason": reason},
                actor=actor,
                correlation=str(id),
            )
            await self._service.journal.write(tx, [entry] if orders else [])
        return len(orders)

    async def destroy_due(self) -> None:
        """The loop's work: destroys restricted keys whose legal time is over, and says so."""
        async with self._service.database.transaction() as tx:
            orders = await erasure_book.destroy_due(tx, self._service.clock().date())
            places = await erasure_book.whereabouts(tx, orders)
            await self._service.journal.write(
                tx, [self._entry(str(id), _order(id, None, 0), places.get(id), "", "") for id in orders]
            )

    async def get(self, id: UUID) -> Asked:
        async with self._service.database.transaction() as tx:
            asked = await erasure_book.get(tx, id)
        if asked is None:
            raise not_found(id)
        return asked

    async def resume(self) -> None:
        """The loop's work: finishes what was interrupted."""
        async with self._service.database.transaction() as tx:
            ids = await erasure_book.unfinished(tx, self._service.clock() - INTERRUPTED)
        for id in ids:
            try:
                await self.carry_out(await self.get(id))
            except Transient as error:
                log.info("erasure put off", erasure=str(id), error=error.detail)

    async def _let_go(self, asked: Asked, orders: Sequence[UUID]) -> tuple[list[UUID], list[UUID]]:
        """The order book makes its orders anonymous, forgets accounts with shops, and names what we did not know of."""
        body = {"order_ids": [str(order) for order in orders], "customer_key": asked.customer}
        answer = await self._service.peers.post(self._service.settings.orders_url, "/orders/internal/erasures", body)
        named = {UUID(order) for order in answer["order_ids"]}
        return sorted({*orders, *named}), [UUID(account) for account in answer["customer_ids"]]

    @property
    def _legal_date(self) -> date:
        """Retention runs from the end of the year: what was booked this year stays so many whole years."""
        return date(self._service.clock().year + self._settings.retention_orders_years, 12, 31)

    def _entries(
        self, asked: Asked, orders: Sequence[Mapping[str, Any]], places: Mapping[UUID, tuple[UUID | None, str]]
    ) -> list[JournalEntry]:
        by, erasure = asked.requested_by, str(asked.id)
        about = [self._entry(erasure, one, places.get(UUID(one["order_id"])), by, erasure) for one in orders]
        whole = self._service.journal.entry(
            id=own_id(self._service.name, "erasure", erasure, 1),
            noun="erasure",
            subject=erasure,
            action="finished",
            code="erasure_finished",
            params={"orders": str(len(orders)), "mode": asked.mode},
            actor=by,
            correlation=erasure,
        )
        return [*about, whole]

    def _entry(
        self,
        version: str,
        order: Mapping[str, Any],
        place: tuple[UUID | None, str] | None,
        actor: str,
        correlation: str,
    ) -> JournalEntry:
        connection, platform = place or (None, "core")
        return self._service.journal.entry(
            id=own_id(self._service.name, "erased", order["order_id"], version),
            noun="order",
            subject=order["order_id"],
            action="erased",
            code=f"erasure_order_{order['outcome']}",
            params={"kept_until": order["kept_until"] or "", "payloads_destroyed": str(order["payloads_destroyed"])},
            connection=connection,
            platform=platform,
            actor=actor,
            correlation=correlation,
        )


def _order(id: UUID, kept_until: date | None, payloads: int) -> dict[str, Any]:
    return {
        "order_id": str(id),
        "outcome": "erased" if kept_until is None else "restricted",
        "kept_until": None if kept_until is None else str(kept_until),
        "payloads_destroyed": payloads,
    }
