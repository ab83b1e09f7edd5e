"""Turns a basket into an order as Shopware 5's checkout stores it."""

from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Address, Basket
from services.sandbox.shopware5.catalogue import Catalogue
from services.sandbox.shopware5.people import People
from services.sandbox.shopware5.states import order_status, payment_status
from services.sandbox.shopware5.sums import settle
from services.sandbox.shopware5.values import ZERO_TIME, cents, shown

AT_THE_SHOP = Address("", "Kramladen", "Ladengasse 1", "10115", "Berlin", company="Kramladen GmbH")
PAYMENTS = {
    "paypal": (7, "SwagPaymentPayPalUnified", "PayPal"),
    "stripe": (8, "stripe_payment_card", "Kreditkarte"),
    "bacs": (5, "prepayment", "Vorkasse"),
    "cod": (3, "cash", "Nachnahme"),
    "cash": (9, "till_cash", "Barzahlung"),
}
INVOICE = (4, "invoice", "Rechnung")
LOCALES = {"de": "de_DE", "ar": "ar_AE"}
ATTRIBUTES = tuple(f"attribute{place}" for place in range(1, 7))
Row = dict[str, Any]


class Till:
    """One shop's checkout. `zoned`: times are told with their offset."""

    def __init__(self, catalogue: Catalogue, *, zoned: bool) -> None:
        self._catalogue, self._zoned, self.people = catalogue, zoned, People()

    def order(self, basket: Basket, id: int, number: str) -> Row:
        """The order with all that hangs on it."""
        code, factor = basket.presentment or (basket.currency, Decimal(1))
        at = shown(basket.placed_at, zoned=self._zoned)
        billing = basket.billing or basket.shipping or AT_THE_SHOP
        payment = PAYMENTS.get(basket.payment_method, INVOICE)
        net = basket.net_prices or basket.tax_free
        buyer = self.people.buyer(basket, billing)
        order: Row = {
            "id": id, "changed": at, "number": number, "customerId": buyer["id"],
            "paymentId": payment[0], "dispatchId": 9, "partnerId": "", "shopId": 1, "orderTime": at,
            "transactionId": f"T-{number}" if basket.paid else "", "comment": "", "customerComment": basket.note,
            "internalComment": "", "net": int(net), "taxFree": int(basket.tax_free), "temporaryId": "", "referer": "",
            "clearedDate": at if basket.paid else None, "trackingCode": "", "languageIso": "1", "currency": code,
            "currencyFactor": factor, "remoteAddress": "192.0.2.1", "deviceType": "desktop",
            "isProportionalCalculation": True,
            "details": self._details(basket, id, number, factor), "documents": [], "paymentInstances": [],
            "payment": {"id": payment[0], "name": payment[1], "description": payment[2], "active": True},
            "paymentStatus": payment_status(12 if basket.paid else 17), "orderStatus": order_status(0),
            "customer": buyer, "billing": _address(billing, id, basket, with_phone=True),
            "shipping": _address(basket.shipping or billing, id, basket, with_phone=False),
            "shop": {"id": 1, "name": "Kramladen", "default": True, "active": True},
            "dispatch": {"id": 9, "name": basket.shipping_method or "Standard Versand", "type": 0},
            "attribute": {"id": id, "orderId": id, **dict.fromkeys(ATTRIBUTES, "")},
            "languageSubShop": {"id": 1, "name": "Kramladen", "locale": {"id": 1, "locale": LOCALES[basket.locale]}},
            "paymentStatusId": 12 if basket.paid else 17, "orderStatusId": 0,
        }  # fmt: skip
        rate = max((row["taxRate"] for row in order["details"] if row["mode"] == 0), default=Decimal(19))
        cost = basket.shipping_cost * factor
        without = cost if basket.net_prices else cost / (1 + rate / 100)
        order["invoiceShippingTaxRate"] = Decimal(0) if basket.tax_free else rate
        order["invoiceShippingNet"] = cents(without)
        order["invoiceShipping"] = cents(without) if basket.tax_free else cents(without * (1 + rate / 100))
        settle(order)
        return _damaged(order, basket.defect)

    def _details(self, basket: Basket, id: int, number: str, factor: Decimal) -> list[Row]:
        def counted(amount: Decimal, rate: Decimal) -> Decimal:
            return cents((amount / (1 + rate) if basket.tax_free and not basket.net_prices else amount) * factor)

        rows: list[Row] = []

        def add(name: str, price: Decimal, rate: Decimal, mode: int, **more: Any) -> None:
            line = id * 1000 + len(rows)
            rows.append(_detail(line, id, number, name, counted(price, rate), rate, mode) | more)

        for item in basket.items:
            if item.kind == "tip":
                add(item.title, item.unit_price, item.tax_rate, 4, articleNumber="sw-surcharge")
                continue
            row = self._catalogue.sold(item)
            texts = [value for _, value in item.properties]
            add(
                item.title, item.unit_price, item.tax_rate, 0, quantity=item.quantity,
                articleNumber=(item.sku or "") if row is None else row["number"],
                articleId=0 if row is None else row["articleId"], ean=None if row is None else row["ean"],
                esdArticle=int(item.kind in ("digital", "gift_card")),
                attribute={"id": id, **dict.fromkeys(ATTRIBUTES, ""), **dict(zip(ATTRIBUTES, texts, strict=False))},
            )  # fmt: skip
            if item.discount:
                add(f"Rabatt {item.title}", -item.discount, item.tax_rate, 3, articleNumber="SHIPPINGDISCOUNT")
        shares = _shares(rows)
        for given, mode in ((basket.coupon, 2), (basket.negative_fee, 4), (basket.fee, 4)):
            if given is not None:
                amount = given[1] if given is basket.fee else -given[1]
                for rate, part in _split(amount, shares).items():
                    add(given[0], part, rate, mode, articleNumber=given[0] if mode == 2 else "sw-payment-absolute")
        if basket.gift_card is not None:
            add("Geschenkgutschein", -basket.gift_card, Decimal(0), 2, articleNumber="GUTSCHEIN")
        return rows


def _shares(rows: list[Row]) -> dict[Decimal, Decimal]:
    """What the goods of each tax rate are worth."""
    found: dict[Decimal, Decimal] = {}
    for row in rows:
        rate = row["taxRate"] / 100
        found[rate] = found.get(rate, Decimal(0)) + row["price"] * row["quantity"]
    return found


def _split(amount: Decimal, shares: dict[Decimal, Decimal]) -> dict[Decimal, Decimal]:
    """An amount over the tax rates of the goods; the cents that are left over go to the last."""
    whole = sum(shares.values(), Decimal(0))
    parts = {rate: cents(amount * worth / whole) for rate, worth in shares.items()} if whole else {}
    last = next(reversed(shares))
    return parts | {last: parts.get(last, Decimal(0)) + amount - sum(parts.values(), Decimal(0))}


def _detail(line: int, order: int, number: str, name: str, price: Decimal, rate: Decimal, mode: int) -> Row:
    return {
        "id": line, "orderId": order, "articleId": 0, "taxId": 0 if mode else 1, "taxRate": rate * 100, "statusId": 0,
        "number": number, "articleNumber": "", "price": price, "quantity": 1, "articleName": name, "shipped": 0,
        "shippedGroup": 0, "releaseDate": ZERO_TIME, "mode": mode, "esdArticle": 0, "config": "", "ean": None,
        "unit": None, "packUnit": None, "attribute": {"id": line, **dict.fromkeys(ATTRIBUTES, "")},
    }  # fmt: skip


def _address(given: Address, order: int, basket: Basket, *, with_phone: bool) -> Row:
    row: Row = {
        "id": order, "orderId": order, "countryId": 2, "stateId": None, "company": given.company or None,
        "department": None, "salutation": "mr", "firstName": given.first_name, "lastName": given.last_name,
        "street": given.street, "zipCode": given.postcode, "city": given.city, "additionalAddressLine1": None,
        "additionalAddressLine2": None, "country": {"id": 2, "iso": given.country}, "state": None,
    }  # fmt: skip
    return row | ({"phone": given.phone, "vatId": ""} if with_phone else {})


def _damaged(order: Row, defect: str) -> Row:
    match defect:
        case "unknown_status":
            order |= {"orderStatusId": 42, "orderStatus": order_status(42)}
        case "wrong_type":
            order["details"][0]["quantity"] = [order["details"][0]["quantity"]]
        case "absurd_total":
            order["invoiceAmount"] = Decimal("1.0E+25")
        case "total_off_by_one_cent":
            order["invoiceAmount"] += Decimal("0.01")
        case "total_wrong":
            order["invoiceAmount"] += 5
    return order
