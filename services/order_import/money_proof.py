"""The money proof: an order's parts must make its total, to the cent."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from shared.contracts.money import Money, minor_unit
from shared.contracts.order import Order

# Beyond this no shop's amount is real, and decimal arithmetic would begin to round by itself.
LARGEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Proof:
    """`difference` is stated minus computed in whole minor units: 0 proves the order."""

    stated: Decimal
    computed: Decimal
    difference: Decimal


@dataclass(frozen=True, slots=True)
class Foreign:
    """An amount of the sum that is not in the order's currency."""

    field: str
    currency: str


@dataclass(frozen=True, slots=True)
class Absurd:
    """A number no shop can mean."""

    field: str
    value: str


def sound(order: Order) -> bool:
    """Whether every amount is real and in the order's currency, and every quantity real: the usual case, quickly."""
    currency = order.currency
    quantities = [line.quantity for line in order.line_items]
    quantities += [line.cancelled_quantity for line in order.line_items]
    quantities += [line.fulfilled_quantity for line in order.line_items]
    return all(money.currency == currency and -LARGEST < money.amount < LARGEST for _, money in amounts(order)) and all(
        0 <= quantity < LARGEST for quantity in quantities
    )


def foreign(order: Order) -> Foreign | None:
    """The first summed amount in another currency; what the buyer saw (`presentment`) is no part of the sum."""
    for field, money in amounts(order):
        if money.currency != order.currency:
            return Foreign(_path(field), money.currency)
    return None


def absurd(order: Order) -> Absurd | None:
    """The first amount or quantity that cannot be real."""
    for field, money in amounts(order):
        if not -LARGEST < money.amount < LARGEST:
            return Absurd(_path(field), str(money.amount)[:40])
    for position, line in enumerate(order.line_items):
        for name in ("quantity", "cancelled_quantity", "fulfilled_quantity"):
            quantity: Decimal = getattr(line, name)
            if not 0 <= quantity < LARGEST:
                return Absurd(f"line_items.{position}.{name}", str(quantity)[:40])
    return None


def prove(order: Order) -> Proof:
    """Σ lines + Σ charges + (Σ taxes unless prices include tax) − Σ deducted payments, against the stated total.

    An order without a tax at its amounts but with a tax total is proved with that. All amounts must be in the order's
    currency and real (`foreign`, `absurd`).
    """
    computed = sum((line.total.amount for line in order.line_items), Decimal(0))
    computed += sum((charge.total.amount for charge in order.charges), Decimal(0))
    if not order.prices_include_tax:
        computed += _taxes(order)
    computed -= sum((payment.amount.amount for payment in order.payments if payment.deducted), Decimal(0))
    stated = order.total.amount
    return Proof(stated, computed, (stated - computed).quantize(minor_unit(order.currency), ROUND_HALF_UP))


def _taxes(order: Order) -> Decimal:
    taxes = [tax.amount.amount for line in order.line_items for tax in line.taxes]
    taxes += [tax.amount.amount for charge in order.charges for tax in charge.taxes]
    if not taxes and order.tax_total is not None:
        return order.tax_total.amount
    return sum(taxes, Decimal(0))


def amounts(order: Order) -> Iterator[tuple[tuple[str | int, ...], Money]]:
    """Every amount that takes part in the proof, with its place."""
    yield ("total",), order.total
    if order.tax_total is not None:
        yield ("tax_total",), order.tax_total
    for position, line in enumerate(order.line_items):
        yield ("line_items", position, "total"), line.total
        for tax in line.taxes:
            yield ("line_items", position, "taxes"), tax.amount
    for position, charge in enumerate(order.charges):
        yield ("charges", position, "total"), charge.total
        for tax in charge.taxes:
            yield ("charges", position, "taxes"), tax.amount
    for position, payment in enumerate(order.payments):
        if payment.deducted:
            yield ("payments", position, "amount"), payment.amount


def _path(field: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in field)
