"""The lines of an order: what all pieces of one cost, after what was taken off."""

from collections.abc import Mapping
from decimal import Decimal

from services.connectors.ebay import wire
from services.connectors.ebay.inbound.money import money
from services.connectors.ebay.vocabulary import SHIPPED
from shared.contracts.errors import Untranslatable
from shared.contracts.money import Money
from shared.contracts.order import LineItem, Property

PLACES = 6


def line(
    raw: wire.LineItem, place: int, currency: str, *, sent: Mapping[str, int], cancelled: bool, held: bool, goods: bool
) -> LineItem:
    """`sent` is how many pieces of each line are in parcels, where only a part of the order was sent."""
    full = money(raw.line_item_cost, currency)
    left = full if raw.discounted_line_item_cost is None else money(raw.discounted_line_item_cost, currency)
    quantity, off = Decimal(raw.quantity), full - left
    return LineItem(
        external_id=raw.line_item_id,
        kind="goods" if goods else "digital",
        sku=number(raw),
        title=raw.title,
        quantity=quantity,
        cancelled_quantity=quantity if cancelled else Decimal(0),
        fulfilled_quantity=Decimal(0) if cancelled else _fulfilled(raw, place, sent),
        # A unit price need not end; the cost of all pieces is what counts.
        unit_price=Money(amount=round(full.amount / quantity, PLACES), currency=currency),
        total=left,
        discount=off if off.amount else None,
        requires_shipping=goods,
        held=held,
        properties=tuple(_properties(raw)),
    )


def number(raw: wire.LineItem) -> str | None:
    """The seller's own number. What was listed without one is known by its listing, and its variation where it has one:
    an external number under which an article may be found."""
    listing = "-".join(part for part in (raw.legacy_item_id, raw.legacy_variation_id) if part and part != "0")
    return raw.sku or listing or None


def _fulfilled(raw: wire.LineItem, place: int, sent: Mapping[str, int]) -> Decimal:
    state = SHIPPED.get(raw.line_item_fulfillment_status)
    if state is None:
        field, word = f"lineItems.{place}.lineItemFulfillmentStatus", raw.line_item_fulfillment_status
        raise Untranslatable(f"The state {word} is unknown", code="unknown_word", field=field, value=word)
    if state == "all":
        return Decimal(raw.quantity)
    return Decimal(min(sent.get(raw.line_item_id, 0), raw.quantity)) if state == "part" else Decimal(0)


def _properties(raw: wire.LineItem) -> list[Property]:
    found = [(one.name, one.value) for one in raw.variation_aspects]
    found.append(("giftDetails.message", raw.gift_details.message if raw.gift_details else ""))
    return [Property(name=name, value=value) for name, value in found if name and value]
