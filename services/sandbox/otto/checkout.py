"""Turns a basket into an order of orders v4: one position item for every piece, gross prices in euros."""

import re
import uuid
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

import pycountry

from services.sandbox.merchant import Address, Basket, Item
from services.sandbox.otto.goods import sku_of
from services.sandbox.otto.times import shown

CENT, ZERO = Decimal("0.01"), Decimal(0)
PAYMENTS = {
    "paypal": "PAYPAL", "stripe": "CREDIT_CARD", "cod": "INVOICE_SINGLE", "bacs": "PREPAYMENT", "gift_card": "PAYPAL",
    "cash": "PAYPAL", "": "INVOICE_SINGLE",
}  # fmt: skip
ACCOUNT = Address("Erika", "Mustermann", "Werner-Otto-Straße 1", "22179", "Hamburg")
"""Who ordered, where a basket does not say: nobody orders without an account, and an account has an address."""
_NUMBER_LAST = re.compile(r"^(.*?)\s+(\d.*)$")


@dataclass(frozen=True)
class Placed:
    """An order with the position items of each basket line, and what the seller is promised for it."""

    body: dict[str, Any]
    lines: tuple[tuple[str, ...], ...]
    total: Decimal


def money(amount: Decimal) -> dict[str, Any]:
    return {"amount": float(amount), "currency": "EUR"}


def order(basket: Basket, number: int, new_id: Callable[[], str]) -> Placed:
    """What the customer bought. OTTO sells goods: a tip or a fee for a way of payment does not exist there."""
    bought = [_as_sold(item, basket) for item in basket.items if item.kind != "tip"]
    discounts = _shares(basket, bought)
    lines, positions, total = [], [], ZERO
    for item, discount in zip(bought, discounts, strict=True):
        ids = []
        for share in _split(discount, item.quantity):
            position = _position(item, share, new_id())
            ids.append(position["positionItemId"])
            positions.append(position)
            total += item.unit_price - share
        lines.append(tuple(ids))
    ids = [one["positionItemId"] for one in positions]
    announced = not basket.paid and basket.payment_method == "bacs"
    at = shown(basket.placed_at)
    body: dict[str, Any] = {
        "salesOrderId": new_id(),
        "orderNumber": _number(number),
        "orderDate": at,
        "lastModifiedDate": at,
        "orderLifecycleInformation": {"lifecycleChangeDate": at},
        "payment": {"paymentMethod": PAYMENTS.get(basket.payment_method, "INVOICE_SINGLE")},
        "positionItems": positions,
        "initialDeliveryFees": [],
        "initialDiscounts": [],
        "links": [],
    }
    body["links"].append({"rel": "self", "href": f"/v4/orders/{body['salesOrderId']}"})
    highest = max((one["product"]["vatRate"] for one in positions), default=0.0)
    if basket.shipping_cost:
        fee = {"name": "DELIVERY_FEE_STANDARD", "deliveryFeeAmount": money(basket.shipping_cost)}
        body["initialDeliveryFees"].append(fee | {"vatRate": highest, "positionItemIds": ids})
        total += basket.shipping_cost
    if off := sum(discounts, ZERO):
        name = (basket.coupon or basket.negative_fee or ("Aktion", ZERO))[0]
        found = {"name": "PARTNER_DISCOUNT", "discountId": f"D-{number}", "discountName": name}
        body["initialDiscounts"].append(
            found | {"discountAmount": money(off), "vatRate": highest, "positionItemIds": ids}
        )
    if not announced:
        release(body, basket, at)
    return Placed(_broken(body, basket), tuple(lines), total)


def release(body: dict[str, Any], basket: Basket, at: str) -> None:
    """The customer may no longer step back, or has paid in advance: the seller may ship, and is told where to."""
    billing = basket.billing or basket.shipping or ACCOUNT
    body["invoiceAddress"] = _address(billing) | {
        "email": f"{zlib.crc32(basket.email.encode()):08x}.kunde@example.invalid"
    }
    body["deliveryAddress"] = _address(basket.shipping or billing)
    for position in body["positionItems"]:
        if position["fulfillmentStatus"] == "ANNOUNCED":
            position |= {"fulfillmentStatus": "PROCESSABLE", "processableDate": at}
            position["expectedDeliveryDate"] = shown(basket.placed_at + timedelta(days=4))


def _as_sold(item: Item, basket: Basket) -> Item:
    """Whatever the seller calculates with, OTTO's customers see and pay prices with tax."""
    if not basket.net_prices:
        return item
    return replace(item, unit_price=(item.unit_price * (1 + item.tax_rate)).quantize(CENT, ROUND_HALF_UP))


def _shares(basket: Basket, bought: list[Item]) -> list[Decimal]:
    """What comes off each line: its own discount and its part of a voucher, in whole cents."""
    voucher = (basket.coupon[1] if basket.coupon else ZERO) + (basket.negative_fee[1] if basket.negative_fee else ZERO)
    own = [item.discount for item in bought]
    worth = [item.unit_price * item.quantity - item.discount for item in bought]
    if not voucher:
        return own
    parts = [(voucher * one / sum(worth, ZERO)).quantize(CENT, ROUND_DOWN) for one in worth]
    parts[worth.index(max(worth))] += voucher - sum(parts, ZERO)
    return [mine + part for mine, part in zip(own, parts, strict=True)]


def _split(discount: Decimal, pieces: int) -> list[Decimal]:
    """A line's discount over its pieces; the cents that are left over go to the first."""
    each = (discount / pieces).quantize(CENT, ROUND_DOWN)
    return [each + discount - each * pieces, *[each] * (pieces - 1)]


def _position(item: Item, discount: Decimal, id: str) -> dict[str, Any]:
    product = {
        "sku": sku_of(item.sku, item.title),
        "articleNumber": f"S0{zlib.crc32(item.title.encode()) % 10**8:08d}",
        "productTitle": item.title,
        "vatRate": float(item.tax_rate * 100),
        "dimensions": [{"type": "OTHER", "displayName": name, "value": value} for name, value in item.properties],
    }
    position: dict[str, Any] = {
        "positionItemId": id,
        "fulfillmentStatus": "ANNOUNCED",
        "itemValueGrossPrice": money(item.unit_price),
        "product": product,
    }
    if discount:
        position["itemValueDiscount"] = money(discount)
        position["itemValueReducedGrossPrice"] = money(item.unit_price - discount)
    return position


def _address(address: Address) -> dict[str, Any]:
    """There is no field for a company; it stands beside the name where the customer could write it."""
    found = _NUMBER_LAST.match(address.street)
    street, house = (found[1], found[2]) if found else (address.street, "")
    country = pycountry.countries.get(alpha_2=address.country)
    shown_address = {
        "salutation": "COMPANY" if address.company else "UNKNOWN",
        "firstName": address.first_name,
        "lastName": address.last_name,
        "street": street,
        "houseNumber": house,
        "zipCode": address.postcode,
        "city": address.city,
        "countryCode": country.alpha_3 if country else "",
    }
    return shown_address | ({"addition": address.company} if address.company else {})


def _number(number: int) -> str:
    """Ten letters and digits."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    for _ in range(6):
        number, rest = divmod(number, 36)
        text = digits[rest] + text
    return f"bu5x{text}"


def new_ids(name: str) -> Callable[[], str]:
    """The same ids on every start, so that another start shows the very same orders."""
    counted = iter(range(1, 1 << 62))
    return lambda: str(uuid.uuid5(uuid.NAMESPACE_URL, f"{name}/{next(counted)}"))


def _broken(body: dict[str, Any], basket: Basket) -> dict[str, Any]:
    """Applies the basket's defect. An order states no total, so a wrong one does not exist."""
    first = body["positionItems"][0]
    if basket.defect == "unknown_status":
        first["fulfillmentStatus"] = "IN_CLARIFICATION"
    elif basket.defect == "wrong_type":
        first["itemValueGrossPrice"]["amount"] = [first["itemValueGrossPrice"]["amount"]]
    elif basket.defect == "absurd_total":
        first["itemValueGrossPrice"]["amount"] = 1e25
    return body
