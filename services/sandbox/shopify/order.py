"""Writes a basket down as an order, in this platform's fields and with its way of counting money."""

import zlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Basket, Item
from services.sandbox.shopify import people, routing
from services.sandbox.shopify.catalogue import Catalogue
from services.sandbox.shopify.identity import Numbers, gid, stamp
from services.sandbox.shopify.money import ZERO, Purse, amount
from services.sandbox.shopify.payments import transactions
from services.sandbox.shopify.people import Customers
from services.sandbox.shopify.pricing import Priced, Pricing, price, rate, spread_taxes, summed, tax_line
from services.sandbox.shopify.settlement import settle

Record = dict[str, Any]


@dataclass
class Writer:
    """Renders orders for one shop."""

    domain: str
    numbers: Numbers
    catalogue: Catalogue
    customers: Customers

    def order(self, basket: Basket, sequence: int, now: datetime) -> Record:
        """The complete order; `sequence` is its running number in the shop."""
        purse = Purse(basket.currency, *(basket.presentment or (basket.currency, Decimal(1))))
        pricing = price(basket, purse)
        number, at = self.numbers.take(), stamp(basket.placed_at)
        order = self._facts(basket, number, sequence, at) | {"_purse": purse, "_tip": pricing.tip}
        bought = [
            (line.item, self._line(line, pricing, basket, purse), self._source(line.item)) for line in pricing.lines
        ]
        order["lineItems"] = [line for _, line, _ in bought]
        order["discountApplications"] = pricing.applications
        order["shippingLines"] = self._shipping(pricing, basket, purse)
        order["additionalFees"] = self._fees(pricing, basket, purse)
        self._totals(order, pricing, purse)
        order["transactions"] = transactions(basket, order["_due"], purse, at, self.numbers)
        order["paymentGatewayNames"] = list(dict.fromkeys(row["gateway"] for row in order["transactions"]))
        for row in order["transactions"]:
            row["order"] = order
        order["fulfillmentOrders"] = routing.route(order, basket, bought, self.catalogue.places[1], now, self.numbers)
        settle(order)
        return order

    def _source(self, item: Item) -> Record:
        variant = self.catalogue.variant(item.sku, item.title)
        return self.catalogue.source(variant)["location"] if variant else self.catalogue.places[0]

    def _facts(self, basket: Basket, number: int, sequence: int, at: str) -> Record:
        token = f"{zlib.crc32(f'{self.domain}/{number}'.encode()):08X}"
        physical = any(item.kind in ("goods", "deposit") for item in basket.items) and not basket.pos
        billing, shipping = (people.address(given, self.numbers) for given in (basket.billing, basket.shipping))
        customer = self.customers.of(basket)
        handle, label = ("pos", "Point of Sale") if basket.pos else ("online_store", "Online Store")
        return {
            "__typename": "Order",
            "id": gid("Order", number),
            "legacyResourceId": str(number),
            "name": basket.number or f"#{sequence}",
            "number": sequence,
            "confirmationNumber": token,
            "createdAt": at,
            "processedAt": at,
            "updatedAt": at,
            "cancelledAt": None,
            "cancelReason": None,
            "cancellation": None,
            "closed": False,
            "closedAt": None,
            "confirmed": True,
            "edited": False,
            "test": basket.test,
            "sourceName": "pos" if basket.pos else "web",
            "sourceIdentifier": None,
            "app": {"id": gid("OrderApp", 580111 if not basket.pos else 129785), "name": label},
            "attribution": {"handle": handle, "displayName": label},
            "retailLocation": self.catalogue.places[1] if basket.pos else None,
            "poNumber": None,
            "note": basket.note or None,
            "tags": [],
            "customAttributes": [],
            "customerLocale": basket.locale,
            "email": basket.email or None,
            "phone": None,
            "statusPageUrl": f"https://{self.domain}/orders/{token.lower()}/authenticate",
            "currencyCode": basket.currency,
            "presentmentCurrencyCode": basket.presentment[0] if basket.presentment else basket.currency,
            "taxesIncluded": not basket.net_prices,
            "taxExempt": basket.tax_free,
            "dutiesIncluded": False,
            "estimatedTaxes": False,
            "returnStatus": "NO_RETURN",
            "customer": customer,
            "purchasingEntity": customer,
            "billingAddress": billing,
            "shippingAddress": shipping,
            "billingAddressMatchesShippingAddress": basket.billing == basket.shipping,
            "requiresShipping": physical,
            "totalWeight": "0",
            "localizedFields": [],
            "returns": [],
            "refunds": [],
            "fulfillments": [],
            "discountCodes": [basket.coupon[0]] if basket.coupon else [],
            "discountCode": basket.coupon[0] if basket.coupon else None,
        }

    def _line(self, priced: Priced, pricing: Pricing, basket: Basket, purse: Purse) -> Record:
        item, own = priced.item, rate(priced.item, basket)
        variant = None if item.deleted else self.catalogue.variant(item.sku, item.title)
        product: Record | None = variant["product"] if variant else None
        title = product["title"] if product else item.title
        variant_title = variant["title"] if variant and product and not product["hasOnlyDefaultVariant"] else None
        kinds = [(pricing.applications[index], off) for index, off in priced.allocations]
        on_line = sum((off for about, off in kinds if about["allocationMethod"] == "EACH"), ZERO)
        by_code = sum((off for about, off in kinds if about["__typename"] == "DiscountCodeApplication"), ZERO)
        after, each = priced.discounted, purse.round((priced.total - on_line) / item.quantity)
        return {
            "__typename": "LineItem",
            "id": self.numbers.gid("LineItem"),
            "title": title,
            "variantTitle": variant_title,
            "name": f"{title} - {variant_title}" if variant_title else title,
            "sku": item.sku,
            "vendor": product["vendor"] if product else None,
            "product": product,
            "variant": variant,
            "quantity": item.quantity,
            "currentQuantity": item.quantity,
            "refundableQuantity": item.quantity,
            "unfulfilledQuantity": item.quantity,
            "nonFulfillableQuantity": 0,
            "requiresShipping": item.kind in ("goods", "deposit"),
            "restockable": True,
            "merchantEditable": True,
            "taxable": own > 0,
            "isGiftCard": item.kind == "gift_card",
            "customAttributes": [{"key": key, "value": value} for key, value in item.properties],
            "lineItemGroup": None,
            "duties": [],
            "originalUnitPriceSet": purse.bag(item.unit_price),
            "originalTotalSet": purse.bag(priced.total),
            "discountedUnitPriceSet": purse.bag(each),
            "discountedUnitPriceAfterAllDiscountsSet": purse.bag(purse.round(after / item.quantity)),
            "discountedTotalSet": purse.bag(priced.total - on_line),
            "totalDiscountSet": purse.bag(priced.total - after),
            "discountAllocations": [
                {"allocatedAmountSet": purse.bag(off), "discountApplication": about} for about, off in kinds
            ],
            "taxLines": [tax_line(own, priced.tax, purse)] if own else [],
            "_with_codes": purse.bag(priced.total - on_line - by_code),
            "_total": after,
            "_gone": ZERO,
            "_tax": priced.tax,
            "_tax_gone": ZERO,
        }

    def _shipping(self, pricing: Pricing, basket: Basket, purse: Purse) -> list[Record]:
        if not basket.shipping_method:
            return []
        taxes = spread_taxes(basket.shipping_cost, pricing, basket, purse)
        bag = purse.bag(basket.shipping_cost)
        return [
            {
                "__typename": "ShippingLine",
                "id": self.numbers.gid("ShippingLine"),
                "title": basket.shipping_method,
                "code": basket.shipping_method,
                "source": "shopify",
                "carrierIdentifier": None,
                "custom": False,
                "deliveryCategory": None,
                "shippingRateHandle": None,
                "phone": None,
                "isRemoved": False,
                "originalPriceSet": bag,
                "discountedPriceSet": bag,
                "discountAllocations": [],
                "taxLines": taxes,
                "_total": basket.shipping_cost,
                "_gone": ZERO,
                "_tax": sum((line["_tax"] for line in taxes), ZERO),
                "_tax_gone": ZERO,
            }
        ]

    def _fees(self, pricing: Pricing, basket: Basket, purse: Purse) -> list[Record]:
        if not basket.fee:
            return []
        name, value = basket.fee
        taxes = spread_taxes(value, pricing, basket, purse)
        fee = {"id": self.numbers.gid("AdditionalFee"), "name": name, "price": purse.bag(value), "taxLines": taxes}
        return [fee | {"_total": value}]

    def _totals(self, order: Record, pricing: Pricing, purse: Purse) -> None:
        fees = sum((fee["_total"] for fee in order["additionalFees"]), ZERO)
        subtotal = sum((line.discounted for line in pricing.lines), ZERO)
        shipping = sum((line["_total"] for line in order["shippingLines"]), ZERO)
        rows = (*order["lineItems"], *order["shippingLines"], *order["additionalFees"])
        taxes = [tax for row in rows for tax in row["taxLines"]]
        tax = sum((line["_tax"] for line in taxes), ZERO)
        total = subtotal + shipping + fees + pricing.tip + (ZERO if order["taxesIncluded"] else tax)
        fee_bag = purse.bag(fees) if order["additionalFees"] else None
        off = sum((amount(line["totalDiscountSet"]) for line in order["lineItems"]), ZERO)
        order |= {
            "taxLines": summed(taxes, purse),
            "subtotalLineItemsQuantity": sum(line["quantity"] for line in order["lineItems"]),
            "subtotalPriceSet": purse.bag(subtotal),
            "totalShippingPriceSet": purse.bag(shipping),
            "totalTaxSet": purse.bag(tax),
            "totalDiscountsSet": purse.bag(off),
            "totalTipReceivedSet": purse.bag(pricing.tip),
            "totalCashRoundingAdjustment": {"paymentSet": purse.bag(ZERO), "refundSet": purse.bag(ZERO)},
            "totalPriceSet": purse.bag(total),
            "originalTotalPriceSet": purse.bag(total),
            "originalTotalAdditionalFeesSet": fee_bag,
            "originalTotalDutiesSet": None,
            "currentTotalDutiesSet": None,
            "_due": total,
            "_fees": fees,
            "_fee_tax": sum((line["_tax"] for fee in order["additionalFees"] for line in fee["taxLines"]), ZERO),
        }
