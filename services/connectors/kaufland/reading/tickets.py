"""Tickets: what customers write to the seller after they ordered. They are read, and never answered from here."""

from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from operator import itemgetter
from typing import Any

import orjson

from services.connectors.kaufland.client import TICKETS_PER_PAGE, Client
from services.connectors.kaufland.reading.passes import passes
from services.connectors.kaufland.reading.returns import orders_of
from services.connectors.kaufland.vocabulary import TICKET_OPEN
from shared.connector_kit.declaration import Remark
from shared.contracts.journal import Outcome

Row = dict[str, Any]
SECOND = timedelta(seconds=1)
KEPT = ("id_ticket", "status", "open_reason", "topic", "is_seller_responsible", "ts_created_iso", "ts_updated_iso")


async def changed(client: Client, since: datetime | None) -> list[Remark]:
    """Tickets that changed since then, the oldest change first. At the very beginning only those that are open: what
    was settled before is nobody's business any more."""
    after = None if since is None else since - SECOND
    status = TICKET_OPEN if since is None else ""
    rows: dict[str, Row] = {}
    for storefront in client.merchant.named_storefronts or ("",):
        listed = partial(client.tickets, after, storefront, status)
        async for page in passes(listed, itemgetter("id_ticket", "ts_updated_iso"), TICKETS_PER_PAGE):
            rows |= {str(row["id_ticket"]): row for row in page}
    oldest = sorted(rows, key=lambda id: str(rows[id]["ts_updated_iso"]))
    return [remark for id in oldest for remark in await _remarks(client, id)]


async def _remarks(client: Client, id: str) -> list[Remark]:
    """One beside each order that the ticket is about, once for every state of it. What is about none is told of the
    connection, and what was written is not kept: it would be erased with nobody."""
    ticket = await client.ticket(id)
    if ticket is None:
        return []
    messages: list[Row] = ticket.get("messages") or []
    last: Row = (messages[-1].get("author") or {}) if messages else {}
    waits = bool(ticket.get("is_seller_responsible")) and ticket.get("status") == TICKET_OPEN
    words = {
        "ticket": id,
        "topic": str(ticket.get("topic") or ticket.get("open_reason") or "–"),
        "status": str(ticket.get("status")),
        "messages": str(len(messages)),
        "last": str(last.get("role") or "–"),
    }
    body = orjson.dumps({name: ticket.get(name) for name in KEPT} | {"messages": messages})
    key = f"ticket {id} {blake2b(body, digest_size=16).hexdigest()}"
    code: str = "ticket_waits" if waits else "ticket_received"
    outcome: Outcome = "warning" if waits else "ok"
    # One about the account or a product names no pieces.
    orders = await orders_of(client, map(str, ticket.get("ids_order_units") or ()))
    return [Remark(order, key, code, words, outcome, body if order else b"") for order in orders or [""]]
