"""From our own values to what the REST interface shows, in the caller's language."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from services.order_import import (
    cancellation_book,
    correction_book,
    document_book,
    document_views,
    goods_book,
    goods_views,
    judgements,
    order_book,
    parcel_book,
    reason_book,
    refund_book,
    refund_views,
    return_book,
    search,
    unreadable_book,
)
from services.order_import.cancellation import CallOff, Holding
from services.order_import.change_views import CallOffView
from services.order_import.contents_view import shown
from services.order_import.demand import outstanding
from services.order_import.order_views import LineView, OrderDetail, OrderHead
from services.order_import.parcel_book import Parcel
from services.order_import.reason_views import ReasonView, UnreadableView
from services.order_import.search import Head
from services.order_import.shipment_views import ShipmentView, ShippedComponent, ShippedPieces
from services.order_import.unreadable_book import Unreadable
from services.order_import.upholding import upheld
from shared.chassis.access import Principal, require
from shared.chassis.problems import not_found
from shared.chassis.sentences import Language, actor, advice, sentence, speaks
from shared.chassis.service import Service
from shared.contracts.order import Order
from shared.contracts.reason import Reason
from shared.persistence.database import Transaction

MOST_CASES = 100

Reader = Annotated[Principal, Depends(require("read"))]
Operator = Annotated[Principal, Depends(require("operate"))]
Neighbour = Annotated[Principal, Depends(require("service"))]
Speaks = Annotated[Language, Depends(speaks)]


async def visible(tx: Transaction, id: UUID, principal: Principal) -> tuple[Head, dict[str, Any]]:
    """The order with its content, or a 404 problem when it is not there or outside the caller's scope."""
    found = await search.head(tx, id)
    if found is None or not principal.allows(found[0].connection):
        raise not_found(id)
    return found


def reason(given: Reason, language: Language) -> ReasonView:
    return ReasonView(
        code=given.code,
        field=given.field,
        key=given.key,
        params=given.params,
        sentence=sentence(given.code, given.params, language),
        advice=advice(given.code, given.params, language),
        actor=actor(given.code),
    )


def shipment(parcel: Parcel, language: Language) -> ShipmentView:
    words = parcel.params or {}
    return ShipmentView(
        id=parcel.id,
        order_id=parcel.order_id,
        reference=parcel.reference,
        lines=[ShippedPieces.model_validate(line) for line in parcel.lines],
        components=[
            ShippedComponent(line_external_id=id, article_number=article, quantity=quantity)
            for (id, article), quantity in parcel.components.items()
        ],
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        tracking_url=parcel.tracking_url,
        return_tracking_number=parcel.return_tracking_number,
        ready_for_pickup=parcel.ready_for_pickup,
        notify_customer=parcel.notify_customer,
        shipped_at=parcel.shipped_at,
        state=parcel.state,
        version=parcel.version,
        attempts=parcel.attempts,
        code=parcel.code,
        reason=sentence(parcel.code, words, language) if parcel.code else "",
        external_id=parcel.external_id,
        reported_at=parcel.reported_at,
        created_at=parcel.created_at,
    )


def called_off(one: CallOff, language: Language) -> CallOffView:
    words = dict(one.params or {})
    return CallOffView.model_validate(
        {
            **{name: getattr(one, name) for name in CallOffView.model_fields if hasattr(one, name)},
            "lines": [{"line_external_id": line, "quantity": pieces} for line, pieces in one.pieces.items()],
            "explanation": sentence(one.code, words, language) if one.code else "",
        }
    )


def unreadable(item: Unreadable, language: Language) -> UnreadableView:
    words = {"field": item.field, "value": item.value}
    return UnreadableView(
        order_id=item.order_id,
        connection=item.connection,
        platform=item.platform,
        external_id=item.external_id,
        number=item.number,
        code=item.code,
        field=item.field,
        value=item.value,
        payload=item.payload,
        sentence=sentence(item.code, words, language),
        advice=advice(item.code, words, language),
        times=item.times,
        retries=item.retries,
        first_seen_at=item.first_seen_at,
        last_seen_at=item.last_seen_at,
        retried_at=item.retried_at,
        closed_at=item.closed_at,
    )


def lines(
    order: Order, numbers: list[str], shipped: Mapping[str, Decimal], holding: Holding | None = None
) -> list[LineView]:
    """The order's lines as we count them: with pieces that the shop cancelled, but nobody has agreed to yet."""
    counted, counted_numbers = upheld(order, numbers, holding or Holding())
    return [
        LineView(
            external_id=line.external_id,
            kind=line.kind,
            sku=line.sku or "",
            article_number=number,
            quantity=line.quantity,
            cancelled_quantity=line.cancelled_quantity,
            fulfilled_quantity=line.fulfilled_quantity,
            shipped_quantity=shipped.get(line.external_id, Decimal(0)),
            outstanding=outstanding(line, shipped.get(line.external_id, Decimal(0))),
        )
        for line, number in zip(counted.line_items, counted_numbers, strict=True)
    ]


async def detail(
    service: Service, tx: Transaction, head: Head, content: dict[str, Any], language: Language
) -> OrderDetail:
    """Everything we know of one order."""
    order = Order.model_validate(content)
    judged = (await judgements.of_orders(service, tx, [(head, order)]))[head.id]
    shipped = (await order_book.shipped_pieces(tx, [head.id])).get(head.id, {})
    reasons = (await reason_book.of_orders(tx, [head.id])).get(head.id, ())
    parcels = (await parcel_book.of_orders(tx, [head.id])).get(head.id, [])
    receipts = await tx.rows(
        """SELECT consumer, version, erp_number, acknowledged_at FROM feed_receipts
           WHERE order_id = :id ORDER BY consumer""",
        id=head.id,
    )
    broken = await unreadable_book.of_order(tx, head.id)
    holding = (await cancellation_book.holdings(tx, [head.id])).get(head.id, Holding())
    cases = await return_book.find(tx, return_book.Filters(order_id=head.id), None, MOST_CASES)
    return OrderDetail.model_validate(
        OrderHead.model_validate(head).model_dump()
        | {
            "payload": await tx.value("SELECT payload FROM orders WHERE id = :id", id=head.id),
            "content": order,
            "handling": judged.handling,
            "contents": shown(judged.contents),
            "lines": lines(order, await order_book.article_numbers(tx, head.id), shipped, holding),
            "reasons": [reason(one, language) for one in reasons],
            "shipments": [shipment(one, language) for one in parcels],
            "acknowledgements": receipts,
            "cancellations": holding.cancellations,
            "call_offs": [called_off(one, language) for one in holding.call_offs],
            "returns": cases,
            "documents": [document_views.shown(one, language) for one in await document_book.of_order(tx, head.id)],
            "refunds": [refund_views.shown(one, language) for one in await refund_book.of_order(tx, head.id)],
            "returned": [goods_views.shown(one, language) for one in await goods_book.of_order(tx, head.id)],
            "unreadable": None if broken is None else unreadable(broken, language),
            "corrections": [one for one in await correction_book.listing(tx, head.id) if one.state == "active"],
        }
    )
