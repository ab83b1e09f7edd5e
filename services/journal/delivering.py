"""Delivering: what alerting wrote goes out, again and again until it has arrived or its day is over."""

import asyncio
from datetime import timedelta

from services.journal import delivery_book
from services.journal.alert_settings import AlertSettings
from services.journal.alerting import OWN_NOUN
from services.journal.delivery_book import Delivery
from services.journal.mail import Mailer, message
from services.journal.schedule import pause_after
from services.journal.subscription_words import shown_address
from shared.chassis.sealing import KeyRing
from shared.chassis.service import Service
from shared.chassis.webhook import WebhookSender
from shared.contracts.errors import KontorError
from shared.contracts.journal import Action, JournalEntry, Outcome

AT_ONCE = 10
# Longer than any delivery takes, so that nobody else begins while one is still under way.
TAKEN = timedelta(minutes=3)
SEALED_FOR = "webhook"


class Courier:
    """The loop's work, and a trial's. Several couriers never carry the same message at once."""

    def __init__(self, service: Service, settings: AlertSettings, mailer: Mailer, webhooks: WebhookSender) -> None:
        self._service = service
        self._settings = settings
        self._mailer = mailer
        self._webhooks = webhooks

    async def step(self) -> bool:
        """Carries what is due; answers whether there may be more."""
        now = self._service.clock()
        async with self._service.database.statement() as tx:
            taken = await delivery_book.take(tx, now, now + TAKEN, AT_ONCE)
        await asyncio.gather(*(self._settle(one) for one in taken))
        return len(taken) == AT_ONCE

    async def carry(self, one: Delivery) -> None:
        """One message, now. Raises Transient when it was not taken, Misconfigured without mail server or key ring."""
        if one.way == "mail":
            mail = message(
                id=one.id,
                sender=self._mailer.sender,
                to=one.address,
                subject=one.subject,
                text=one.body,
                at=one.created_at,
                language=one.language,
                html=one.html,
            )
            await self._mailer.send(mail)
        else:
            ring = KeyRing.read(self._service.settings.key_ring)
            secret = ring.open(one.sealed, one.subscription, SEALED_FOR)["secret"]
            await self._webhooks.send(one.address, one.body.encode(), secret=secret, at=self._service.clock())

    async def _settle(self, one: Delivery) -> None:
        try:
            await self.carry(one)
        except KontorError as error:
            await self._failed(one, error.detail)
        else:
            async with self._service.database.transaction() as tx:
                if await delivery_book.arrived(tx, one):
                    await self._service.journal.write(tx, [self._entry(one, "finished", "alert_delivered")])

    async def _failed(self, one: Delivery, answer: str) -> None:
        now = self._service.clock()
        over = now - one.created_at >= self._settings.retry_for
        async with self._service.database.transaction() as tx:
            if over:
                news = await delivery_book.given_up(tx, one)
            else:
                due_at = now + pause_after(one.attempts)
                # The first failure is news, the following ones say the same.
                news = await delivery_book.again(tx, one, answer, due_at) and not one.answer
            if news:
                code = "alert_given_up" if over else "alert_not_delivered"
                await self._service.journal.write(tx, [self._entry(one, "failed", code, "error", answer=answer)])

    def _entry(self, one: Delivery, action: Action, code: str, outcome: Outcome = "ok", **words: str) -> JournalEntry:
        return self._service.journal.entry(
            noun=OWN_NOUN,
            subject=str(one.subscription),
            action=action,
            outcome=outcome,
            code=code,
            params=words | {
                "name": shown_address(one.way, one.address), "opened": str(one.opened), "closed": str(one.closed),
                "message": str(one.id), "attempts": str(one.attempts),
            },
        )  # fmt: skip
