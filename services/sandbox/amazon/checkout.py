"""Turns a basket into an order of Orders 2026-01-01. Every sum of an item follows from its breakdowns.

How tax stands in them differs by marketplace and buyer, so the shop has it as it was opened: `inside` the parts and
told beside them, `on_top` of net parts, or `none` told at all.
"""

import zlib
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from services.sandbox.amazon.markets import Market
from services.sandbox.amazon.times import shown
from services.sandbox.merchant import Address, Basket, Item

CENT, ZERO = Decimal("0.01"), Decimal(0)
ACCOUNT = Address("Erika", "Mustermann", "Marcel-Breuer-Straße 12", "80807", "München")
"""Who ordered, where a basket does not say."""
Parts = dict[str, Decimal]


@dataclass(frozen=True)
class Sold:
    """One line with what the customer pays for each part of it, tax included."""

    item: Item
    sku: str
    parts: Parts
    discount: Decimal


def sku_of(sku: str | None, title: str) -> str:
    """Nothing can be listed without a SKU: where the seller has none, Amazon makes one up."""
    return sku or f"{zlib.crc32(title.encode()) % 36**3:03d}-AMZN-{zlib.crc32(title.encode()) % 10**4:04d}"


def money(amount: Decimal, currency: str) -> dict[str, str]:
    return {"amount": f"{amount:.2f}", "currencyCode": currency}


def order(basket: Basket, id: str, market: Market, tax: str, *, personal: bool) -> dict[str, Any]:
    """An order that waits for its payment shows neither prices nor addresses."""
    pending = not basket.paid and basket.payment_method == "bacs"
    by_amazon = basket.pos
    at = shown(basket.placed_at)
    body: dict[str, Any] = {
        "orderId": id,
        "createdTime": at,
        "lastUpdatedTime": at,
        "programs": ["AMAZON_BUSINESS"] if _business(basket) else [],
        "salesChannel": {
            "channelName": "AMAZON",
            "marketplaceId": market.id,
            "marketplaceName": market.domain.removeprefix("www.").capitalize(),
        },
        "fulfillment": {
            "fulfillmentStatus": "PENDING",
            "fulfilledBy": "AMAZON" if by_amazon else "MERCHANT",
            "fulfillmentServiceLevel": "STANDARD",
            "shipByWindow": _window(basket, 0, 2),
            "deliverByWindow": _window(basket, 3, 6),
        },
        "orderItems": [_item(id, place, item, at_once=by_amazon) for place, item in enumerate(_goods(basket))],
    }
    if not pending:
        release(body, basket, market, tax, personal=personal)
        if by_amazon:
            body["fulfillment"]["fulfillmentStatus"] = "SHIPPED"
    return _broken(body, basket)


def release(body: dict[str, Any], basket: Basket, market: Market, tax: str, *, personal: bool) -> None:
    """It is paid: what it costs and where it goes may be known from now on."""
    body["fulfillment"]["fulfillmentStatus"] = "UNSHIPPED"
    for row, one in zip(body["orderItems"], sold(basket), strict=True):
        row["proceeds"] = proceeds(one, market.currency, tax, free=basket.tax_free)
        row["product"]["price"] = {"unitPrice": money(_unit_price(one, tax), market.currency)}
    total = sum_up(body, basket, market.currency)
    method = "CashOnDelivery" if basket.payment_method == "cod" else "Standard"
    body["payment"] = {"paymentExecutions": [{"paymentMethod": method, "paymentAmount": money(total, market.currency)}]}
    if personal:
        _people(body, basket)


def sum_up(body: dict[str, Any], basket: Basket, currency: str) -> Decimal:
    """What the whole order comes to, a tip for the driver among it."""
    sums: Parts = {}
    total = ZERO
    for row in body["orderItems"]:
        total += Decimal(row["proceeds"]["proceedsTotal"]["amount"])
        for part in row["proceeds"]["breakdowns"]:
            sums[part["type"]] = sums.get(part["type"], ZERO) + Decimal(part["subtotal"]["amount"])
    breakdowns: list[dict[str, Any]] = [
        {"type": name, "subtotal": money(worth, currency)} for name, worth in sums.items()
    ]
    if tip := sum((item.unit_price * item.quantity for item in basket.items if item.kind == "tip"), ZERO):
        breakdowns.append({"type": "DELIVERY_TIP", "status": "FINALIZED", "subtotal": money(tip, currency)})
        total += tip
    body["proceeds"] = {"grandTotal": money(total, currency), "breakdowns": breakdowns}
    return total


def proceeds(sold: Sold, currency: str, tax: str, *, free: bool = False) -> dict[str, Any]:
    """Parts, discount, tax and their sum."""
    rate = ZERO if free or tax == "none" else sold.item.tax_rate
    taxes = {name: _tax_in(worth, rate) for name, worth in sold.parts.items()}
    off = _tax_in(sold.discount, rate)
    if off:
        taxes["DISCOUNT"] = -off
    net = tax == "on_top"
    rows: list[dict[str, Any]] = [
        {"type": name, "subtotal": money(worth - taxes[name] if net else worth, currency)}
        for name, worth in sold.parts.items()
        if worth or name == "ITEM"
    ]
    if sold.discount:
        worth = sold.discount - off if net else sold.discount
        # Nobody says whether a discount is written with a sign.
        rows.append({"type": "DISCOUNT", "subtotal": money(worth if net else -worth, currency)})
    if rate:
        details = [{"subtype": name, "value": money(one, currency)} for name, one in taxes.items() if one]
        subtotal = money(sum(taxes.values(), ZERO), currency)
        rows.append({"type": "TAX", "subtotal": subtotal, "detailedBreakdowns": details})
    total = sum(sold.parts.values(), ZERO) - sold.discount
    return {"proceedsTotal": money(total, currency), "breakdowns": rows}


def _unit_price(one: Sold, tax: str) -> Decimal:
    each = one.parts["ITEM"] / one.item.quantity
    return each - _tax_in(each, one.item.tax_rate) if tax == "on_top" else each


def _tax_in(gross: Decimal, rate: Decimal) -> Decimal:
    return (gross * rate / (1 + rate)).quantize(CENT, ROUND_HALF_UP)


def _goods(basket: Basket) -> list[Item]:
    return [item for item in basket.items if item.kind != "tip"]


def sold(basket: Basket) -> list[Sold]:
    """Shipping and vouchers are spread over the items, in whole cents."""
    goods = _goods(basket)
    prices = [
        (item.unit_price * (1 + item.tax_rate)).quantize(CENT, ROUND_HALF_UP) if basket.net_prices else item.unit_price
        for item in goods
    ]
    worth = [price * item.quantity for price, item in zip(prices, goods, strict=True)]
    shipping = _spread(basket.shipping_cost, worth)
    voucher = (basket.coupon[1] if basket.coupon else ZERO) + (basket.negative_fee[1] if basket.negative_fee else ZERO)
    off = _spread(voucher, worth)
    fee = basket.fee[1] if basket.fee else ZERO
    return [
        Sold(
            item,
            sku_of(item.sku, item.title),
            {"ITEM": worth[place], "SHIPPING": shipping[place], "COD_FEE": ZERO if place else fee},
            off[place] + item.discount,
        )
        for place, item in enumerate(goods)
    ]


def _spread(amount: Decimal, worth: list[Decimal]) -> list[Decimal]:
    whole = sum(worth, ZERO)
    if not whole:
        return [amount, *[ZERO] * (len(worth) - 1)]
    parts = [(amount * one / whole).quantize(CENT, ROUND_DOWN) for one in worth]
    parts[worth.index(max(worth))] += amount - sum(parts, ZERO)
    return parts


def _item(id: str, place: int, item: Item, *, at_once: bool) -> dict[str, Any]:
    """Ids of items begin with zeros, so nobody may read them as numbers."""
    sku = sku_of(item.sku, item.title)
    row: dict[str, Any] = {
        "orderItemId": f"0{zlib.crc32(f'{id}/{place}'.encode()):010d}{place:03d}",
        "quantityOrdered": item.quantity,
        "product": {"asin": f"B0{zlib.crc32(sku.encode()):08X}", "title": item.title, "sellerSku": sku},
        "fulfillment": {
            "quantityFulfilled": item.quantity if at_once else 0,
            "quantityUnfulfilled": 0 if at_once else item.quantity,
        },
    }
    if wish := "; ".join(f"{name}: {value}" for name, value in item.properties if name[0] != "_"):
        row["fulfillment"]["packing"] = {"giftOption": {"giftMessage": wish}}
    return row


def _business(basket: Basket) -> bool:
    return bool(basket.billing and basket.shipping and basket.billing != basket.shipping)


def _people(body: dict[str, Any], basket: Basket) -> None:
    """Amazon tells where goods go. Who pays, it tells only of companies, with their tax registration."""
    where = basket.shipping or basket.billing or ACCOUNT
    by_amazon = body["fulfillment"]["fulfilledBy"] == "AMAZON"
    body["recipient"] = {"deliveryAddress": _address(where) | ({} if by_amazon else {"phone": where.phone})}
    payer = basket.billing or where
    body["buyer"] = {"buyerName": f"{payer.first_name} {payer.last_name}"}
    if not by_amazon:
        body["buyer"]["buyerEmail"] = f"{zlib.crc32(basket.email.encode()):08x}@marketplace.amazon.example"
    if payer.company:
        body["buyer"]["buyerCompanyName"] = payer.company
    if _business(basket):
        registration = {
            "entityType": "BUYER",
            "legalName": payer.company or f"{payer.first_name} {payer.last_name}",
            "taxRegistrationType": "VAT",
            "taxRegistrationNumber": f"DE{zlib.crc32(payer.last_name.encode()) % 10**9:09d}",
            "taxRegistrationAddress": _address(payer),
        }
        body["tax"] = {"taxRegistrations": [registration]}


def _address(address: Address) -> dict[str, str]:
    """What is not there may be an empty text."""
    return {
        "name": f"{address.first_name} {address.last_name}",
        "companyName": address.company,
        "addressLine1": address.street,
        "addressLine2": "",
        "city": address.city,
        "postalCode": address.postcode,
        "countryCode": address.country,
        "addressType": "COMMERCIAL" if address.company else "RESIDENTIAL",
    }


def _window(basket: Basket, first: int, last: int) -> dict[str, str]:
    days = (basket.placed_at + timedelta(days=first), basket.placed_at + timedelta(days=last))
    return {"earliestDateTime": shown(days[0]), "latestDateTime": shown(days[1])}


def _broken(body: dict[str, Any], basket: Basket) -> dict[str, Any]:
    """Applies the basket's defect."""
    if basket.defect == "unknown_status":
        body["fulfillment"]["fulfillmentStatus"] = "IN_REVIEW"
        return body
    stated = body.get("proceeds", {}).get("grandTotal", {})
    match basket.defect:
        case "wrong_type":
            stated["amount"] = [stated["amount"]]
        case "absurd_total":
            stated["amount"] = "1" + "0" * 25
        case "total_off_by_one_cent":
            stated["amount"] = f"{Decimal(stated['amount']) + CENT:.2f}"
        case "total_wrong":
            stated["amount"] = f"{Decimal(stated['amount']) + 5:.2f}"
    return body
