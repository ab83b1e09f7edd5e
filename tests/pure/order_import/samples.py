"""Orders as a connector would state them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from shared.contracts.money import Money
from shared.contracts.order import Address, Charge, Customer, LineItem, Observation, Order, Payment, TaxLine

SHOP = UUID("11111111-1111-4111-8111-111111111111")
OTHER_SHOP = UUID("22222222-2222-4222-8222-222222222222")
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
ADDRESS = Address(
    first_name="Erika", last_name="Mustermann", street="Heidestraße 17", postcode="51147", city="Köln", country="DE"
)


def eur(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def line(sku: str | None = "KR-1", quantity: int = 1, price: str = "10.00", **differing: Any) -> LineItem:
    """One line at 19 % included; its external id is the article number unless given."""
    total = Decimal(price) * quantity
    facts: dict[str, Any] = {
        "external_id": sku or "line",
        "sku": sku,
        "title": f"Article {sku}",
        "quantity": Decimal(quantity),
        "unit_price": eur(price),
        "total": Money(amount=total, currency="EUR"),
        "taxes": (TaxLine(rate=Decimal("0.19"), amount=eur(str((total * 19 / 119).quantize(Decimal("0.01"))))),),
    }
    return LineItem(**(facts | differing))


def order(external_id: str = "1001", *lines: LineItem, shipping: str = "4.90", **differing: Any) -> Order:
    """A paid order whose total fits its lines and shipping."""
    items = lines or (line(),)
    total = sum((one.total.amount for one in items), Decimal(shipping))
    facts: dict[str, Any] = {
        "external_id": external_id,
        "number": f"#{external_id}",
        "placed_at": NOON,
        "changed_at": NOON,
        "payment_state": "paid",
        "currency": "EUR",
        "prices_include_tax": True,
        "customer": Customer(external_id="c-7", email="erika@example.org", first_name="Erika", last_name="Mustermann"),
        "billing_address": ADDRESS,
        "shipping_address": ADDRESS,
        "line_items": items,
        "charges": (Charge(kind="shipping", title="DHL", total=eur(shipping)),),
        "payments": (Payment(method="paypal", amount=Money(amount=total, currency="EUR"), external_id="PAY-1"),),
        "total": Money(amount=total, currency="EUR"),
        "shipping_method": "DHL",
        "payment_method": "paypal",
        "locale": "de-DE",
    }
    return Order(**(facts | differing))


def observed(minute: int = 0, *, second: int = 0, content_hash: str = "", **differing: Any) -> Observation:
    """Read at that minute past noon; the hash follows from the time unless given."""
    at = NOON + timedelta(minutes=minute, seconds=second)
    facts: dict[str, Any] = {
        "stamp": at,
        "observed_at": at + timedelta(seconds=1),
        "content_hash": content_hash or f"hash-{minute}-{second}",
        "revision": 0,
    }
    return Observation(**(facts | differing))
