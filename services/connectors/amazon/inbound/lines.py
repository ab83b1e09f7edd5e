"""The items of an order, and what an order or an item says that has no field with us."""

from dataclasses import dataclass
from decimal import Decimal

from services.connectors.amazon import wire
from services.connectors.amazon.inbound.money import Basis
from shared.contracts.order import LineItem, OrderState, Property

CONDITIONS_AS_NEW = frozenset({"", "NEW", "New", "new"})


@dataclass(frozen=True)
class Pieces:
    """How many were ordered, sent, and are open; whatever is neither was cancelled."""

    ordered: int
    sent: int
    open: int

    @property
    def cancelled(self) -> int:
        return max(self.ordered - self.sent - self.open, 0)


def state_of(raw: wire.Item) -> Pieces:
    """Without a word about what is open, everything is that was not sent."""
    told = raw.fulfillment
    left = raw.quantity_ordered - told.quantity_fulfilled
    return Pieces(
        raw.quantity_ordered,
        told.quantity_fulfilled,
        max(left, 0) if told.quantity_unfulfilled is None else told.quantity_unfulfilled,
    )


def line(raw: wire.Item, place: int, state: OrderState, basis: Basis, market: str) -> LineItem:
    """An item's price is that of the whole line; what a piece costs is worked out of it for show."""
    pieces, part, sku = state_of(raw), basis.items[place], raw.product.seller_sku
    cancelled = pieces.ordered - pieces.sent if state == "cancelled" else pieces.cancelled
    return LineItem(
        external_id=raw.order_item_id,
        sku=sku or None,
        title=raw.product.title,
        quantity=Decimal(pieces.ordered),
        cancelled_quantity=Decimal(cancelled),
        fulfilled_quantity=Decimal(pieces.sent),
        unit_price=basis.unit_price(part, pieces.ordered),
        total=basis.money(part.line),
        discount=basis.money(part.off_line) if part.off_line else None,
        taxes=basis.tax_lines(part.line, part.line_tax, by_channel=part.by_channel),
        listing_external_id=f"{market}:{sku}" if market and sku else None,
        properties=tuple(_of_item(raw)),
    )


def properties(raw: wire.Order) -> list[Property]:
    """In the platform's own names."""
    preference = raw.recipient.delivery_preference
    found = [
        ("latestShipBy", raw.fulfillment.ship_by_window.latest_date_time),
        ("earliestDeliverBy", raw.fulfillment.deliver_by_window.earliest_date_time),
        ("latestDeliverBy", raw.fulfillment.deliver_by_window.latest_date_time),
        ("dropOffLocation", preference.drop_off_location),
        ("addressInstruction", preference.address_instruction),
        *((alias.alias_type, alias.alias_id) for alias in raw.order_aliases),
        *((one.association_type, one.order_id) for one in raw.associated_orders),
    ]
    return _named(found)


def _of_item(raw: wire.Item) -> list[Property]:
    gift, condition = raw.fulfillment.packing.gift_option, raw.product.condition
    used = condition.condition_type not in CONDITIONS_AS_NEW
    wish = raw.cancellation.cancellation_request
    found = [
        ("asin", raw.product.asin),
        ("condition", f"{condition.condition_type} {condition.condition_subtype}".strip() if used else ""),
        ("giftMessage", gift.gift_message),
        ("giftWrapLevel", gift.gift_wrap_level),
        ("customizedUrl", raw.product.customization.customized_url),
        ("priceDesignation", raw.product.price.price_designation),
        ("iossNumber", raw.fulfillment.shipping.international_shipping.ioss_number),
        ("cancellationRequest", f"{wish.requester} {wish.cancel_reason}".strip() if wish else ""),
        *(("program", one) for one in raw.programs),
        *(("promotionId", one.promotion_id) for one in raw.promotion.breakdowns),
        *(("reportingScheme", one.reporting_scheme) for one in raw.tax.tax_calculation_breakdowns),
        *(("taxCollection", f"{one.model} {one.responsible_party}".strip()) for one in raw.tax.tax_collections),
    ]
    return _named(found)


def _named(found: list[tuple[str, str]]) -> list[Property]:
    return [Property(name=name, value=value) for name, value in found if value]
