"""From Mirakl's payloads to ours. Whether prices hold the tax is said order by order, and is true of every amount."""

from datetime import UTC

from services.connectors.mirakl import wire
from services.connectors.mirakl.inbound.charges import fees, order_taxes, shipping
from services.connectors.mirakl.inbound.lines import counted, line, properties
from services.connectors.mirakl.inbound.money import money
from services.connectors.mirakl.inbound.parties import address, customer
from services.connectors.mirakl.inbound.payments import payment_method, payment_state, payments, refunds
from services.connectors.mirakl.inbound.returns import returns
from services.connectors.mirakl.inbound.taxonomy import taxonomy
from services.connectors.mirakl.vocabulary import LINES_DEAD, ORDER_STATES, OWN_WAREHOUSE, TAX_MODES, WITHHELD
from shared.contracts.article import ListedArticle
from shared.contracts.errors import Untranslatable
from shared.contracts.money import Money
from shared.contracts.order import Order, OrderState, Property

__all__ = ["article", "order", "taxonomy"]

LONGEST_NOTE = 10_000


def order(raw: wire.Order) -> Order:
    """One order with everything it says."""
    included = _prices_include_tax(raw)
    currency, lines = raw.currency_iso_code, counted(raw)
    items = tuple(line(one, raw, place, included=included) for place, one in enumerate(lines))
    charges = (*shipping(lines, raw, included=included), *fees(lines, raw))
    taxes = [tax.amount for item in items for tax in item.taxes]
    taxes += [tax.amount for charge in charges for tax in charge.taxes]
    tax_total, rounding = order_taxes(raw, taxes, included=included)
    charges += rounding
    stated = money(raw.total_price, currency)
    paid = stated if included or tax_total is None else stated + tax_total
    given_back = refunds(raw, included=included)
    payment = payment_state(raw, given_back, paid)
    shipped_to = raw.customer.shipping_address
    note = shipped_to.additional_info if shipped_to else ""
    return Order(
        external_id=raw.order_id,
        number=raw.order_id,
        placed_at=raw.created_date.astimezone(UTC),
        changed_at=max([raw.last_updated_date, *(one.last_updated for one in raw.returns)]).astimezone(UTC),
        state=_state(raw),
        state_word=raw.order_state,
        payment_state=payment,
        channel=raw.channel.code if raw.channel else "",
        fulfilled_by_channel=_warehouse(raw) not in ("", OWN_WAREHOUSE),
        currency=currency,
        prices_include_tax=included,
        customer=customer(raw),
        billing_address=address(raw.customer.billing_address, "billing_address"),
        shipping_address=address(shipped_to, "shipping_address"),
        line_items=items,
        charges=charges,
        payments=payments(raw, payment, paid),
        refunds=given_back,
        returns=returns(raw),
        total=paid,
        tax_total=tax_total,
        shipping_method=raw.shipping_type_label,
        payment_method=payment_method(raw),
        withheld=WITHHELD.get(raw.order_state, ()),
        locale=raw.customer.locale,
        note=note[:LONGEST_NOTE],
        note_shortened=len(note) > LONGEST_NOTE,
        purchase_number=raw.references.order_reference_for_customer if raw.references else "",
        properties=(*_own(raw), *properties(raw.order_additional_fields)),
    )


def article(raw: wire.Offer) -> ListedArticle:
    """One offer. It is addressed by the seller's own number, for that is what stock is told by."""
    eans = [one.reference for one in raw.product_references if one.reference_type.upper() in ("EAN", "GTIN")]
    return ListedArticle(
        external_id=raw.shop_sku,
        sku=raw.shop_sku,
        ean=eans[0] if eans else None,
        title=raw.product_title,
        price=None if raw.price is None else Money(amount=raw.price, currency=raw.currency_iso_code),
        quantity=int(raw.quantity),
        # An offer without stock is inactive until it has some: it is listed all the same.
        state="active" if raw.active or not raw.quantity else "inactive",
        changed_at=raw.read_at,
    )


def _prices_include_tax(raw: wire.Order) -> bool:
    known = TAX_MODES.get(raw.order_tax_mode)
    if known is None:
        word = raw.order_tax_mode
        raise Untranslatable(f"The tax mode {word} is unknown", code="unknown_word", field="order_tax_mode", value=word)
    return known


def _state(raw: wire.Order) -> OrderState:
    state = ORDER_STATES.get(raw.order_state)
    if state is None:
        word = raw.order_state
        raise Untranslatable(f"The order state {word} is unknown", code="unknown_word", field="order_state", value=word)
    dead = all(one.order_line_state in LINES_DEAD for one in raw.order_lines)
    return "cancelled" if state == "open" and (dead or raw.fully_refunded) else state


def _warehouse(raw: wire.Order) -> str:
    return raw.fulfillment.center.code if raw.fulfillment and raw.fulfillment.center else ""


def _own(raw: wire.Order) -> list[Property]:
    """What has no place of its own: the customer's number for the whole basket, and the pick-up point."""
    found = [("commercial_id", raw.commercial_id), ("shipping_pudo_id", raw.shipping_pudo_id)]
    return [Property(name=name, value=value) for name, value in found if value]
