"""Turns a basket into an order as WooCommerce's checkout stores it, amounts at six digits."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from services.sandbox.merchant import Address, Basket, Item
from services.sandbox.woocommerce.amounts import CENT, ZERO, Taxed, cents, exact, split, spread, tax_of
from services.sandbox.woocommerce.catalogue import Catalogue, digest
from services.sandbox.woocommerce.lines import Entry, fee_line, line_item, shipping_line
from services.sandbox.woocommerce.order import settle
from services.sandbox.woocommerce.times import both

PAYMENT_TITLES = {
    "paypal": "PayPal",
    "stripe": "Kreditkarte (Stripe)",
    "bacs": "Direkte Banküberweisung",
    "cod": "Nachnahme",
    "cash": "Barzahlung",
    "gift_card": "Geschenkgutschein",
}
SHIPPING_METHODS = {"Versandkostenfrei": "free_shipping", "Abholung im Laden": "local_pickup"}
_NO_ADDRESS = ("first_name", "last_name", "company", "address_1", "address_2", "city", "state", "postcode", "country")
_STATES = {"Berlin": "DE-BE", "Hamburg": "DE-HH", "München": "DE-BY", "Erlangen": "DE-BY", "Erfurt": "DE-TH"}
ATTRIBUTION: tuple[tuple[str, str], ...] = (
    ("_wc_order_attribution_source_type", "typein"),
    ("_wc_order_attribution_utm_source", "(direct)"),
    ("_wc_order_attribution_session_entry", "/"),
    ("_wc_order_attribution_session_pages", "7"),
    ("_wc_order_attribution_session_count", "1"),
    ("_wc_order_attribution_user_agent", "Mozilla/5.0"),
    ("_wc_order_attribution_device_type", "Desktop"),
)
_SYMBOLS = {"EUR": "€", "CHF": "CHF", "USD": "$", "GBP": "£"}


class Checkout:
    """One shop's till. `next_item` and `next_meta` number lines and meta rows across all orders, as a database does."""

    def __init__(
        self, catalogue: Catalogue, next_item: Callable[[], int], next_meta: Callable[[], int], home: str, version: str
    ) -> None:
        self._catalogue = catalogue
        self._next_item = next_item
        self._next_meta = next_meta
        self._home = home
        self._version = version

    def order(self, basket: Basket, order_id: int, customer_id: int) -> dict[str, Any]:
        """The order under `order_id`; stock is not touched here."""
        basket = in_currency_paid(basket)
        prices = "net" if basket.net_prices else "untaxed" if basket.tax_free else "gross"
        lines, coupons = self._lines(basket, prices)
        weights = _weights(basket)
        fees = self._fees(basket, prices, weights)
        shipping = self._shipping(basket, prices, weights)
        paid_at = basket.placed_at if basket.paid else None
        key = f"wc_order_{digest(order_id, basket.case)[:13]}"
        placed = basket.placed_at.replace(microsecond=0)
        order: dict[str, Any] = {
            "id": order_id,
            "parent_id": 0,
            "status": _status(basket),
            "currency": basket.currency,
            "version": self._version,
            "prices_include_tax": not basket.net_prices,
            **dict.fromkeys(("date_created", "date_modified")),
            **dict.fromkeys(("discount_total", "discount_tax", "shipping_total", "shipping_tax", "cart_tax"), "0.00"),
            "total": "0.00",
            "total_tax": "0.00",
            "customer_id": customer_id,
            "order_key": key,
            "billing": _address(basket.billing) | {"email": basket.email, "phone": _phone(basket.billing)},
            "shipping": _address(basket.shipping) | {"phone": _phone(basket.shipping)},
            "payment_method": basket.payment_method,
            "payment_method_title": PAYMENT_TITLES.get(basket.payment_method, ""),
            "transaction_id": digest("pay", order_id)[:17].upper() if basket.paid and basket.payment_method else "",
            "customer_ip_address": "" if basket.pos else "203.0.113.7",
            "customer_user_agent": "" if basket.pos else "Mozilla/5.0",
            "created_via": "pos-rest-api" if basket.pos else "store-api",
            "customer_note": basket.note,
            "date_completed": None,
            "date_paid": None,
            "cart_hash": digest("cart", order_id)[:32],
            "number": basket.number or str(order_id),
            "meta_data": [self._meta(name, value) for name, value in _order_meta(basket)],
            "line_items": lines,
            "tax_lines": [],
            "shipping_lines": shipping,
            "fee_lines": fees,
            "coupon_lines": coupons,
            "refunds": [],
            "payment_url": f"{self._home}/checkout/order-pay/{order_id}/?pay_for_order=true&key={key}",
            "is_editable": False,
            "needs_payment": not basket.paid and basket.payment_method == "bacs",
            "needs_processing": any(item.kind == "goods" for item in basket.items),
            **both("date_created", placed),
            **both("date_modified", placed + timedelta(seconds=0 if basket.pos else 1)),
            **both("date_completed", None),
            **both("date_paid", paid_at),
            "currency_symbol": _SYMBOLS.get(basket.currency, basket.currency),
        }
        if basket.gift_card:
            order["gift_cards"] = [{"id": order_id, "code": digest("card", order_id)[:16].upper(), "amount": 0}]
            order["gift_cards"][0]["amount"] = float(basket.gift_card)
        order["_links"] = self._links(order_id)
        settle(order, self._next_item)
        return _broken(order, basket)

    def _meta(self, key: str, value: Any) -> dict[str, Any]:
        return {"id": self._next_meta(), "key": key, "value": value}

    def _links(self, order_id: int) -> dict[str, Any]:
        api = f"{self._home}/wp-json/wc/v3/orders"
        return {
            "self": [
                {"href": f"{api}/{order_id}", "targetHints": {"allow": ["GET", "POST", "PUT", "PATCH", "DELETE"]}}
            ],
            "collection": [{"href": api}],
            "email_templates": [{"embeddable": True, "href": f"{api}/{order_id}/actions/email_templates"}],
        }

    def _lines(self, basket: Basket, prices: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Lines with the coupon spread over them, and the coupon lines that repeat it."""
        items = [item for item in basket.items if item.kind not in ("tip", "deposit")]
        full = [item.unit_price * item.quantity for item in items]
        own = [amount - item.discount for amount, item in zip(full, items, strict=True)]
        shares = spread(basket.coupon[1], own) if basket.coupon else [ZERO] * len(items)
        lines, off, tax_off, gross_off = [], ZERO, ZERO, ZERO
        for item, before, after, share in zip(items, full, own, shares, strict=True):
            subtotal, total = tax_of(before, item.tax_rate, prices), tax_of(after - share, item.tax_rate, prices)
            row = None if item.deleted else self._catalogue.find(item.sku, item.title)
            lines.append(line_item(Entry(item, row, subtotal, total), self._next_item(), self._next_meta))
            coupon_part = tax_of(share, item.tax_rate, prices)
            # The shop cuts each line's part of a coupon, so this sum can lie a cent below the order's discount.
            off += coupon_part.net.quantize(CENT, ROUND_DOWN)
            tax_off += coupon_part.tax
            gross_off += share
        if basket.coupon is None:
            return lines, []
        code = basket.coupon[0].lower()
        info = f'[{len(code)},"{code}","fixed_cart",{gross_off}]'
        meta = {"id": self._next_meta(), "key": "coupon_info", "value": info, "display_key": "coupon_info"}
        coupon = {
            "id": self._next_item(),
            "code": code,
            "discount": str(cents(off)),
            "discount_tax": str(cents(tax_off)),
            "meta_data": [{**meta, "display_value": info}],
            "discount_type": "fixed_cart",
            "nominal_amount": float(gross_off),
            "free_shipping": False,
        }
        return lines, [coupon]

    def _fees(self, basket: Basket, prices: str, weights: list[tuple[Decimal, Decimal]]) -> list[dict[str, Any]]:
        fees = []
        for item in basket.items:
            amount = item.unit_price * item.quantity
            if item.kind == "tip":
                fees.append(fee_line(self._next_item(), item.title, Taxed(amount), taxable=False))
            elif item.kind == "deposit":
                title = f"{item.title} ({item.quantity} × {item.unit_price:f})".replace(".", ",")
                fees.append(fee_line(self._next_item(), title, tax_of(amount, item.tax_rate, prices)))
        if basket.fee:
            fees.append(fee_line(self._next_item(), basket.fee[0], split(basket.fee[1], weights, prices)))
        if basket.negative_fee:
            fees.append(
                fee_line(self._next_item(), basket.negative_fee[0], -split(basket.negative_fee[1], weights, prices))
            )
        return fees

    def _shipping(self, basket: Basket, prices: str, weights: list[tuple[Decimal, Decimal]]) -> list[dict[str, Any]]:
        if not basket.shipping_method:
            return []
        method = SHIPPING_METHODS.get(basket.shipping_method, "flat_rate")
        cost = split(basket.shipping_cost, weights, prices)
        contents = ", ".join(f"{item.title} &times; {item.quantity}" for item in basket.items[:20])
        meta = {"id": self._next_meta(), "key": "Items", "value": contents, "display_key": "Items"}
        return [
            shipping_line(
                self._next_item(), basket.shipping_method, method, cost, [{**meta, "display_value": contents}]
            )
        ]


def in_currency_paid(basket: Basket) -> Basket:
    """A shop with a currency switcher stores the whole order in the currency the customer chose."""
    if basket.presentment is None:
        return basket
    currency, rate = basket.presentment

    def exchanged(item: Item) -> Item:
        return replace(item, unit_price=cents(item.unit_price * rate), discount=cents(item.discount * rate))

    items = tuple(exchanged(item) for item in basket.items)
    return replace(basket, currency=currency, items=items, shipping_cost=cents(basket.shipping_cost * rate))


def _weights(basket: Basket) -> list[tuple[Decimal, Decimal]]:
    """Tax rates of the goods and their value at that rate, the highest rate first."""
    values: dict[Decimal, Decimal] = {}
    for item in basket.items:
        if item.kind not in ("tip", "deposit"):
            values[item.tax_rate] = values.get(item.tax_rate, ZERO) + item.unit_price * item.quantity - item.discount
    return sorted(values.items(), reverse=True)


def _status(basket: Basket) -> str:
    if basket.pos:
        return "completed"
    return "processing" if basket.paid or basket.payment_method in ("cod", "") else "on-hold"


def _address(address: Address | None) -> dict[str, str]:
    if address is None:
        return dict.fromkeys(_NO_ADDRESS, "")
    return {
        "first_name": address.first_name,
        "last_name": address.last_name,
        "company": address.company,
        "address_1": address.street,
        "address_2": "",
        "city": address.city,
        "state": _STATES.get(address.city, "") if address.country == "DE" else "",
        "postcode": address.postcode,
        "country": address.country,
    }


def _phone(address: Address | None) -> str:
    return address.phone if address else ""


def _order_meta(basket: Basket) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [("is_vat_exempt", "yes" if basket.tax_free else "no")]
    if not basket.pos:
        found += [
            (f"_{part}_hash", digest(part, basket.case)[:32]) for part in ("coupons", "fees", "shipping", "taxes")
        ]
        found += ATTRIBUTION
    if basket.presentment:
        found.append(("_wcpay_multi_currency_order_exchange_rate", str(basket.presentment[1])))
        found.append(("_wcpay_multi_currency_order_default_currency", "EUR"))
    if any(item.preorder for item in basket.items):
        found.append(("_wc_pre_orders_is_pre_order", "yes"))
    if basket.test:
        found.append(("_stripe_mode", "test"))
    if basket.locale != "de":
        found.append(("wpml_language", basket.locale))
    return found


def _broken(order: dict[str, Any], basket: Basket) -> dict[str, Any]:
    """Applies the basket's defect to the finished order."""
    total = Decimal(order["total"])
    match basket.defect:
        case "unknown_status":
            order["status"] = "druckfreigabe"
        case "wrong_type":
            order["line_items"][0]["quantity"] = [order["line_items"][0]["quantity"]]
        case "absurd_total":
            order["total"] = "1.0E+25"
        case "total_off_by_one_cent":
            order["total"] = exact(total + CENT)
        case "total_wrong":
            order["total"] = exact(total + 5)
        case _:
            pass
    return order
