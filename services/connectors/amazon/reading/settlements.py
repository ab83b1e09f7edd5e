"""Settlements: what Amazon paid out. Each order's share is told to its journal, the whole to the connection's; money
that buyers got back is put beside their orders."""

import re
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal

import orjson

from services.connectors.amazon import wire
from services.connectors.amazon.client import Client
from services.connectors.amazon.inbound import settlement as inbound
from services.connectors.amazon.inbound.settlement import Row, Settlement
from services.connectors.amazon.reading import beside
from services.connectors.amazon.vocabulary import OWN_SHELF
from shared.connector_kit.declaration import LeftOut, Page, RawItem, Remark

AT_ONCE, ORDERS_AT_ONCE = 200, 20
LONGEST = 1500


async def tell(client: Client, settled: Settlement) -> AsyncIterator[Page]:
    """Whether it adds up, what of it is each order's, and which buyers got money back."""
    shares = {id: mine for id, rows in settled.by_order().items() if (mine := _mine(client, rows))}
    refunds = {id: found for id, rows in shares.items() if (found := inbound.paid_back(settled, rows))}
    yield Page([], remarks=[_whole(settled)])
    remarks = [_share(settled, id, rows) for id, rows in shares.items()]
    for start in range(0, len(remarks), AT_ONCE):
        yield Page([], remarks=remarks[start : start + AT_ONCE])
    ids = await _news(client, refunds)
    for start in range(0, len(ids), ORDERS_AT_ONCE):
        yield await _refunded(client, {id: refunds[id] for id in ids[start : start + ORDERS_AT_ONCE]})


def _mine(client: Client, rows: Sequence[Row]) -> list[Row]:
    """The rows of a connection that is for one way of sending only."""
    shelf = OWN_SHELF.get(client.fulfilment)
    return [row for row in rows if shelf is None or row.shelf in ("", shelf)]


async def _news(client: Client, refunds: dict[str, list[wire.PaidBack]]) -> list[str]:
    """The orders of which not every refund is known yet."""
    notes = await client.notes.of(sorted(refunds))
    known = {id: {orjson.loads(one).get("id") for one in bodies} for id, bodies in notes.items()}
    return [id for id in sorted(refunds) if {one.id for one in refunds[id]} - known.get(id, set())]


async def _refunded(client: Client, refunds: dict[str, list[wire.PaidBack]]) -> Page:
    items: list[RawItem] = []
    left_out: list[LeftOut] = []
    remarks: list[Remark] = []
    for id, told in refunds.items():
        found = await beside.order(client, id)
        if found is None:
            left_out.append(LeftOut(id, "settled_order_unknown"))
            continue
        items.append(beside.item(found))
        currency = ((found.get("proceeds") or {}).get("grandTotal") or {}).get("currencyCode")
        for one in told:
            if currency not in (None, one.currency):
                words = {"number": id, "amount": f"{one.amount} {one.currency}", "currency": str(currency)}
                remarks.append(Remark(id, f"refund:{one.id}", "refund_in_other_currency", words, "warning"))
                continue
            await beside.keep(client, id, f"refund:{one.id}", one)
    return Page(await beside.put_in(client, items), left_out=left_out, remarks=remarks)


def _whole(settled: Settlement) -> Remark:
    """Whether its rows come to its total, and what of them is no order's."""
    difference = settled.total - settled.sum
    rest = settled.of_no_order()
    words = {
        "settlement": settled.id,
        "begins": settled.begins,
        "ends": settled.ends,
        "paid": settled.paid,
        "total": f"{settled.total} {settled.currency}",
        "sum": f"{settled.sum} {settled.currency}",
        "difference": f"{difference} {settled.currency}",
        "orders": str(len(settled.by_order())),
        "rest": _cut(inbound.sums(rest, settled.currency)) or "–",
    }
    key = f"settlement:{settled.id}"
    if difference:
        return Remark("", key, "settlement_off", words, "error", _body(settled, rest))
    return Remark("", key, "settlement_proved", words, "ok", _body(settled, rest))


def _share(settled: Settlement, id: str, rows: Sequence[Row]) -> Remark:
    worth = sum((row.amount for row in rows), Decimal(0))
    words = {
        "number": id,
        "settlement": settled.id,
        "amount": f"{worth} {settled.currency}",
        "parts": _cut(inbound.sums(rows, settled.currency)),
    }
    return Remark(id, f"settlement:{settled.id}", "order_settled", words, "ok", _body(settled, rows))


def _body(settled: Settlement, rows: Sequence[Row]) -> bytes:
    """The rows themselves, for the archive."""
    told = [
        {
            "transaction-type": row.kind,
            "order-id": row.order_id,
            "adjustment-id": row.adjustment,
            "amount-type": row.amount_type,
            "amount-description": row.description,
            "amount": f"{row.amount}",
            "order-item-code": row.item,
            "posted": row.at.isoformat() if row.at else "",
        }
        for row in rows
    ]
    return orjson.dumps({"settlement-id": settled.id, "currency": settled.currency, "rows": told})


def _cut(text: str) -> str:
    return re.sub(r"; [^;]*$", "; …", text[:LONGEST]) if len(text) > LONGEST else text
