"""Turns a basket into an order: one order unit for every piece, whole cents with tax inside."""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pycountry

from services.sandbox.kaufland.goods import currency_of, ean_of, minor, product
from services.sandbox.kaufland.times import second, shown
from services.sandbox.merchant import Address, Basket, Item

ACCOUNT = Address("Erika", "Mustermann", "Rötelstraße 35", "74172", "Neckarsulm")
"""Who ordered, where a basket does not say: nobody orders without an account, and an account has an address."""
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_NUMBER_LAST = re.compile(r"^(.*?)\s+(\d.*)$")


@dataclass(frozen=True)
class Placed:
    """An order as it was made: its body, the units of each basket line, what each unit takes from stock, and what it
    costs (price, shipping) in hundredths."""

    body: dict[str, Any]
    lines: tuple[tuple[int, ...], ...]
    keys: dict[int, str]
    worth: dict[int, tuple[int, int]]
    currency: str


def order(basket: Basket, number: int, storefront: str, new_id: Callable[[], int]) -> Placed:
    """What the customer bought. Only goods are sold there: a tip or a fee for a way of payment does not exist."""
    bought = [item for item in basket.items if item.kind != "tip"]
    currency, at = currency_of(storefront), second(basket.placed_at)
    id_order = _name(number)
    units: list[dict[str, Any]] = []
    lines, keys, worth = [], {}, {}
    for item, prices in zip(bought, _prices(basket, bought, currency), strict=True):
        ids = []
        for price in prices:
            unit = _unit(item, price, new_id(), id_order, storefront, at)
            unit["status"] = "open" if basket.payment_method == "bacs" and not basket.paid else "need_to_be_sent"
            ids.append(unit["id_order_unit"])
            keys[unit["id_order_unit"]] = item.sku or ean_of(None, item.title)
            units.append(unit)
        lines.append(tuple(ids))
    for unit, rate in zip(units, _shipping(minor(basket.shipping_cost, currency), len(units)), strict=True):
        unit["shipping_rate"] = rate
        worth[unit["id_order_unit"]] = unit["price"], rate
    billing = basket.billing or basket.shipping or ACCOUNT
    body: dict[str, Any] = {
        "id_order": id_order,
        "ts_created_iso": shown(at),
        "is_marketplace_deemed_supplier": False,
        "storefront": storefront,
        "fulfillment_type": "fulfilled_by_merchant",
        "order_units": units,
        "billing_address": _address(billing),
        "shipping_address": _address(basket.shipping or billing),
        "buyer": {"id_buyer": zlib.crc32(basket.email.encode()) % 10**8, "email": basket.email or None},
        "delivery": {"pickup_location": _point() if basket.pickup else None},
    }
    return Placed(_broken(body, basket), tuple(lines), keys, worth, currency)


def _prices(basket: Basket, bought: list[Item], currency: str) -> list[list[int]]:
    """The price of every piece of every line, what was taken off already inside."""
    rate = [1 + item.tax_rate if basket.net_prices else Decimal(1) for item in bought]
    each = [minor(item.unit_price * tax, currency) for item, tax in zip(bought, rate, strict=True)]
    off = [minor(item.discount, currency) for item in bought]
    left = [price * item.quantity - less for price, item, less in zip(each, bought, off, strict=True)]
    voucher = sum(minor(one[1], currency) for one in (basket.coupon, basket.negative_fee) if one)
    if voucher:
        parts = [voucher * one // sum(left) for one in left]
        parts[left.index(max(left))] += voucher - sum(parts)
        off = [mine + part for mine, part in zip(off, parts, strict=True)]
    return [_pieces(price, item.quantity, less) for price, item, less in zip(each, bought, off, strict=True)]


def _pieces(price: int, count: int, less: int) -> list[int]:
    """A line's discount over its pieces; the cents that are left over go to the first."""
    share = less // count
    return [price - share - (less - share * count), *[price - share] * (count - 1)]


def _shipping(cost: int, count: int) -> list[int]:
    """The first piece costs most to send, the next a little, all others nothing."""
    if count == 1 or cost <= 100:
        return [cost, *[0] * (count - 1)]
    return [cost - 100, 100, *[0] * (count - 2)]


def _unit(item: Item, price: int, id: int, id_order: str, storefront: str, at: datetime) -> dict[str, Any]:
    return {
        "id_order_unit": id,
        "id_order": id_order,
        "ts_created_iso": shown(at),
        "ts_updated_iso": shown(at),
        "status": "need_to_be_sent",
        "price": price,
        "shipping_rate": 0,
        "revenue_gross": price * 9 // 10,
        "revenue_net": price * 9 // 12,
        "currency": currency_of(storefront),
        "storefront": storefront,
        "vat": float(item.tax_rate * 100),
        "id_offer": item.sku or None,
        "note": None,
        "unit_condition": "new",
        "cancel_reason": None,
        "delivery_time_min": 2,
        "delivery_time_max": 4,
        "delivery_time_expires_iso": shown(at + timedelta(days=4)),
        "order_received_timestamp_iso": None,
        "is_marketplace_deemed_supplier": False,
        # What is no longer in the catalogue has nothing behind it.
        "product": None if item.deleted else product(item.title, ean_of(None, item.title), storefront),
        "tickets": None,
    }


def _address(address: Address) -> dict[str, Any]:
    found = _NUMBER_LAST.match(address.street)
    street, house = (found[1], found[2]) if found else (address.street, "")
    return {
        "first_name": address.first_name,
        "last_name": address.last_name,
        "company_name": address.company or None,
        "street": street,
        "house_number": house,
        "postcode": address.postcode,
        "additional_field": None,
        "city": address.city,
        "phone": address.phone or None,
        "country": address.country,
    }


def three_letters(address: dict[str, Any]) -> dict[str, Any]:
    """The description's own example names a country by three letters."""
    found = pycountry.countries.get(alpha_2=address["country"])
    return address | {"country": found.alpha_3 if found else address["country"]}


def _point() -> dict[str, Any]:
    return {
        "pickup_location_id": "260",
        "provider": "DHL Packstation",
        "carrier": "DHL",
        "services": "PARCEL_PICKUP",
        "dhl_post_number": "987654321",
    }


def _name(number: int) -> str:
    """An M and six letters."""
    text = ""
    for _ in range(6):
        number, rest = divmod(number, len(LETTERS))
        text = LETTERS[rest] + text
    return f"M{text}"


def _broken(body: dict[str, Any], basket: Basket) -> dict[str, Any]:
    """Applies the basket's defect. An order states no total, so a wrong one does not exist."""
    first = body["order_units"][0]
    if basket.defect == "unknown_status":
        first["status"] = "in_clarification"
    elif basket.defect == "wrong_type":
        first["price"] = [first["price"]]
    elif basket.defect == "absurd_total":
        first["price"] = 10**25
    return body
