"""Returns lie beside orders and do not change them: they are kept by order and put into what is read of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.connectors.otto.client import Client
from services.connectors.otto.client.pages import pages

OVERLAP = timedelta(minutes=10)


async def refresh(client: Client) -> None:
    """Reads what was said since the last time, the first time all. Nothing where the seller does not want it."""
    if client.merchant.read_returns != "yes":
        return
    since = None if client.returns_until is None else client.returns_until - OVERLAP
    started: datetime | None = None
    # The latest word first: what is said meanwhile pushes rows onto the next page, and none past it.
    async for page in pages(client.returns, {}):
        started = started or page.server_time
        fresh = [row for row in page.rows if since is None or told(row) >= since]
        for row in fresh:
            _keep(client, row)
        if len(fresh) < len(page.rows):
            break
    client.returns_until = started


async def known(client: Client) -> None:
    """Sees to it that returns are known at all, for orders that are read outside of live exchange."""
    if client.returns_until is None:
        await refresh(client)


def changed(client: Client, since: datetime) -> list[str]:
    """The orders whose returns something was said of since then, whoever read it first."""
    return [order for order, held in client.returned.items() if any(told(row) >= since for row in held.values())]


def with_returns(client: Client, row: dict[str, Any]) -> dict[str, Any]:
    """The order with its returns, where it has any."""
    found = client.returned.get(str(row.get("salesOrderId")))
    return row | {"returns": [found[piece] for piece in sorted(found)]} if found else row


def told(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["occurredTime"]).astimezone(UTC)


def _keep(client: Client, row: dict[str, Any]) -> None:
    """The last word about a piece counts; of the rest only what is read."""
    order, piece = str(row["salesOrderId"]), str(row["positionItemId"])
    held = client.returned.setdefault(order, {})
    if piece not in held or told(held[piece]) <= told(row):
        held[piece] = {name: row[name] for name in ("positionItemId", "status", "occurredTime")}
