"""The lines of an order. What was cancelled stays in it, and its price stays in the order's total."""

from collections.abc import Iterable
from decimal import Decimal

from services.connectors.mirakl import wire
from services.connectors.mirakl.inbound.money import money, taxes
from services.connectors.mirakl.vocabulary import LINE_STATES, LINES_DEAD, LINES_SHIPPED
from shared.contracts.errors import Untranslatable
from shared.contracts.order import LineItem, Property


def counted(raw: wire.Order) -> tuple[wire.Line, ...]:
    """The lines that the stated total is made of: all, or all but the dead ones where only those come to it."""
    alive = tuple(line for line in raw.order_lines if line.order_line_state not in LINES_DEAD)
    all_of_them = sum((line.total_price for line in raw.order_lines), Decimal(0))
    only_alive = sum((line.total_price for line in alive), Decimal(0))
    return alive if alive and only_alive == raw.total_price != all_of_them else raw.order_lines


def line(raw: wire.Line, head: wire.Order, place: int, *, included: bool) -> LineItem:
    if raw.order_line_state not in LINE_STATES:
        raise Untranslatable(
            f"The state {raw.order_line_state} of a line is unknown",
            code="unknown_word",
            field=f"order_lines.{place}.order_line_state",
            value=raw.order_line_state,
        )
    currency = head.currency_iso_code
    shipped = raw.order_line_state in LINES_SHIPPED or raw.shipped_date is not None
    cancelled = _cancelled(raw, shipped)
    off = _discount(raw)
    unit = raw.origin_unit_price if off and raw.origin_unit_price is not None else raw.price_unit
    return LineItem(
        external_id=raw.order_line_id,
        sku=raw.offer_sku or None,
        title=raw.product_title,
        quantity=raw.quantity,
        cancelled_quantity=cancelled,
        fulfilled_quantity=raw.quantity - cancelled if shipped else Decimal(0),
        unit_price=money(unit, currency),
        total=money(raw.price, currency),
        discount=money(off, currency) if off else None,
        taxes=taxes(raw.taxes, raw.price, currency, included=included),
        listing_external_id=raw.offer_sku or None,
        properties=properties(raw.order_line_additional_fields),
    )


def properties(raw: Iterable[wire.Custom]) -> tuple[Property, ...]:
    """Additional fields of every type, unchanged: several values stand beside each other."""
    return tuple(Property(name=one.code, value=_text(one.value)) for one in raw if one.value not in (None, "", []))


def _cancelled(raw: wire.Line, shipped: bool) -> Decimal:
    if raw.order_line_state in LINES_DEAD or (raw.order_line_state == "REFUNDED" and not shipped):
        return raw.quantity
    return min(sum((one.quantity or Decimal(0) for one in raw.cancelations), Decimal(0)), raw.quantity)


def _discount(raw: wire.Line) -> Decimal:
    """Promotions are in the price already; they are shown only where the original price proves it."""
    deduced = sum((one.deduced_amount for one in raw.promotions), Decimal(0))
    if raw.origin_unit_price is None or not deduced:
        return Decimal(0)
    return deduced if raw.origin_unit_price * raw.quantity - raw.price == deduced else Decimal(0)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(_text, value)) if isinstance(value, list) else str(value)
