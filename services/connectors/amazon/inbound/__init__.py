"""From Amazon's payloads to ours."""

from collections.abc import Container
from datetime import UTC

from services.connectors.amazon import wire
from services.connectors.amazon.inbound.beside import refunds, repaid, returns
from services.connectors.amazon.inbound.lines import line, properties, state_of
from services.connectors.amazon.inbound.money import Basis, charges, figure, taxed
from services.connectors.amazon.inbound.parties import billing_address, customer, delivery_address
from services.connectors.amazon.settings.markets import MARKET_OF
from services.connectors.amazon.vocabulary import (
    CHANNELS,
    FULFILLED_BY,
    ON_DELIVERY,
    ORDER_PARTS,
    ORDER_STATES,
    OWN_STOCK,
    PENDING,
    REPLACEMENTS,
)
from shared.contracts.article import ListedArticle
from shared.contracts.errors import Untranslatable
from shared.contracts.money import Money
from shared.contracts.money import total as sum_of
from shared.contracts.order import Delivery, Order, OrderState, Payment, PaymentState

__all__ = ["article", "order"]


def order(raw: wire.Order) -> Order:
    """One order with everything it says."""
    if not raw.order_items:
        raise Untranslatable("The order has no items", code="value_missing", field="orderItems")
    _known_words(raw)
    status = raw.fulfillment.fulfillment_status
    by_amazon, mark = FULFILLED_BY[raw.fulfillment.fulfilled_by]
    state, currency = ORDER_STATES[status], _currency(raw)
    basis = Basis.of(raw, currency)
    market = raw.sales_channel.marketplace_id
    lines = tuple(line(item, place, state, basis, market) for place, item in enumerate(raw.order_items))
    extra = charges(raw, basis)
    worth = sum_of([*(one.total for one in lines), *(one.total for one in extra)], currency) + taxed(
        lines, extra, basis
    )
    total = _total(raw, state, worth)
    given_back = refunds(raw)
    shipped_to = delivery_address(raw)
    return Order(
        external_id=raw.order_id,
        number=raw.order_id,
        placed_at=raw.created_time.astimezone(UTC),
        changed_at=raw.last_updated_time.astimezone(UTC),
        state=state,
        state_word=status,
        payment_state=repaid(_payment_state(raw, state), given_back, total),
        channel=f"{_market(raw)}_{mark}",
        delivery=_delivery(raw, by_amazon),
        fulfilled_by_channel=by_amazon,
        currency=currency,
        prices_include_tax=not basis.net,
        customer=customer(raw),
        billing_address=billing_address(raw),
        shipping_address=shipped_to,
        line_items=lines,
        charges=extra,
        payments=_payments(raw, state),
        refunds=given_back,
        returns=returns(raw),
        total=total,
        shipping_method=raw.fulfillment.fulfillment_service_level,
        payment_method=next((one.payment_method for one in raw.payment.payment_executions), ""),
        withheld=_withheld(raw),
        purchase_number=raw.buyer.buyer_purchase_order_number,
        tags=_tags(raw),
        properties=tuple(properties(raw)),
    )


def article(raw: wire.Listing) -> ListedArticle:
    """A SKU in one marketplace. Only what is sent from our own shelf is counted: what lies with Amazon is not ours to
    set, and told beside it. Of that, what can be sent counts, not what is on its way or reserved."""
    summary = next((one for one in raw.summaries if one.marketplace_id == raw.marketplace_id), None)
    if summary is None:
        raise Untranslatable("The listing has no summary", code="value_missing", field="summaries")
    offer = next((one for one in raw.offers if _for_everybody(one, raw.marketplace_id)), None)
    own = next((one for one in raw.fulfillment_availability if one.fulfillment_channel_code == OWN_STOCK), None)
    elsewhere = any(one.fulfillment_channel_code != OWN_STOCK for one in raw.fulfillment_availability)
    counts = own is not None or not elsewhere
    held = None if counts or raw.inventory_summary is None else raw.inventory_summary.inventory_details
    market = MARKET_OF.get(raw.marketplace_id)
    return ListedArticle(
        external_id=f"{raw.marketplace_id}:{raw.sku}",
        sku=raw.sku,
        title=summary.item_name,
        price=None if offer is None else figure(offer.price, "offers.price"),
        quantity=((own.quantity if own else None) or 0) if counts else None,
        counts_stock=counts,
        state="active" if "BUYABLE" in summary.status else "inactive",
        changed_at=summary.last_updated_date.astimezone(UTC),
        market=market.country.lower() if market else raw.marketplace_id,
        held_by_channel=None if held is None else held.fulfillable_quantity,
    )


def _for_everybody(offer: wire.Offer, market: str) -> bool:
    return offer.marketplace_id == market and offer.offer_type == "B2C" and offer.audience.value == "ALL"


def _known_words(raw: wire.Order) -> None:
    """Raises Untranslatable for the first word that is not in the vocabulary."""
    words: list[tuple[str, str, Container[str]]] = [
        ("fulfillment.fulfillmentStatus", raw.fulfillment.fulfillment_status, ORDER_STATES),
        ("fulfillment.fulfilledBy", raw.fulfillment.fulfilled_by, FULFILLED_BY),
        ("salesChannel.channelName", raw.sales_channel.channel_name, CHANNELS),
        *((f"proceeds.breakdowns.{n}.type", one.type, ORDER_PARTS) for n, one in enumerate(raw.proceeds.breakdowns)),
    ]
    for field, word, known in words:
        if word not in known:
            raise Untranslatable(f"The word {word} is unknown", code="unknown_word", field=field, value=word)


def _currency(raw: wire.Order) -> str:
    """What the order is paid in; of one that shows no price yet, what its marketplace sells in."""
    if raw.proceeds.grand_total is not None:
        return figure(raw.proceeds.grand_total, "proceeds.grandTotal").currency
    for place, item in enumerate(raw.order_items):
        if item.proceeds.proceeds_total is not None:
            return figure(item.proceeds.proceeds_total, f"orderItems.{place}.proceeds.proceedsTotal").currency
    market = MARKET_OF.get(raw.sales_channel.marketplace_id)
    if market is None:
        field, id = "salesChannel.marketplaceId", raw.sales_channel.marketplace_id
        raise Untranslatable(f"The marketplace {id} is unknown", code="unknown_word", field=field, value=id)
    return market.currency


def _market(raw: wire.Order) -> str:
    """The marketplace's country; what was not sold in one is named as such."""
    if raw.sales_channel.channel_name != "AMAZON":
        return raw.sales_channel.channel_name.lower()
    market = MARKET_OF.get(raw.sales_channel.marketplace_id)
    return market.country.lower() if market else raw.sales_channel.marketplace_id


def _total(raw: wire.Order, state: OrderState, worth: Money) -> Money:
    """Orders that wait, were cancelled or replace another may state no total: then it is what their items come to."""
    if raw.proceeds.grand_total is not None:
        return figure(raw.proceeds.grand_total, "proceeds.grandTotal")
    free = any(one.association_type in REPLACEMENTS for one in raw.associated_orders)
    other_channel = raw.sales_channel.channel_name != "AMAZON"
    if not (raw.fulfillment.fulfillment_status in PENDING or state == "cancelled" or free or other_channel):
        raise Untranslatable("The order has no total", code="value_missing", field="proceeds.grandTotal")
    return worth


def _payment_state(raw: wire.Order, state: OrderState) -> PaymentState:
    """The platform collects the money: what may be sent is paid, unless the buyer pays when it arrives."""
    if state == "cancelled":
        return "voided"
    if any(one.payment_method == ON_DELIVERY for one in raw.payment.payment_executions):
        return "unpaid"
    return "unconfirmed" if raw.fulfillment.fulfillment_status in PENDING else "paid"


def _payments(raw: wire.Order, state: OrderState) -> tuple[Payment, ...]:
    if state == "cancelled":
        return ()
    pending = raw.fulfillment.fulfillment_status in PENDING
    return tuple(
        Payment(
            method=one.payment_method,
            amount=figure(one.payment_amount, f"payment.paymentExecutions.{place}.paymentAmount"),
            state="pending" if pending or one.payment_method == ON_DELIVERY else "paid",
        )
        for place, one in enumerate(raw.payment.payment_executions)
        if one.payment_method and one.payment_amount is not None
    )


def _withheld(raw: wire.Order) -> tuple[str, ...]:
    """An order waits while its payment is not sure, and for good when it was made in another channel and Amazon only
    sends it: whoever sold it has it already."""
    if raw.sales_channel.channel_name != "AMAZON":
        return (raw.sales_channel.channel_name,)
    status = raw.fulfillment.fulfillment_status
    return (status,) if status in PENDING else ()


def _delivery(raw: wire.Order, by_amazon: bool) -> Delivery:
    """Where Amazon sends, it need not tell where to, and we have nothing to deliver."""
    address = raw.recipient.delivery_address
    told = address is not None and bool(address.name) and bool(address.address_line1 or address.address_line2)
    return "none" if by_amazon and not told else "ship"


def _tags(raw: wire.Order) -> tuple[str, ...]:
    """The programs, and a buyer's wish to cancel, which nobody but the merchant may grant."""
    open_items = [item for item in raw.order_items if state_of(item).open]
    wished = any(item.cancellation.cancellation_request is not None for item in open_items)
    return (*raw.programs, *(("CANCELLATION_REQUESTED",) if wished else ()))
