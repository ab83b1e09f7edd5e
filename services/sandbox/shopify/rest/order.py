"""An order, as a webhook shows it."""

from typing import Any

from services.sandbox.shopify.identity import number_of
from services.sandbox.shopify.rest import line, refund, sending
from services.sandbox.shopify.rest.words import amounts, both, ids, plain, taxes

Record = dict[str, Any]


def _address(address: Record | None) -> Record | None:
    if address is None:
        return None
    names = {
        "first_name": "firstName",
        "last_name": "lastName",
        "name": "name",
        "company": "company",
        "address1": "address1",
        "address2": "address2",
        "zip": "zip",
        "city": "city",
        "province": "province",
        "province_code": "provinceCode",
        "country": "country",
        "country_code": "countryCodeV2",
        "phone": "phone",
        "latitude": "latitude",
        "longitude": "longitude",
    }
    return {ours: address[theirs] for ours, theirs in names.items()}


def _shipping(line: Record) -> Record:
    return {
        "id": number_of(line["id"]),
        "title": line["title"],
        "code": line["code"],
        "source": line["source"],
        "carrier_identifier": line["carrierIdentifier"],
        "is_removed": line["isRemoved"],
        **both("price", line["originalPriceSet"]),
        **both("discounted_price", line["discountedPriceSet"]),
        "tax_lines": taxes(line["taxLines"]),
        "discount_allocations": [],
    }


def _customer(customer: Record | None) -> Record | None:
    if customer is None:
        return None
    return ids(customer) | {
        "email": customer["email"],
        "first_name": customer["firstName"],
        "last_name": customer["lastName"],
        "phone": customer["phone"],
        "state": customer["state"].lower(),
        "tax_exempt": customer["taxExempt"],
        "verified_email": customer["verifiedEmail"],
    }


_FULFILMENT_WORDS = {"FULFILLED": "fulfilled", "PARTIALLY_FULFILLED": "partial", "RESTOCKED": "restocked"}


def body(record: Record) -> Record:
    head = ids(record) | {
        "name": record["name"],
        "number": record["number"],
        "order_number": record["number"],
        "confirmation_number": record["confirmationNumber"],
        "created_at": record["createdAt"],
        "processed_at": record["processedAt"],
        "updated_at": record["updatedAt"],
        "cancelled_at": record["cancelledAt"],
        "cancel_reason": record["cancelReason"].lower() if record["cancelReason"] else None,
        "closed_at": record["closedAt"],
        "confirmed": record["confirmed"],
        "test": record["test"],
        "source_name": record["sourceName"],
        "email": record["email"] or "",
        "contact_email": record["email"],
        "phone": record["phone"],
        "note": record["note"],
        "note_attributes": [],
        "tags": ", ".join(record["tags"]),
        "po_number": record["poNumber"],
        "customer_locale": record["customerLocale"],
        "order_status_url": record["statusPageUrl"],
        "currency": record["currencyCode"],
        "presentment_currency": record["presentmentCurrencyCode"],
        "taxes_included": record["taxesIncluded"],
        "tax_exempt": record["taxExempt"],
        "estimated_taxes": False,
        "financial_status": (record["displayFinancialStatus"] or "pending").lower(),
        "fulfillment_status": _FULFILMENT_WORDS.get(record["displayFulfillmentStatus"]),
        "payment_gateway_names": record["paymentGatewayNames"],
        "location_id": number_of(record["retailLocation"]["id"]) if record["retailLocation"] else None,
    }
    money = {
        **both("total_price", record["totalPriceSet"]),
        **both("subtotal_price", record["subtotalPriceSet"]),
        **both("total_tax", record["totalTaxSet"]),
        **both("total_discounts", record["totalDiscountsSet"]),
        **both("current_total_price", record["currentTotalPriceSet"]),
        **both("current_subtotal_price", record["currentSubtotalPriceSet"]),
        **both("current_total_tax", record["currentTotalTaxSet"]),
        "total_shipping_price_set": amounts(record["totalShippingPriceSet"]),
        "total_outstanding": plain(record["totalOutstandingSet"]),
        "total_tip_received": plain(record["totalTipReceivedSet"]),
    }
    return (
        head
        | money
        | {
            "customer": _customer(record["customer"]),
            "billing_address": _address(record["billingAddress"]),
            "shipping_address": _address(record["shippingAddress"]),
            "discount_codes": [{"code": code, "type": "fixed_amount"} for code in record["discountCodes"]],
            "line_items": [line.body(row) for row in record["lineItems"]],
            "shipping_lines": [_shipping(line) for line in record["shippingLines"]],
            "tax_lines": taxes(record["taxLines"]),
            "fulfillments": [sending.fulfilment(row) for row in record["fulfillments"]],
            "refunds": [refund.body(row) for row in record["refunds"]],
        }
    )
