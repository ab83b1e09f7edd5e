"""Turns a basket into an order as Shopware's checkout stores it."""

from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Address, Basket, Item
from services.sandbox.shopware6.catalogue import Catalogue
from services.sandbox.shopware6.lines import goods_line, money_line
from services.sandbox.shopware6.prices import TaxStatus, lowered, price, shares_of
from services.sandbox.shopware6.settle import settle
from services.sandbox.shopware6.states import state
from services.sandbox.shopware6.values import DEFAULT_CURRENCY, DEFAULT_LANGUAGE, LIVE_VERSION, hexid, stamp

AT_THE_SHOP = Address("", "Kramladen", "Ladengasse 1", "10115", "Berlin", company="Kramladen GmbH")
FREE_SHIPPING = "Versandkostenfrei"
LOCALES = {"de": "de-DE", "ar": "ar-AE"}
PAYMENTS = {
    "paypal": ("payment_swag_paypal", "handler_swag_paypalpaymenthandler", "PayPal"),
    "stripe": ("payment_stripe_card", "stripe_handler_card", "Kreditkarte"),
    "bacs": ("payment_prepayment", "handler_shopware_prepayment", "Vorkasse"),
    "cod": ("payment_cashpayment", "handler_shopware_cashpayment", "Nachnahme"),
    "cash": ("payment_at_the_till", "handler_till_cash", "Barzahlung"),
}
INVOICE = ("payment_invoicepayment", "handler_shopware_invoicepayment", "Rechnung")
PICKUP = "Abholung im Laden"


class Till:
    """One shop's checkout. From 6.7 on, methods have technical names and an order names its primary delivery."""

    def __init__(self, catalogue: Catalogue, *, names: bool) -> None:
        self._catalogue = catalogue
        self._names = names

    def order(self, basket: Basket, number: str, count: int) -> dict[str, Any]:
        """The order with all that hangs on it. `count` is its auto increment."""
        id = hexid("order", number)
        status: TaxStatus = "net" if basket.net_prices else "tax-free" if basket.tax_free else "gross"
        at = stamp(basket.placed_at)
        code, factor = basket.presentment or (basket.currency, Decimal(1))
        interval = Decimal("0.05") if code == "CHF" else Decimal("0.01")
        rounding = {"decimals": 2, "interval": Decimal("0.01"), "roundForNet": True}
        billing = _address(id, basket.billing or basket.shipping or AT_THE_SHOP, at)
        shipping = _address(id, basket.shipping, at) if basket.shipping else billing
        lines = self._lines(basket, id, factor, status)
        order: dict[str, Any] = {
            "id": id, "versionId": LIVE_VERSION, "autoIncrement": count, "orderNumber": number,
            "billingAddressId": billing["id"], "currencyId": _currency_id(code), "languageId": DEFAULT_LANGUAGE,
            "salesChannelId": hexid("channel"), "orderDateTime": at, "orderDate": f"{at[:10]}T00:00:00.000+00:00",
            "taxStatus": status, "currencyFactor": factor, "deepLinkCode": hexid("link", id), "affiliateCode": None,
            "campaignCode": None, "customerComment": basket.note or None, "source": None, "customFields": [],
            "itemRounding": rounding, "totalRounding": rounding | {"interval": interval},
            "createdAt": at, "updatedAt": None, "stateMachineState": state("open"), "stateId": state("open")["id"],
            "orderCustomer": _customer(basket, id, at), "tags": [],
            "currency": {"id": _currency_id(code), "isoCode": code, "factor": factor},
            "language": {"id": DEFAULT_LANGUAGE, "name": "Deutsch", "locale": {"code": LOCALES[basket.locale]}},
            "salesChannel": {"id": hexid("channel"), "name": "Kramladen", "translated": {"name": "Kramladen"}},
            "addresses": [billing] if shipping["id"] == billing["id"] else [billing, shipping],
            "billingAddress": billing,
            "lineItems": lines, "deliveries": [], "transactions": [],
        }  # fmt: skip
        order["deliveries"] = self._deliveries(basket, order, shipping, factor)
        settle(order)
        order["transactions"] = [self.transaction(order, basket.payment_method, "paid" if basket.paid else "open", at)]
        if self._names:
            main = order["deliveries"][0]["id"] if order["deliveries"] else None
            order |= {"primaryOrderDeliveryId": main, "primaryOrderTransactionId": order["transactions"][0]["id"]}
        return _damaged(order, basket.defect)

    def transaction(self, order: dict[str, Any], method: str, word: str, at: str) -> dict[str, Any]:
        """One attempt to pay; its amount is the order's total of that moment."""
        name, handler, title = PAYMENTS.get(method, INVOICE)
        kept: dict[str, Any] = {
            "id": hexid("payment", name),
            "name": title,
            "translated": {"name": title, "customFields": []},
        }
        kept |= {"technicalName": name if self._names else None, "formattedHandlerIdentifier": handler}
        total = order["amountTotal"]
        return {
            "id": hexid("transaction", order["id"], len(order["transactions"])), "orderId": order["id"],
            "paymentMethodId": kept["id"], "paymentMethod": kept, "customFields": [], "captures": [],
            "amount": price(total, 1, {}, "tax-free"), "createdAt": at, "updatedAt": at if word != "open" else None,
            "stateMachineState": state(word), "stateId": state(word)["id"],
        }  # fmt: skip

    def _lines(self, basket: Basket, id: str, factor: Decimal, status: TaxStatus) -> list[dict[str, Any]]:
        def counted(amount: Decimal, rate: Decimal) -> Decimal:
            return lowered(amount, rate, "gross" if basket.net_prices else status) * factor

        goods: list[dict[str, Any]] = []
        extra: list[tuple[str, str, Decimal, Item | None]] = []
        for item in basket.items:
            if item.kind == "tip":
                extra.append(("discount", item.title, item.unit_price, item))
                continue
            row = self._catalogue.sold(item)
            unit = counted(item.unit_price, item.tax_rate).quantize(Decimal("0.01"))
            goods.append(goods_line(id, len(goods) + 1, item, row, unit, status))
            if item.discount:
                extra.append(("promotion", f"Rabatt {item.title}", -item.discount, item))
        for kind, given in (("promotion", basket.coupon), ("credit", basket.negative_fee)):
            if given is not None:
                extra.append((kind, given[0], -given[1], None))
        if basket.fee is not None:
            extra.append(("discount", basket.fee[0], basket.fee[1], None))
        if basket.gift_card is not None:
            extra.append(("credit", "Geschenkgutschein", -basket.gift_card, Item(None, "", 1, Decimal(0), Decimal(0))))
        if _ships_free(basket):
            extra.append(("promotion", FREE_SHIPPING, Decimal(0), None))
        shares = shares_of(goods)
        for kind, label, amount, about in extra:
            split = shares if about is None else {about.tax_rate: Decimal(1)}
            rate = max(split, default=Decimal(0))
            total = counted(amount, rate).quantize(Decimal("0.01"))
            goods.append(money_line(id, len(goods) + 1, kind, label, total, split, status))
        return goods

    def _deliveries(
        self, basket: Basket, order: dict[str, Any], address: dict[str, Any], factor: Decimal
    ) -> list[dict[str, Any]]:
        goods = [line for line in order["lineItems"] if line["good"] and "is-physical" in line["states"]]
        if not goods or basket.pos:
            return []
        status, shares = (
            order["taxStatus"],
            shares_of([line for line in order["lineItems"] if line["type"] == "product"]),
        )
        free = _ships_free(basket)
        cost = Decimal("4.90") if free else basket.shipping_cost
        amount = (lowered(cost, max(shares), status) * factor).quantize(Decimal("0.01"))
        title = "DHL Paket" if free else basket.shipping_method
        first = self._delivery(order, address, 0, price(amount, 1, shares, status), title, goods)
        if not free:
            return [first]
        return [first, self._delivery(order, address, 1, price(-amount, 1, shares, status), title, [])]

    def _delivery(
        self, order: dict[str, Any], address: dict[str, Any], index: int, cost: dict[str, Any], title: str, goods: Any
    ) -> dict[str, Any]:
        id, at = hexid("delivery", order["id"], index), order["createdAt"]
        name = "shipping_pickup" if title == PICKUP else "shipping_standard"
        method = {"id": hexid("shipping", title), "name": title, "translated": {"name": title, "customFields": []}}
        return {
            "id": id, "orderId": order["id"], "shippingOrderAddressId": address["id"], "shippingOrderAddress": address,
            "shippingMethodId": method["id"], "trackingCodes": [], "shippingCosts": cost, "customFields": [],
            "shippingMethod": method | {"technicalName": name if self._names else None},
            "shippingDateEarliest": order["orderDate"], "shippingDateLatest": order["orderDate"],
            "createdAt": at, "updatedAt": None, "stateMachineState": state("open"), "stateId": state("open")["id"],
            "positions": [
                {"id": hexid("position", id, line["id"]), "orderLineItemId": line["id"], "quantity": line["quantity"]}
                for line in goods
            ],
        }  # fmt: skip


def _ships_free(basket: Basket) -> bool:
    return basket.shipping_method == FREE_SHIPPING


def _currency_id(code: str) -> str:
    return DEFAULT_CURRENCY if code == "EUR" else hexid("currency", code)


def _address(order_id: str, given: Address, at: str) -> dict[str, Any]:
    """Identical addresses are stored once."""
    return {
        "id": hexid("address", order_id, given), "orderId": order_id, "firstName": given.first_name,
        "lastName": given.last_name, "street": given.street, "zipcode": given.postcode, "city": given.city,
        "company": given.company or None, "department": None, "title": None, "vatId": None,
        "phoneNumber": given.phone or None, "additionalAddressLine1": None, "additionalAddressLine2": None,
        "countryId": hexid("country", given.country), "countryStateId": None, "countryState": None,
        "country": {"id": hexid("country", given.country), "iso": given.country}, "createdAt": at, "updatedAt": None,
    }  # fmt: skip


def _customer(basket: Basket, order_id: str, at: str) -> dict[str, Any]:
    """A guest is a customer too, a new one with every order."""
    who = basket.billing or basket.shipping or AT_THE_SHOP
    id = hexid("customer", order_id if basket.guest else basket.email)
    return {
        "id": hexid("order-customer", order_id), "orderId": order_id, "customerId": id, "email": basket.email,
        "customerNumber": str(20000 + int(id[:4], 16)), "firstName": who.first_name, "lastName": who.last_name,
        "company": who.company or None, "title": None, "vatIds": None, "createdAt": at, "updatedAt": None,
        "customer": {"id": id, "guest": basket.guest},
    }  # fmt: skip


def _damaged(order: dict[str, Any], defect: str) -> dict[str, Any]:
    match defect:
        case "unknown_status":
            order["stateMachineState"] = state("druckfreigabe")
        case "wrong_type":
            order["lineItems"][0]["quantity"] = [order["lineItems"][0]["quantity"]]
        case "absurd_total":
            order["amountTotal"] = Decimal("1.0E+25")
        case "total_off_by_one_cent":
            order["amountTotal"] += Decimal("0.01")
        case "total_wrong":
            order["amountTotal"] += 5
    return order
