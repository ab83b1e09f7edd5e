"""Turns a basket into an order as the operator hands it to the shop."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pycountry

from services.sandbox.merchant import Address, Basket, Item
from services.sandbox.mirakl.amounts import CENT, ZERO, cents, priced, spread
from services.sandbox.mirakl.offers import NUMBERLESS, Offers
from services.sandbox.mirakl.options import Options
from services.sandbox.mirakl.times import milliseconds, seconds

HOUSE = Address("Empfang", "Kramladen", "Marktplatz 1", "10178", "Berlin", company="Kramladen GmbH")
"""Who buys at the counter: Mirakl knows no counter, so the house itself is the customer."""
PAYMENTS = {"paypal": "PayPal", "stripe": "Kreditkarte", "bacs": "Rechnung", "cod": "Nachnahme", "cash": "Bar"}
WORKFLOWS = {"bacs": "PAY_ON_DUE_DATE", "cod": "PAY_ON_DELIVERY"}
COMMISSION = Decimal("0.12")


def order(basket: Basket, number: int, offers: Offers, options: Options) -> dict[str, Any]:
    """The order with all its lines in SHIPPING, that is accepted and, where the customer pays first, debited."""
    mode = "TAX_EXCLUDED" if basket.net_prices or basket.tax_free else options.tax_mode
    order_id = f"C{number}-A"
    placed = basket.placed_at.replace(microsecond=0)
    lines = _lines(basket, order_id, mode, offers)
    billing = basket.billing or (HOUSE if basket.pos else None)
    paid_first = basket.payment_method not in WORKFLOWS
    person = billing or basket.shipping or HOUSE
    body: dict[str, Any] = {
        "order_id": order_id,
        "commercial_id": f"C{number}",
        "references": {"order_reference_for_customer": None, "order_reference_for_seller": None},
        "created_date": seconds(placed),
        "last_updated_date": milliseconds(placed),
        "acceptance_decision_date": milliseconds(placed),
        "shipping_deadline": milliseconds(placed + timedelta(days=3)),
        "order_state": "SHIPPING",
        "order_state_reason_code": None,
        "order_state_reason_label": None,
        "can_cancel": True,
        "can_shop_ship": True,
        "has_customer_message": False,
        "has_incident": False,
        "has_invoice": False,
        "fully_refunded": False,
        "channel": {"code": "DE", "label": "Marktplatz Deutschland"},
        "currency_iso_code": basket.currency,
        "customer": {
            "customer_id": basket.email or f"guest-{number}",
            "civility": None,
            "firstname": person.first_name,
            "lastname": person.last_name,
            "locale": basket.locale,
            "billing_address": _address(billing),
            "shipping_address": _address(basket.shipping or billing) | {"additional_info": basket.note or None},
        },
        "customer_debited_date": milliseconds(placed + timedelta(minutes=1)) if basket.paid and paid_first else None,
        "customer_directly_pays_seller": False,
        "customer_notification_email": f"notification+{number}@notification.example",
        "fulfillment": {"center": {"code": "DEFAULT"}},
        "leadtime_to_ship": 2,
        "order_tax_mode": mode,
        "payment_type": PAYMENTS.get(basket.payment_method),
        "paymentType": PAYMENTS.get(basket.payment_method) or "",
        "payment_workflow": WORKFLOWS.get(basket.payment_method, "PAY_ON_ACCEPTANCE"),
        "payment_duration": 14 if basket.payment_method == "bacs" else None,
        "price": sum((line["price"] for line in lines), ZERO),
        "shipping_price": sum((line["shipping_price"] for line in lines), ZERO),
        "total_price": sum((line["total_price"] for line in lines), ZERO),
        "total_commission": sum((line["total_commission"] for line in lines), ZERO),
        "promotions": {"applied_promotions": [], "total_deduced_amount": ZERO},
        "shipping_carrier_code": None,
        "shipping_company": None,
        "shipping_tracking": None,
        "shipping_tracking_url": None,
        "shipping_type_code": "STD",
        "shipping_type_label": basket.shipping_method or "Standard",
        "shipping_type_standard_code": "CUSTOM",
        "shipping_zone_code": "DE",
        "shipping_zone_label": "Deutschland",
        "order_additional_fields": [],
        "order_lines": lines,
    }
    return _broken(body, basket)


def _lines(basket: Basket, order_id: str, mode: str, offers: Offers) -> list[dict[str, Any]]:
    """Discounts are promotions that the operator spread over the lines, shipping is split by value, fees stand at the
    first line."""
    given = "net" if basket.net_prices else "untaxed" if basket.tax_free else "gross"
    sold = [item for item in basket.items if item.kind != "tip"]
    full = [item.unit_price * item.quantity for item in sold]
    off = (basket.coupon[1] if basket.coupon else ZERO) + (basket.negative_fee[1] if basket.negative_fee else ZERO)
    own = [amount - item.discount for amount, item in zip(full, sold, strict=True)]
    promoted = [item.discount + part for item, part in zip(sold, spread(off, own), strict=True)]
    freight = spread(basket.shipping_cost, own)
    fees = [("TIP", item.unit_price * item.quantity) for item in basket.items if item.kind == "tip"]
    fees += [("CASH_ON_DELIVERY", basket.fee[1])] if basket.fee else []
    lines = []
    for index, item in enumerate(sold):
        before = priced(full[index], item.tax_rate, mode, given)
        goods = priced(full[index] - promoted[index], item.tax_rate, mode, given)
        shipping = priced(freight[index], item.tax_rate, mode, given)
        here = fees if index == 0 else []
        extra = sum((amount for _, amount in here), ZERO)
        line = _line(item, f"{order_id}-{index + 1}", index + 1, offers)
        line |= {
            "created_date": seconds(basket.placed_at),
            "last_updated_date": seconds(basket.placed_at),
            "price": goods.amount,
            "price_unit": _unit(goods.amount, item.quantity),
            "origin_unit_price": _unit(before.amount, item.quantity),
            "shipping_price": shipping.amount,
            "taxes": goods.taxes(),
            "shipping_taxes": shipping.taxes() if shipping.amount else [],
            "fees": [{"code": code, "amount": amount} for code, amount in here],
            "total_price": goods.amount + shipping.amount + extra,
            "promotions": [_promotion(before.amount - goods.amount)] if promoted[index] else [],
            "commission_fee": cents(goods.amount * COMMISSION),
            "total_commission": cents(goods.amount * COMMISSION),
        }
        lines.append(line)
    return lines


def _unit(amount: Decimal, quantity: int) -> Decimal:
    return (amount / quantity).quantize(Decimal("0.0001"))


def _line(item: Item, id: str, index: int, offers: Offers) -> dict[str, Any]:
    sku = item.sku or NUMBERLESS
    offer = offers.by_sku.get(sku)
    return {
        "order_line_id": id,
        "order_line_index": index,
        "order_line_state": "SHIPPING",
        "order_line_state_reason_code": None,
        "order_line_state_reason_label": None,
        "offer_id": offer.id if offer else 1999,
        "offer_sku": sku,
        "offer_state_code": "11",
        "product_sku": f"MKP{offer.id if offer else 1999:09d}",
        "product_shop_sku": None,
        "product_title": item.title,
        "product_medias": [],
        "category_code": "K1",
        "category_label": "Kramladen",
        "description": None,
        "quantity": item.quantity,
        "can_refund": False,
        "cancelations": [],
        "refunds": [],
        "commission_taxes": [{"amount": ZERO, "code": "TAXZERO", "rate": ZERO}],
        "commission_rate_vat": ZERO,
        "commission_vat": ZERO,
        "debited_date": None,
        "shipped_date": None,
        "received_date": None,
        "order_line_additional_fields": [
            {"code": name, "type": "STRING", "value": value} for name, value in item.properties
        ],
    }


def _promotion(amount: Decimal) -> dict[str, Any]:
    configuration = {"amount_off": amount, "internal_description": "Rabatt", "type": "AMOUNT_OFF"}
    return {"id": "RABATT", "apportioned": True, "configuration": configuration, "deduced_amount": amount}


def _address(address: Address | None) -> dict[str, Any]:
    if address is None:
        return {}
    country = pycountry.countries.get(alpha_2=address.country)
    return {
        "civility": None,
        "firstname": address.first_name,
        "lastname": address.last_name,
        "company": address.company or None,
        "company_2": None,
        "street_1": address.street,
        "street_2": None,
        "zip_code": address.postcode,
        "city": address.city,
        "state": None,
        "country": country.name if country else address.country,
        "country_iso_code": country.alpha_3 if country else "",
        "phone": address.phone or None,
        "phone_secondary": None,
    }


def _broken(body: dict[str, Any], basket: Basket) -> dict[str, Any]:
    """What the customer did not leave is null, and the basket's defect is in the order."""
    for name in ("billing_address", "shipping_address"):
        if "lastname" not in body["customer"][name]:
            body["customer"][name] = None
    match basket.defect:
        case "unknown_status":
            body["order_state"] = "PRINT_CHECK"
        case "wrong_type":
            body["order_lines"][0]["quantity"] = [body["order_lines"][0]["quantity"]]
        case "absurd_total":
            body["total_price"] = Decimal("1E+25")
        case "total_off_by_one_cent":
            body["total_price"] += CENT
        case "total_wrong":
            body["total_price"] += 5
        case _:
            pass
    return body
