"""From eBay's payloads to ours. Prices include tax, and no rate is told. An order is what its lines cost after
discounts, and their delivery; tax that eBay collects and pays itself stands beside it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from services.connectors.ebay import wire
from services.connectors.ebay.inbound.delivery import way, withheld
from services.connectors.ebay.inbound.lines import line
from services.connectors.ebay.inbound.money import currency_of, money, worth
from services.connectors.ebay.inbound.parties import address, customer
from services.connectors.ebay.inbound.payments import payment_state, payments, refunds
from services.connectors.ebay.inbound.taxes import collected, collected_words
from services.connectors.ebay.inbound.taxonomy import categories, category, suggestion
from services.connectors.ebay.vocabulary import CANCEL_STATES, LISTED, SHIPPED
from shared.contracts.article import ArticleContent, ListedArticle
from shared.contracts.errors import Untranslatable
from shared.contracts.money import Money
from shared.contracts.money import total as sum_of
from shared.contracts.order import Charge, LineItem, Order, OrderState, Property

__all__ = ["article", "categories", "category", "order", "suggestion"]


def order(raw: wire.Order) -> Order:
    """One order with everything it says."""
    if not raw.line_items:
        raise Untranslatable("The order has no lines", code="value_missing", field="lineItems")
    currency = currency_of(raw)
    told = way(raw)
    asked = _known(CANCEL_STATES, raw.cancel_status.cancel_state, "cancelStatus.cancelState")
    shipped = _known(SHIPPED, raw.order_fulfillment_status, "orderFulfillmentStatus")
    sent = _sent(raw)
    lines = tuple(
        line(
            one, place, currency,
            sent=sent, cancelled=asked == "cancelled", held=asked == "asked", goods=told.delivery != "none",
        )
        for place, one in enumerate(raw.line_items)
    )  # fmt: skip
    charges = _charges(raw, lines, currency)
    state: OrderState = "cancelled" if asked == "cancelled" else "completed" if shipped == "all" else "open"
    billing = address(raw.buyer.buyer_registration_address if raw.buyer else None)
    return Order(
        external_id=raw.order_id,
        number=raw.order_id,
        placed_at=raw.creation_date,
        changed_at=raw.last_modified_date,
        state=state,
        state_word=raw.order_fulfillment_status,
        payment_state=payment_state(raw),
        channel=raw.line_items[0].purchase_marketplace_id or raw.line_items[0].listing_marketplace_id,
        delivery=told.delivery,
        fulfilled_by_channel=told.by_channel,
        currency=currency,
        prices_include_tax=True,
        # Whoever collects the tax owes it: the seller owes none besides.
        tax_exempt=all(one.ebay_collect_and_remit_taxes for one in raw.line_items),
        customer=customer(raw),
        billing_address=billing,
        shipping_address=told.address,
        line_items=lines,
        charges=charges,
        payments=payments(raw, currency),
        refunds=refunds(raw, currency),
        total=_total(raw, lines, charges, currency),
        shipping_method=told.service,
        payment_method=next((one.payment_method for one in raw.payment_summary.payments), ""),
        withheld=withheld(told, state, billed=billing is not None),
        note=raw.buyer_checkout_notes,
        properties=(*told.properties, *_properties(raw), *collected_words(raw, currency)),
    )


def article(raw: wire.Offer) -> ListedArticle:
    """An offer on one marketplace; the quantity behind it is the item's, one for all marketplaces."""
    item, product = raw.item, raw.item.product or wire.Product()
    stock = item.availability.ship_to_location_availability if item.availability else None
    price = raw.pricing_summary.price if raw.pricing_summary else None
    active = raw.status == "PUBLISHED" and (raw.listing is None or raw.listing.listing_status in LISTED)
    return ListedArticle(
        external_id=raw.offer_id,
        stock_external_id=raw.sku,
        sku=raw.sku,
        ean=next((one for one in product.ean if one.isdecimal()), None),
        title=product.title or raw.sku,
        price=None if price is None else money(price, price.currency),
        quantity=(stock.quantity if stock else None) or 0,
        state="active" if active else "inactive",
        changed_at=raw.read_at,
        market=raw.marketplace_id,
        listing_number=raw.listing.listing_id if raw.listing else "",
        attributes=_attributes(product) if item.inventory_item_group_keys else {},
        content=ArticleContent(
            description=raw.listing_description or product.description,
            manufacturer=product.brand,
            manufacturer_number=product.mpn,
            media=product.image_urls,
        ),
    )


def _attributes(product: wire.Product) -> dict[str, str]:
    """What a variant is, as far as it is one thing."""
    return {name: values[0] for name, values in product.aspects.items() if len(values) == 1}


def _known(words: dict[str, Any], word: str, field: str) -> Any:
    found = words.get(word)
    if found is None:
        raise Untranslatable(f"The state {word} is unknown", code="unknown_word", field=field, value=word)
    return found


def _sent(raw: wire.Order) -> dict[str, int]:
    """How many pieces of each line are in parcels."""
    found: dict[str, int] = {}
    for parcel in raw.fulfillments:
        for one in parcel.line_items:
            found[one.line_item_id] = found.get(one.line_item_id, 0) + one.quantity
    return found


def _charges(raw: wire.Order, lines: Sequence[LineItem], currency: str) -> tuple[Charge, ...]:
    """Delivery after what was taken off it; and what was taken off the order besides its lines. Discounts are below
    nought in a summary, and above it at a line."""
    told = raw.pricing_summary
    delivery = worth(told.delivery_cost, currency) + worth(told.delivery_discount, currency)
    off_lines = sum((one.discount.amount for one in lines if one.discount), Decimal(0))
    besides = worth(told.price_discount, currency) + off_lines
    adjustment = worth(told.adjustment, currency)
    found = [
        ("shipping", "deliveryCost", delivery),
        ("discount", "priceDiscount", min(besides, Decimal(0))),
        ("fee", "fee", worth(told.fee, currency)),
        ("discount" if adjustment < 0 else "fee", "adjustment", adjustment),
    ]
    return tuple(
        Charge.model_validate({"kind": kind, "title": title, "total": Money(amount=amount, currency=currency)})
        for kind, title, amount in found
        if amount
    )


def _total(raw: wire.Order, lines: Sequence[LineItem], charges: Sequence[Charge], currency: str) -> Money:
    """What the seller's part of the order comes to. Whether the stated total holds the tax that eBay collected depends:
    where it does, it is taken off; a total that fits neither way stays as it is stated."""
    stated, taken = money(raw.pricing_summary.total, currency), collected(raw, currency)
    parts = sum_of([*(one.total for one in lines), *(one.total for one in charges)], currency)
    return parts if taken and stated.amount == parts.amount + taken else stated


def _properties(raw: wire.Order) -> list[Property]:
    """What has no field with us, in the platform's own names."""
    asked = next((one for one in raw.cancel_status.cancel_requests), None) or wire.CancelRequest()
    due = [one.line_item_fulfillment_instructions for one in raw.line_items if one.line_item_fulfillment_instructions]
    found = [
        ("salesRecordReference", raw.sales_record_reference),
        ("shipByDate", min((one.ship_by_date for one in due if one.ship_by_date), default="")),
        ("cancelReason", asked.cancel_reason),
        ("cancelInitiator", asked.cancel_initiator),
        ("cancelRequestState", asked.cancel_request_state),
    ]
    return [Property(name=name, value=value) for name, value in found if value]
