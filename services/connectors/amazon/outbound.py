"""From our commands to Amazon's bodies."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from services.connectors.amazon import wire
from services.connectors.amazon.vocabulary import CANCEL_REASONS, CARRIERS, OTHER_CARRIER, OWN_STOCK
from shared.contracts.cancellation import Cancellation
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment
from shared.contracts.price import PricePush
from shared.contracts.stock import StockPush

PACKAGES = 2_000_000_000
CODES = {re.sub(r"[\s\-_.]+", "", code).lower(): code for code in CARRIERS}


def place(external_id: str) -> tuple[str, str]:
    """The marketplace and the SKU of a listing."""
    market, _, sku = external_id.partition(":")
    return market, sku


def quantity(command: StockPush) -> dict[str, Any]:
    """Merged, for a replaced one would lose the days of handling that the merchant set."""
    value = {"fulfillment_channel_code": OWN_STOCK, "quantity": command.quantity}
    return {"op": "merge", "path": "/attributes/fulfillment_availability", "value": [value]}


def price(command: PricePush) -> dict[str, Any]:
    """Merged, for a replaced offer would lose its sale price and its prices for companies. Raises Rejected for a price
    that Amazon cannot be told."""
    if not command.includes_tax:
        raise Rejected("Amazon wants prices with tax inside; choose a price list that has them", code="rejected")
    if command.strike is not None:
        raise Rejected("Amazon takes no former price beside a price; switch strike prices off", code="rejected")
    market, _ = place(command.external_id)
    value = {
        "marketplace_id": market,
        "currency": command.price.currency,
        "audience": "ALL",
        "our_price": [{"schedule": [{"value_with_tax": command.price.amount}]}],
    }
    return {"op": "merge", "path": "/attributes/purchasable_offer", "value": [value]}


def together(patches: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One change of a SKU out of those for each of its marketplaces: prices beside each other, and of its one quantity
    the smallest, so that nothing is sold that is not there."""
    values = [value for patch in patches for value in patch["value"]]
    if "quantity" in values[0]:
        values = [min(values, key=lambda value: int(value["quantity"]))]
    return {**patches[0], "value": values}


def listings_feed(seller: str, rows: Sequence[tuple[str, str, dict[str, Any]]]) -> dict[str, Any]:
    """One message for each SKU, with its type of product and its change."""
    messages = [
        {"messageId": number, "sku": sku, "operationType": "PATCH", "productType": kind, "patches": [patch]}
        for number, (sku, kind, patch) in enumerate(rows, 1)
    ]
    return {"header": {"sellerId": seller, "version": "2.0"}, "messages": messages}


def carrier(parcel: Fulfilment) -> dict[str, str]:
    """Amazon's code in whatever case, with blanks or hyphens; `Other` brings a name. Raises Rejected for another."""
    named = parcel.carrier.strip()
    if code := CODES.get(re.sub(r"[\s\-_.]+", "", named).lower()):
        return {"carrierCode": code}
    other, _, name = named.partition(" ")
    if other.lower() == OTHER_CARRIER.lower() and name.strip():
        return {"carrierCode": OTHER_CARRIER, "carrierName": name.strip()}
    raise Rejected(f"The carrier {parcel.carrier} is not known", code="carrier_unknown", carrier=parcel.carrier)


def package(parcel: Fulfilment) -> str:
    """The parcel's number within its order: always the same, so that telling it again is no second parcel."""
    return str(parcel.id.int % PACKAGES + 1)


def confirmation(parcel: Fulfilment, market: str) -> dict[str, Any]:
    """Raises Rejected for what cannot be told."""
    if not parcel.tracking_number:
        raise Rejected("Amazon wants a tracking number with every shipment", code="rejected")
    rows = []
    for line in parcel.lines:
        if line.quantity != line.quantity.to_integral_value():
            raise Rejected(f"the item {line.line_external_id} is sold by the piece", code="rejected")
        rows.append({"orderItemId": line.line_external_id, "quantity": int(line.quantity)})
    detail = {
        "packageReferenceId": package(parcel),
        **carrier(parcel),
        "trackingNumber": parcel.tracking_number,
        "shipDate": parcel.shipped_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "orderItems": rows,
    }
    return {"marketplaceId": market, "packageDetail": detail}


def cancellations_feed(seller: str, wishes: Mapping[str, tuple[Cancellation, wire.Order]]) -> bytes:
    """Whole orders, every item with its reason, by the number of their messages."""
    envelope = Element("AmazonEnvelope")
    header = SubElement(envelope, "Header")
    SubElement(header, "DocumentVersion").text = "1.01"
    SubElement(header, "MerchantIdentifier").text = seller
    SubElement(envelope, "MessageType").text = "OrderAcknowledgement"
    for number, (wanted, order) in wishes.items():
        message = SubElement(envelope, "Message")
        SubElement(message, "MessageID").text = number
        said = SubElement(message, "OrderAcknowledgement")
        SubElement(said, "AmazonOrderID").text = order.order_id
        SubElement(said, "StatusCode").text = "Failure"
        for one in order.order_items:
            item = SubElement(said, "Item")
            SubElement(item, "AmazonOrderItemCode").text = one.order_item_id
            SubElement(item, "CancelReason").text = CANCEL_REASONS[wanted.reason]
    written: bytes = tostring(envelope, encoding="utf-8", xml_declaration=True)
    return written
