"""Keeping a connection's webhooks subscribed: shops drop them, and merchants delete them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.chassis.logs import logger
from shared.contracts.errors import KontorError

if TYPE_CHECKING:
    from shared.connector_kit.account import Account

log = logger("subscribing")
RESUBSCRIBE_SECONDS = 900.0


@dataclass(frozen=True)
class Subscriptions:
    """The webhooks of an account at work."""

    account: "Account"

    async def keep(self) -> None:
        """Runs until cancelled; ends at once where nobody can reach us."""
        webhooks = self.account.connector.webhooks
        address = self.account.opener.webhook_address(self.account.connection.id)
        if webhooks is None or address is None:
            return
        while True:
            if not self.account.connection.paused_because and self.account.connection.productive:
                try:
                    opened = await self.account.opened()
                    secret = self.account.opener.webhook_secret(self.account.connection.id)
                    mended = await webhooks.subscribe(opened.client, address, secret)
                    await self._tell_mended(mended)
                except KontorError as error:
                    log.info("webhooks could not be subscribed", error=error.detail)
                except Exception as error:
                    log.error("webhooks failed by our own fault", exc_info=error)
            await asyncio.sleep(RESUBSCRIBE_SECONDS)

    async def _tell_mended(self, topics: Sequence[str]) -> None:
        if not topics:
            return
        entry = self.account.service.journal.entry(
            noun="connection",
            subject=str(self.account.connection.id),
            action="updated",
            code="webhooks_subscribed",
            params={"topics": ", ".join(topics), "connection": self.account.connection.name},
            connection=self.account.connection.id,
            platform=self.account.connection.platform,
        )
        async with self.account.service.database.transaction() as tx:
            await self.account.service.journal.write(tx, [entry])
