"""The lines of an order that are articles; what only moves money is a charge."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from services.connectors.shopware6 import wire
from services.connectors.shopware6.inbound.money import money, taxes
from services.connectors.shopware6.inbound.words import known, main_delivery, texts
from services.connectors.shopware6.vocabulary import DELIVERY_STATES, DOWNLOAD, GOODS, LINE_TYPES, MONEY_ONLY
from shared.contracts.errors import Untranslatable
from shared.contracts.order import LineItem, LineKind, OrderState, Property


def lines(raw: wire.Order, state: OrderState) -> tuple[LineItem, ...]:
    """In the order in which the shop shows them."""
    sent = _is_sent(raw) or state == "completed"
    chosen = [one for one in counted(raw.line_items) if one.type not in MONEY_ONLY]
    return tuple(_line(one, raw.currency.iso_code, state, sent) for one in chosen)


def counted(rows: Sequence[wire.Line]) -> list[wire.Line]:
    """The lines that make the total. A container's price is that of its children: counting both would double it."""
    for place, one in enumerate(rows):
        if one.type not in LINE_TYPES:
            field = f"lineItems.{place}.type"
            raise Untranslatable(f"{field} says {one.type}", code="unknown_word", field=field, value=one.type)
    inside: dict[str, Decimal] = {}
    for one in rows:
        if one.parent_id is not None:
            inside[one.parent_id] = inside.get(one.parent_id, Decimal(0)) + one.total_price
    kept = [one for one in rows if one.id not in inside or round(inside[one.id] - one.total_price, 2)]
    return sorted(kept, key=lambda one: one.position)


def _is_sent(raw: wire.Order) -> bool:
    """Whether the goods have left. How many of each left in a part delivery, the shop does not record."""
    states = {
        one.id: known(DELIVERY_STATES, one.state_machine_state.technical_name, "deliveries.stateMachineState")
        for one in raw.deliveries
    }
    main = main_delivery(raw)
    return main is not None and states[main.id] == "sent"


def _line(raw: wire.Line, currency: str, state: OrderState, sent: bool) -> LineItem:
    kind: LineKind = "digital" if DOWNLOAD in raw.states else "goods" if raw.type in GOODS else "custom"
    number = raw.payload.get("productNumber")
    return LineItem(
        external_id=raw.id,
        kind=kind,
        # The number survives in the payload when the product is deleted.
        sku=number if isinstance(number, str) and number else None,
        title=raw.label,
        quantity=raw.quantity,
        cancelled_quantity=raw.quantity if state == "cancelled" else Decimal(0),
        fulfilled_quantity=raw.quantity if sent and state != "cancelled" else Decimal(0),
        unit_price=money(raw.unit_price, currency),
        total=money(raw.total_price, currency),
        taxes=taxes(raw.price, currency),
        requires_shipping=kind != "digital",
        listing_external_id=raw.product_id,
        properties=(*_options(raw.payload.get("options")), *texts(raw.custom_fields)),
    )


def _options(options: Any) -> tuple[Property, ...]:
    """A variant is sold under its parent's name; size and colour stand here alone."""
    rows = [one for one in options if isinstance(one, dict)] if isinstance(options, list) else []
    return tuple(Property(name=str(one.get("group", "")), value=str(one.get("option", ""))) for one in rows)
