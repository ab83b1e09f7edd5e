"""What lies with Amazon: told by SKU and marketplace, apart from the listings."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from services.connectors.amazon.client import Client
from services.connectors.amazon.vocabulary import OWN_STOCK
from shared.contracts.errors import Misconfigured

MOST = 50
FARTHEST = timedelta(days=500)
"""Changes are told for eighteen months."""


@dataclass
class Held:
    """What of each SKU can be sent, by marketplace and SKU. `whole`: whatever is not here is not there. `told` False:
    nobody asked, or the application may not ask."""

    told: bool
    whole: bool = False
    rows: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)

    @property
    def skus(self) -> set[str]:
        return {sku for _, sku in self.rows}

    def of(self, market: str, sku: str) -> dict[str, Any] | None:
        """None where nothing is known; a SKU of which nothing is told has nothing there."""
        return self.rows.get((market, sku), {"sellerSku": sku}) if self.told else None

    async def complete(self, client: Client, skus: Collection[str]) -> None:
        """Asks for these SKUs, as far as they are not known in every marketplace."""
        open = [sku for sku in dict.fromkeys(skus) if not self.whole and sku not in self._asked]
        # A comma parts SKUs in the question.
        plain = [sku for sku in open if "," not in sku]
        groups = [plain[start : start + MOST] for start in range(0, len(plain), MOST)]
        for group in [*groups, *([sku] for sku in open if "," in sku)]:
            await _read(client, self, skus=group)
        self._asked.update(open)


def lies_with_amazon(row: dict[str, Any]) -> bool:
    """Whether a listing's goods are sent by Amazon alone."""
    codes = [str(one.get("fulfillmentChannelCode")) for one in row.get("fulfillmentAvailability") or ()]
    return bool(codes) and OWN_STOCK not in codes


def nothing(client: Client) -> Held:
    """Nothing known yet. A connection for our own shipments does not ask."""
    return Held(told=client.fulfilment != "merchant")


async def lying(client: Client, since: datetime | None) -> Held:
    """All that lies with Amazon, or all of which that changed since then."""
    found = nothing(client)
    if since is not None and since < datetime.now(UTC) - FARTHEST:
        since = None
    found.whole = since is None
    await _read(client, found, since=since)
    return found


async def _read(client: Client, found: Held, *, since: datetime | None = None, skus: Collection[str] = ()) -> None:
    """Page after page at once: a token is good for half a minute."""
    if not found.told:
        return
    for market in client.markets:
        token = ""
        while True:
            try:
                page = await client.inventory(market.id, since=since, skus=tuple(skus), token=token)
            except Misconfigured as error:
                # Whoever has nothing there may lack the role; the test of the credentials names it.
                if error.code != "scope_missing":
                    raise
                found.told = False
                return
            for row in page.rows:
                found.rows[market.id, str(row.get("sellerSku"))] = row
            token = page.token
            if not token:
                break


async def may_be_asked(client: Client) -> None:
    """Asks for what is there least of. Raises Misconfigured where the application may not ask."""
    if nothing(client).told:
        await client.inventory(client.markets[0].id, since=datetime.now(UTC))
