"""From our commands to OTTO's bodies."""

import re
from collections.abc import Sequence
from datetime import UTC
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.connectors.otto.outbound.products import delivery, product, sku
from services.connectors.otto.settings import Credentials
from services.connectors.otto.vocabulary import CARRIERS, PARCEL_CARRIERS
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment
from shared.contracts.money import Money
from shared.contracts.price import PricePush
from shared.contracts.stock import StockPush

__all__ = ["carrier", "delivery", "items", "price", "product", "quantities", "same_price", "shipment", "sku"]

CURRENCY, CENT = "EUR", Decimal("0.01")


def quantities(commands: Sequence[StockPush]) -> list[dict[str, Any]]:
    """Absolute quantities; a listing's id is its SKU. The platform knows none below zero: oversold is sold out."""
    return [{"sku": command.external_id, "quantity": max(command.quantity, 0)} for command in commands]


def price(push: PricePush, sale: dict[str, Any] | None) -> dict[str, Any]:
    """What an article costs, with tax. A price that was higher before becomes the standard price, and ours a sale
    without a period; `sale` is one of the platform's own that stays. Raises Rejected for what it would not take."""
    own, before = _gross(push, push.price), None if push.strike is None else _gross(push, push.strike)
    row: dict[str, Any] = {"sku": push.external_id, "standardPrice": _amount(own)}
    if before is not None and before > own:
        row |= {"standardPrice": _amount(before), "sale": {"salePrice": _amount(own)}}
    elif sale is not None:
        row["sale"] = sale
    return row


def same_price(shown: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether the platform shows what it was told: the standard price, and the price of the sale."""
    return _shown(shown) == _shown(wanted)


def _shown(row: dict[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    found = [row.get("standardPrice"), (row.get("sale") or {}).get("salePrice")]
    standard, sale = (Decimal(str(one["amount"])) if one else None for one in found)
    return standard, sale


def _gross(push: PricePush, money: Money) -> Decimal:
    if money.currency != CURRENCY:
        raise Rejected(f"the platform sells in {CURRENCY}, not in {money.currency}")
    factor = 1 if push.includes_tax else 1 + push.tax_rate / 100
    return (money.amount * factor).quantize(CENT, ROUND_HALF_UP)


def _amount(amount: Decimal) -> dict[str, Any]:
    return {"amount": amount, "currency": CURRENCY}


def carrier(parcel: Fulfilment) -> str:
    """The platform's code for a carrier in whatever case, with blanks or hyphens. Raises Rejected for another."""
    code = re.sub(r"[\s\-+&.]+", "_", parcel.carrier.strip()).upper()
    if code not in CARRIERS:
        raise Rejected(f"The carrier {parcel.carrier} is not known", code="carrier_unknown", carrier=parcel.carrier)
    return code


def items(parcel: Fulfilment, merchant: Credentials) -> list[dict[str, Any]]:
    """The position items of a parcel: each is one piece. Parcels need a number for the way
    back, forwarders may have one. Raises Rejected for more pieces than one."""
    found = []
    for line in parcel.lines:
        if line.quantity != 1:
            detail = f"the position item {line.line_external_id} is one piece, not {line.quantity:f}"
            raise Rejected(detail)
        item: dict[str, Any] = {"positionItemId": line.line_external_id, "salesOrderId": parcel.order_external_id}
        # A label that bears its number both ways is a parcel service's: a forwarder comes back with another, or none.
        both_ways = parcel.tracking_number if carrier(parcel) in PARCEL_CARRIERS else ""
        if merchant.return_carrier and (number := parcel.return_tracking_number or both_ways):
            key = {"carrier": merchant.return_carrier, "trackingNumber": number}
            item["returnTrackingKey"] = key
        found.append(item)
    return found


def shipment(parcel: Fulfilment, merchant: Credentials) -> dict[str, Any]:
    """A parcel, or what a forwarder took, which may have no number. Raises Rejected for what cannot be told."""
    key = {"carrier": carrier(parcel), "trackingNumber": parcel.tracking_number}
    return {
        "trackingKey": {name: value for name, value in key.items() if value},
        "shipDate": parcel.shipped_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "shipFromAddress": {
            "city": merchant.ship_from_city,
            "countryCode": merchant.ship_from_country,
            "zipCode": merchant.ship_from_zip,
        },
        "positionItems": items(parcel, merchant),
    }
