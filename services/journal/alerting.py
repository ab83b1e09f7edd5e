"""Alerting: compares what is open with what each subscription was told, and writes one message about all the news."""

from datetime import datetime
from uuid import UUID, uuid4

from services.journal import alert_html, alert_text, delivery_book, problem_book, subscription_book
from services.journal.alert_settings import AlertSettings
from services.journal.alert_text import Alert
from services.journal.news import Cause, News, compare
from services.journal.rendering import problem_group
from services.journal.subscription_book import Subscription
from services.journal.views import ProblemGroup
from shared.chassis.service import Service
from shared.contracts.errors import KontorError
from shared.persistence.database import Transaction

# What went wrong with a subscription itself is told by the journal, not by alerts about alerts.
OWN_NOUN = "subscription"
MOST_CAUSES = 1000


class Herald:
    """The loop's work. Several heralds never write two messages for one subscription."""

    def __init__(self, service: Service, settings: AlertSettings) -> None:
        self._service = service
        self._settings = settings

    async def step(self) -> None:
        """One look at every subscription whose time has come."""
        now = self._service.clock()
        async with self._service.database.transaction() as tx:
            found = await subscription_book.to_look_at(tx, now)
        names = await self._names() if any(found.values()) else {}
        for id in found:
            async with self._service.database.transaction() as tx:
                one = await subscription_book.take(tx, id)
                if one is not None:
                    await self._look(tx, one, now, names)

    async def _look(self, tx: Transaction, one: Subscription, now: datetime, names: dict[UUID, str]) -> None:
        open_now = await problem_book.causes(tx, without=OWN_NOUN)
        told = await delivery_book.told(tx, one.id)
        news = compare(open_now, told, connections=one.connections, outcomes=one.outcomes)
        if one.due_at is None and news:
            # It gathers first: what happens together is told together.
            due_at = one.schedule.release(now, self._settings.gathering)
            await subscription_book.put_off(tx, one.id, due_at)
        elif one.due_at is not None and one.due_at <= now:
            if news:
                await self._write(tx, one, news, told, now, names)
            await subscription_book.put_off(tx, one.id, one.schedule.next_after(now))

    async def _write(
        self,
        tx: Transaction,
        one: Subscription,
        news: News,
        told: dict[Cause, str],
        now: datetime,
        names: dict[UUID, str],
    ) -> None:
        opened = await self._groups(tx, one, news)
        if not opened and not news.closed:
            return  # closed in this very moment
        alert = Alert(
            id=uuid4(),
            subscription=one.id,
            at=now,
            opened=opened,
            closed={cause: told[cause] for cause in sorted(news.closed, key=str)},
            known=news.known,
            names=names,
            base=(self._service.settings.public_base_url or "").rstrip("/"),
            zone=one.zone,
            language=one.language,
        )
        await delivery_book.add(
            tx,
            one.id,
            id=alert.id,
            subject=alert_text.subject(alert) if one.way == "mail" else "",
            body=alert_text.text(alert) if one.way == "mail" else alert_text.body(alert),
            html=alert_html.html(alert) if one.way == "mail" else "",
            opened={(group.code, group.connection): group.sentence for group in alert.opened},
            closed=alert.closed,
            now=now,
        )

    async def _groups(self, tx: Transaction, one: Subscription, news: News) -> list[ProblemGroup]:
        if not news.opened:
            return []
        rows = await problem_book.groups(
            tx,
            scope=one.connections,
            connection=None,
            actor=None,
            limit=MOST_CAUSES,
            outcomes=one.outcomes,
            without=OWN_NOUN,
        )
        return [problem_group(row, one.language) for row in rows if (row["cause"], row["connection"]) in news.opened]

    async def _names(self) -> dict[UUID, str]:
        """What the connections are called; an alert leaves without names rather than not at all."""
        try:
            found = await self._service.peers.get(self._service.settings.connections_url, "/connections")
        except KontorError:
            return {}
        return {UUID(one["id"]): one["name"] for one in found}
