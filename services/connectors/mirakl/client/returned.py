"""Returns (RT11) lie beside orders and do not change them: they are kept by order and put into what is read of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.connectors.mirakl import wire
from services.connectors.mirakl.client import Client

OVERLAP = timedelta(minutes=10)


async def refresh(client: Client) -> dict[str, datetime]:
    """Reads what changed since the last time, the first time all; answers the orders concerned and when. Nothing where
    the operator has no returns."""
    features = wire.Configuration.model_validate(await client.configuration()).features.returns
    if not (features.marketplace or features.drop_ship or features.one_creditor):
        return {}
    before = await client.now()
    since = None if client.returns_until is None else client.returns_until - OVERLAP
    changed: dict[str, datetime] = {}
    for row in await client.returns(since):
        client.returned.setdefault(row["order_id"], {})[row["id"]] = row
        changed[row["order_id"]] = max(changed.get(row["order_id"], updated(row)), updated(row))
    client.returns_until = before
    return changed


async def known(client: Client) -> None:
    """Sees to it that returns are known at all, for records that are read outside of live exchange."""
    if client.returns_until is None:
        await refresh(client)


def with_returns(client: Client, row: dict[str, Any]) -> dict[str, Any]:
    """The order with its returns, where it has any."""
    found = client.returned.get(row["order_id"])
    return row | {"returns": sorted(found.values(), key=lambda one: str(one["id"]))} if found else row


def updated(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["last_updated"]).astimezone(UTC)
