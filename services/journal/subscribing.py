"""What happens when somebody subscribes to alerts, changes his mind, or tries it out: always with a journal entry."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from services.journal import alert_html, alert_text, delivery_book, subscription_book
from services.journal.alerting import OWN_NOUN
from services.journal.delivering import SEALED_FOR, Courier
from services.journal.delivery_book import Delivery
from services.journal.mail import ADDRESS
from services.journal.subscription_book import Subscription
from services.journal.subscription_views import NewSubscription, check_quiet
from services.journal.subscription_words import shown, shown_address
from shared.chassis.access import Principal
from shared.chassis.problems import Problem, not_found
from shared.chassis.sealing import KeyRing
from shared.chassis.service import Service
from shared.chassis.webhook import WebhookSender
from shared.contracts.errors import Misconfigured
from shared.contracts.journal import Action
from shared.persistence.database import Transaction


class Registrar:
    """The rules of subscriptions."""

    def __init__(self, service: Service, courier: Courier, webhooks: WebhookSender) -> None:
        self._service = service
        self._courier = courier
        self._webhooks = webhooks

    async def create(
        self, wanted: NewSubscription, caller: Principal, key: str | None
    ) -> tuple[Subscription, str | None]:
        """The subscription and a webhook's secret. The same Idempotency-Key answers the same again."""
        hashed = sha256(wanted.model_dump_json().encode()).hexdigest()
        if key and (made := await self._made(key, hashed, caller)):
            return made
        self._check_address(wanted.way, wanted.address)
        id = uuid4()
        secret = f"kontor_whsec_{secrets.token_urlsafe(32)}" if wanted.way == "webhook" else None
        one = Subscription(
            id=id,
            **wanted.model_dump(exclude={"connections"}),
            connections=await self._connections(wanted.connections, caller),
            sealed=self._ring().seal({"secret": secret}, id, SEALED_FOR) if secret else "",
            created_at=self._service.clock(),
            created_by=caller.name,
            due_at=None,
        )
        one = replace(one, due_at=one.schedule.next_after(one.created_at))
        async with self._service.database.transaction() as tx:
            added = await subscription_book.add(tx, one, key, hashed)
            if added:
                await self._tell(tx, one, "created", "subscription_created", caller)
        if not added and key and (made := await self._made(key, hashed, caller)):
            return made
        return one, secret

    async def change(self, id: UUID, values: dict[str, Any], caller: Principal) -> Subscription:
        """Writes what differs; each changed setting is an entry of its own. What waits for its next try is tried."""
        if "connections" in values:
            values["connections"] = await self._connections(values["connections"], caller)
        async with self._service.database.transaction() as tx:
            one = await self.visible(tx, id, caller, lock=True)
            if "address" in values:
                self._check_address(one.way, values["address"])
            news = {field: value for field, value in values.items() if getattr(one, field) != value}
            if not news:
                return one
            changed = replace(one, **news)
            try:
                check_quiet(changed.quiet_from, changed.quiet_until)
            except ValueError:
                raise Problem(422, "quiet_hours_invalid", field="quiet_until") from None
            if changed.schedule != one.schedule:
                changed = replace(changed, due_at=changed.schedule.next_after(self._service.clock()))
            await subscription_book.change(tx, one, news, changed.due_at)
            await delivery_book.hurry(tx, id, self._service.clock())
            for field, value in news.items():
                words = {
                    "field": field,
                    "before": shown(field, getattr(one, field), one.way),
                    "after": shown(field, value, one.way),
                }
                await self._tell(tx, one, "updated", "subscription_changed", caller, words)
        return changed

    async def delete(self, id: UUID, caller: Principal) -> None:
        """With everything that was told to it."""
        async with self._service.database.transaction() as tx:
            one = await self.visible(tx, id, caller, lock=True)
            await subscription_book.delete(tx, id)
            await self._tell(tx, one, "deleted", "subscription_deleted", caller)

    async def try_out(self, id: UUID, caller: Principal) -> None:
        """A test message, now. Raises Transient when it was not taken; when it was, what waits is tried at once."""
        async with self._service.database.transaction() as tx:
            one = await self.visible(tx, id, caller)
        now = self._service.clock()
        trial = uuid4()
        subject, text, body = alert_text.trial(trial, id, now, one.language)
        await self._courier.carry(
            Delivery(
                id=trial,
                subscription=id,
                subject=subject,
                body=text if one.way == "mail" else body,
                html=alert_html.trial(text, one.language) if one.way == "mail" else "",
                opened=0,
                closed=0,
                created_at=now,
                attempts=1,
                answer="",
                way=one.way,
                address=one.address,
                sealed=one.sealed,
                language=one.language,
            )
        )
        async with self._service.database.transaction() as tx:
            await delivery_book.hurry(tx, id, now)

    async def reseal(self) -> int:
        """Seals every secret with the newest key of the ring."""
        ring = self._ring()
        async with self._service.database.transaction() as tx:
            found = await subscription_book.with_secrets(tx)
            await subscription_book.reseal(tx, {one.id: ring.reseal(one.sealed) for one in found})
        return len(found)

    async def visible(self, tx: Transaction, id: UUID, caller: Principal, *, lock: bool = False) -> Subscription:
        """Raises 404 for what is not there, or is about connections the caller may not see."""
        one = await subscription_book.get(tx, id, lock=lock)
        if one is None or not one.within(caller.connections):
            raise not_found(id)
        return one

    async def _made(self, key: str, hashed: str, caller: Principal) -> tuple[Subscription, str | None] | None:
        async with self._service.database.transaction() as tx:
            made = await subscription_book.made_by(tx, key)
        if made is None:
            return None
        one, asked = made
        if asked != hashed or not one.within(caller.connections):
            raise Problem(409, "subscription_key_reused", field="Idempotency-Key")
        secret = self._ring().open(one.sealed, one.id, SEALED_FOR)["secret"] if one.sealed else None
        return one, secret

    async def _connections(self, wanted: list[UUID] | None, caller: Principal) -> list[UUID] | None:
        """What a subscription is about: what was asked for if it is there and allowed, else all the key may see."""
        if wanted is None:
            if caller.scope == []:
                raise Problem(422, "subscription_connection_unknown", field="connections", connection="–")
            return caller.scope
        known = caller.connections
        if known is None:
            listed = await self._service.peers.get(self._service.settings.connections_url, "/connections")
            known = frozenset(UUID(one["id"]) for one in listed)
        if unknown := sorted(set(wanted) - known):
            raise Problem(422, "subscription_connection_unknown", field="connections", connection=str(unknown[0]))
        return sorted(set(wanted))

    def _check_address(self, way: str, address: str) -> None:
        if way == "mail":
            if not ADDRESS.fullmatch(address):
                raise Problem(422, "mail_address_invalid", field="address")
            return
        try:
            self._webhooks.check(address)
        except Misconfigured as error:
            raise Problem(422, error.code, field="address", detail=error.detail) from None

    def _ring(self) -> KeyRing:
        return KeyRing.read(self._service.settings.key_ring)

    async def _tell(
        self,
        tx: Transaction,
        one: Subscription,
        action: Action,
        code: str,
        caller: Principal,
        words: Mapping[str, str] | None = None,
    ) -> None:
        entry = self._service.journal.entry(
            noun=OWN_NOUN,
            subject=str(one.id),
            action=action,
            code=code,
            params={"name": shown_address(one.way, one.address), "actor": caller.name} | dict(words or {}),
            connection=one.connections[0] if one.connections and len(one.connections) == 1 else None,
            actor=caller.name,
        )
        await self._service.journal.write(tx, [entry])
