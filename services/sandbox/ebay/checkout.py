"""Turns a basket into an order: lines cost what all their pieces cost, discounts are below nought, VAT is inside."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from services.sandbox.ebay.values import amount, milli, shown
from services.sandbox.merchant import Address, Basket, Item

ACCOUNT = Address("Erika", "Mustermann", "Rötelstraße 35", "74172", "Neckarsulm")
"""Who ordered, where a basket does not say: nobody buys without an account, and an account has an address."""
CENT = Decimal("0.01")
HUB = Address("Global", "Shipping", "Zum Umschlag 1", "06184", "Kabelsketal", company="International Hub")


@dataclass(frozen=True)
class Way:
    """What is particular about how an order came about. `collected` is a tax that eBay takes from the buyer and pays
    itself: its name at eBay, rate and reference."""

    marketplace: str = "EBAY_DE"
    collected: tuple[str, Decimal, str, str] | None = None
    hub: bool = False
    fulfilled_by_ebay: bool = False
    without_sku: bool = False


@dataclass
class Placed:
    """An order as it was made. `skus` is what each line takes from stock; `collected` what the buyer paid besides."""

    body: dict[str, Any]
    skus: dict[str, str | None]
    lines: tuple[str, ...]
    total: Decimal
    currency: str
    collected: Decimal = Decimal(0)
    username: str = ""


def order(
    basket: Basket, number: int, way: Way, listing: Callable[[str | None, str], str], ids: Iterator[int]
) -> Placed:
    """What the buyer bought. Only goods are sold there: a tip, or a fee for a way of payment, does not exist."""
    bought = [item for item in basket.items if item.kind != "tip"]
    at, currency = milli(basket.placed_at), "EUR"
    seen = basket.presentment
    money = _money(currency, seen)
    rate = seen[1] if seen else Decimal(1)
    lines, skus, sums = [], {}, []
    offs = _discounts(basket, bought, rate)
    collected = Decimal(0)
    for place, (item, off) in enumerate(zip(bought, offs, strict=True)):
        cost = _cost(basket, item, rate)
        shipping = _each(basket.shipping_cost, rate) if place == 0 else Decimal(0)
        tax = (way.collected[1] * (cost - off + shipping)).quantize(CENT) if way.collected else Decimal(0)
        id = str(next(ids))
        line = _line(item, id, cost, off, shipping, money, listing, way, at)
        if way.collected:
            _collect(line, way.collected, tax, money)
        lines.append(line)
        skus[id] = None if way.without_sku else item.sku or None
        sums.append((cost, off, shipping))
        collected += tax
    cost, off, shipping = (sum((row[i] for row in sums), Decimal(0)) for i in range(3))
    total = cost - off + shipping
    pricing = {"priceSubtotal": money(cost), "deliveryCost": money(shipping), "total": money(total)}
    if off:
        pricing["priceDiscount"] = money(-off)
    name = f"{12 + number % 7:02d}-{10000 + number // 89000:05d}-{10000 + number:05d}"
    billing = basket.billing or basket.shipping or ACCOUNT
    username = (basket.email or "erika@example.test").split("@")[0]
    body: dict[str, Any] = {
        "orderId": name,
        "legacyOrderId": f"{220_000_000_000 + number}-{2_000_000_000 + number}",
        "creationDate": shown(at),
        "lastModifiedDate": shown(at),
        "orderFulfillmentStatus": "NOT_STARTED",
        "orderPaymentStatus": "PAID" if basket.paid else "PENDING",
        "sellerId": "kramladen",
        "salesRecordReference": str(1000 + number),
        "buyer": _buyer(basket, billing, username),
        "pricingSummary": pricing,
        "cancelStatus": {"cancelState": "NONE_REQUESTED", "cancelRequests": []},
        "paymentSummary": {
            "totalDueSeller": amount(total / rate * Decimal("0.9"), currency),
            "payments": [_payment(basket, money(total), number, at)],
            "refunds": [],
        },
        "fulfillmentStartInstructions": [_instruction(basket, way, billing)],
        "fulfillmentHrefs": [],
        "lineItems": lines,
        "totalMarketplaceFee": money(total * Decimal("0.1")),
    }
    if basket.note:
        body["buyerCheckoutNotes"] = basket.note
    if way.collected:
        body["ebayCollectAndRemitTax"] = True
    stated = total + {"total_off_by_one_cent": CENT, "total_wrong": Decimal(5)}.get(basket.defect, Decimal(0))
    pricing["total"] = money(stated)
    return Placed(
        _broken(body, basket), skus, tuple(skus), stated, seen[0] if seen else currency, collected, username,
    )  # fmt: skip


def _money(currency: str, seen: tuple[str, Decimal] | None) -> Callable[[Decimal], dict[str, Any]]:
    return lambda value: amount(value, currency, seen)


def _each(value: Decimal, rate: Decimal) -> Decimal:
    return (value * rate).quantize(CENT)


def _cost(basket: Basket, item: Item, rate: Decimal) -> Decimal:
    gross = item.unit_price * (1 + item.tax_rate) if basket.net_prices else item.unit_price
    return _each(gross, rate) * item.quantity


def _discounts(basket: Basket, bought: list[Item], rate: Decimal) -> list[Decimal]:
    """A voucher of the seller's is spread over all lines; the cents that are left over go to the dearest one."""
    costs = [_cost(basket, item, rate) for item in bought]
    offs = [_each(item.discount, rate) for item in bought]
    voucher = sum((_each(one[1], rate) for one in (basket.coupon, basket.negative_fee) if one), Decimal(0))
    if voucher:
        parts = [(voucher * cost / sum(costs)).quantize(CENT) for cost in costs]
        parts[costs.index(max(costs))] += voucher - sum(parts)
        offs = [off + part for off, part in zip(offs, parts, strict=True)]
    return offs


def _line(
    item: Item, id: str, cost: Decimal, off: Decimal, shipping: Decimal, money: Any, listing: Any, way: Way, at: Any
) -> dict[str, Any]:
    line: dict[str, Any] = {
        "lineItemId": id,
        "legacyItemId": listing(item.sku, item.title),
        "title": item.title,
        "quantity": item.quantity,
        "soldFormat": "FIXED_PRICE",
        "listingMarketplaceId": way.marketplace,
        "purchaseMarketplaceId": way.marketplace,
        "lineItemFulfillmentStatus": "NOT_STARTED",
        "lineItemCost": money(cost),
        "deliveryCost": {"shippingCost": money(shipping)},
        "taxes": [],
        "total": money(cost - off + shipping),
        "refunds": [],
        "lineItemFulfillmentInstructions": {"shipByDate": shown(at + timedelta(days=2)), "guaranteedDelivery": False},
        "properties": {"buyerProtection": True},
    }
    if item.sku and not way.without_sku:
        line["sku"] = item.sku
    if off:
        line["discountedLineItemCost"] = money(cost - off)
        line["appliedPromotions"] = [{"description": "Rabatt", "discountAmount": money(off), "promotionId": "500"}]
    return line


def _collect(line: dict[str, Any], collected: tuple[str, Decimal, str, str], tax: Decimal, money: Any) -> None:
    kind, _, name, value = collected
    reference = {"name": name, "value": value}
    line["ebayCollectAndRemitTaxes"] = [
        {"taxType": kind, "amount": money(tax), "collectionMethod": "NET", "ebayReference": reference}
    ]
    # The very same tax stands there a second time.
    line["taxes"] = [{"taxType": kind, "amount": money(tax)}]


def _payment(basket: Basket, paid: dict[str, Any], number: int, at: Any) -> dict[str, Any]:
    payment = {
        "paymentMethod": "EBAY",
        "paymentReferenceId": f"{9_000_000 + number}",
        "amount": paid,
        "paymentStatus": "PAID" if basket.paid else "PENDING",
    }
    return payment | ({"paymentDate": shown(at)} if basket.paid else {})


def _buyer(basket: Basket, billing: Address, username: str) -> dict[str, Any]:
    return {
        "username": username,
        "taxAddress": {"postalCode": billing.postcode, "city": billing.city, "countryCode": billing.country},
        "buyerRegistrationAddress": _contact(billing) | ({"email": basket.email} if basket.email else {}),
    }


def _contact(address: Address) -> dict[str, Any]:
    contact: dict[str, Any] = {
        "fullName": f"{address.first_name} {address.last_name}",
        "contactAddress": _address(address),
        # Written as an empty object where nobody left a number.
        "primaryPhone": {"phoneNumber": address.phone} if address.phone else {},
    }
    return contact | ({"companyName": address.company} if address.company else {})


def _address(address: Address) -> dict[str, Any]:
    return {
        "addressLine1": address.street,
        "city": address.city,
        "postalCode": address.postcode,
        "countryCode": address.country,
    }


def _instruction(basket: Basket, way: Way, billing: Address) -> dict[str, Any]:
    if way.fulfilled_by_ebay:
        return {"fulfillmentInstructionsType": "FULFILLED_BY_EBAY", "ebaySupportedFulfillment": True}
    if basket.pickup:
        counter = {"merchantLocationKey": "laden-berlin"}
        return {"fulfillmentInstructionsType": "PREPARE_FOR_PICKUP", "pickupStep": counter}
    if all(item.kind in ("digital", "gift_card") for item in basket.items):
        return {"fulfillmentInstructionsType": "DIGITAL", "ebaySupportedFulfillment": False}
    goal = basket.shipping or billing
    step: dict[str, Any] = {
        "shipTo": _contact(goal),
        "shippingCarrierCode": "DHL",
        "shippingServiceCode": "DE_DHLPaket",
    }
    found: dict[str, Any] = {
        "fulfillmentInstructionsType": "SHIP_TO",
        "ebaySupportedFulfillment": way.hub,
        "shippingStep": step,
        "minEstimatedDeliveryDate": shown(basket.placed_at + timedelta(days=2)),
        "maxEstimatedDeliveryDate": shown(basket.placed_at + timedelta(days=4)),
    }
    if way.hub:
        found["shippingStep"] = step | {"shipTo": _contact(HUB), "shipToReferenceId": "ABC1234567890"}
        found["finalDestinationAddress"] = _address(goal)
    return found


def _broken(body: dict[str, Any], basket: Basket) -> dict[str, Any]:
    first = body["lineItems"][0]
    if basket.defect == "unknown_status":
        body["orderPaymentStatus"] = "UNDER_REVIEW"
    elif basket.defect == "wrong_type":
        first["quantity"] = [first["quantity"]]
    elif basket.defect == "absurd_total":
        first["lineItemCost"]["value"] = "1" + "0" * 23
    return body
