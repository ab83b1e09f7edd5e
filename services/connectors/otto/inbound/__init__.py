"""From OTTO's payloads to ours. Prices include tax. An order states no total: it is what the pieces and the delivery
cost at checkout, pieces cancelled since among them."""

from datetime import UTC

from services.connectors.otto import wire
from services.connectors.otto.inbound.contents import content
from services.connectors.otto.inbound.lines import line, state_of
from services.connectors.otto.inbound.money import money, taxes
from services.connectors.otto.inbound.parties import address, customer
from services.connectors.otto.inbound.payments import payment_state, payments, refunds
from services.connectors.otto.inbound.receipts import documents, partial_refunds
from services.connectors.otto.inbound.returns import returns
from services.connectors.otto.inbound.taxonomy import taxonomy
from services.connectors.otto.vocabulary import LISTING_STATES, ORDER_STATES, ItemState
from shared.contracts.article import ListedArticle
from shared.contracts.errors import Untranslatable
from shared.contracts.money import Money
from shared.contracts.money import total as sum_of
from shared.contracts.order import Charge, Order, OrderState, Property

__all__ = ["article", "order", "taxonomy"]

CURRENCY = "EUR"


def order(raw: wire.Order) -> Order:
    """One order with everything it says."""
    if not raw.items:
        raise Untranslatable("The order has no position items", code="value_missing", field="positionItems")
    states = [state_of(item, place) for place, item in enumerate(raw.items)]
    lines = tuple(line(item, state) for item, state in zip(raw.items, states, strict=True))
    charges = tuple(_fee(one) for one in raw.fees or ())
    worth = sum_of([*(one.total for one in lines), *(one.total for one in charges)], CURRENCY)
    return Order(
        external_id=raw.id,
        number=raw.number,
        placed_at=raw.placed_at.astimezone(UTC),
        changed_at=raw.changed_at.astimezone(UTC),
        state=_state(states),
        state_word=min((item.status for item in raw.items), key=ORDER_STATES.index),
        payment_state=payment_state(raw, states),
        channel="otto",
        currency=CURRENCY,
        prices_include_tax=True,
        customer=customer(raw),
        billing_address=address(raw.invoice_address, "invoiceAddress"),
        shipping_address=address(raw.delivery_address, "deliveryAddress"),
        line_items=lines,
        charges=charges,
        payments=payments(raw, states, worth),
        refunds=(*refunds(raw, states), *partial_refunds(raw)),
        returns=returns(raw),
        total=worth,
        shipping_method=raw.fees[0].name if raw.fees else "",
        payment_method=raw.payment.method if raw.payment else "",
        withheld=_withheld(raw, states),
        properties=(*(_discount(one) for one in raw.discounts or ()), *documents(raw)),
    )


def article(raw: wire.Article) -> ListedArticle:
    """A product variation. Only one that the platform has accepted (MOIN) is counted: others cannot be given stock.
    One that nobody has counted yet is not sold."""
    if raw.market is None:
        raise Untranslatable("The variation has no marketplace status", code="value_missing", field="marketPlaceStatus")
    state = LISTING_STATES.get(raw.market.status)
    if state is None:
        word = raw.market.status
        raise Untranslatable(
            f"The status {word} is unknown", code="unknown_word", field="marketPlaceStatus.status", value=word
        )
    accepted = bool(raw.moin or raw.market.moin)
    quantity = raw.availability.quantity if raw.availability else 0
    changed = [raw.market.changed_at, *([raw.availability.changed_at] if raw.availability else [])]
    return ListedArticle(
        external_id=raw.sku,
        parent_external_id=raw.reference,
        sku=raw.sku,
        ean=raw.ean or None,
        title=(raw.description.product_line if raw.description else "") or raw.reference,
        price=_price(raw),
        quantity=quantity if accepted else None,
        counts_stock=accepted,
        state=state,
        changed_at=max(changed).astimezone(UTC),
        content=content(raw),
    )


def _price(raw: wire.Article) -> Money:
    """What customers pay: the sale's price as long as there is one."""
    if raw.sale is not None and raw.sale.price is not None:
        return money(raw.sale.price, "pricing.sale.salePrice")
    return money(raw.pricing.standard, "pricing.standardPrice")


def _state(states: list[ItemState]) -> OrderState:
    if all(state == "cancelled" for state in states):
        return "cancelled"
    return "open" if {"announced", "processable"} & set(states) else "completed"


def _withheld(raw: wire.Order, states: list[ItemState]) -> tuple[str, ...]:
    """Addresses are kept back as long as the customer may still step back or has not paid in advance; a suspicion of
    fraud keeps everything back. Announced pieces of an order whose address is known only wait themselves."""
    if not {"announced", "processable"} & set(states):
        return ()
    missing = [("invoiceAddress", raw.invoice_address), ("deliveryAddress", raw.delivery_address)]
    found = [name for name, value in missing if value is None]
    if not found and {"announced", "cancelled"} >= set(states):
        found = ["ANNOUNCED"]
    return (*found, *(["suspectedFraudCase"] if raw.suspected_fraud else []))


def _fee(raw: wire.DeliveryFee) -> Charge:
    amount = money(raw.amount, "initialDeliveryFees")
    return Charge(kind="shipping", title=raw.name, code=raw.name, total=amount, taxes=taxes(amount, raw.vat_rate))


def _discount(raw: wire.Discount) -> Property:
    """What the customer saw at checkout. What of it lowers the turnover stands at the pieces, and is counted there."""
    return Property(name=raw.name or "initialDiscounts", value=f"{raw.amount.amount} {raw.amount.currency}")
