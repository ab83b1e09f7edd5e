"""Ordinary orders, and how all orders of a seed are spread over time."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Basket, Item
from services.sandbox.seeds.cases import CASES, HUGE, SAME_SECOND, line
from services.sandbox.seeds.catalogue import SIMPLE, VARIABLE
from services.sandbox.seeds.people import people

ORDINARY = 72
DAYS = 20
_SELLABLE = tuple(row[0] for row in SIMPLE[:42]) + tuple(
    sku for *_, variants in VARIABLE[:4] for sku, _options in variants
)
_PAYMENTS = (("paypal", True), ("paypal", True), ("stripe", True), ("stripe", True), ("bacs", False), ("cod", False))


def case(name: str, placed_at: datetime, draw: random.Random | None = None) -> Basket:
    """One awkward order by its name in `CASES`, with one of the eighty customers around it."""
    person = (draw or random.Random(name)).choice(people())
    ordinary: dict[str, Any] = {"email": person.email, "billing": person.address, "shipping": person.address}
    return Basket(case=name, placed_at=placed_at, **(ordinary | CASES[name]))


def ordinary(placed_at: datetime, draw: random.Random, name: str = "ordinary", lines: int = 0) -> Basket:
    """An order without any catch; `lines` 0 draws one to five."""
    person = draw.choice(people())
    method, paid = draw.choice(_PAYMENTS)
    items: tuple[Item, ...] = tuple(
        line(sku, draw.choice((1, 1, 1, 2, 3))) for sku in draw.sample(_SELLABLE, lines or draw.randint(1, 5))
    )
    return Basket(
        case=name,
        items=items,
        placed_at=placed_at,
        email=person.email,
        billing=person.address,
        shipping=person.address,
        payment_method=method,
        paid=paid,
        guest=draw.random() < 0.3,
        shipping_cost=Decimal("4.90") if draw.random() < 0.8 else Decimal("6.90"),
    )


def baskets(now: datetime, huge: bool = True) -> tuple[Basket, ...]:
    """A shop's whole history, oldest first: every case once, one crowded second, ordinary orders between them.

    `huge` includes the ten-megabyte note. The content repeats on every run; only the stamps follow `now`.
    """
    draw = random.Random(4711)
    last = now.replace(microsecond=0) - timedelta(minutes=5)
    slots = len(CASES) + ORDINARY
    step = timedelta(days=DAYS) / slots
    moments = [(last - step * back).replace(microsecond=0) for back in range(slots)]
    draw.shuffle(moments)
    found = [case(name, moments.pop(), draw) for name in CASES if huge or name != HUGE]
    found += [ordinary(moments.pop(), draw) for _ in range(ORDINARY)]
    crowded = last - timedelta(days=3, seconds=17)
    found += [ordinary(crowded, draw, "same second") for _ in range(SAME_SECOND)]
    return tuple(sorted(found, key=lambda basket: basket.placed_at))


def plain(now: datetime) -> tuple[Basket, ...]:
    """Twenty different plain orders of five lines, the moulds for load."""
    draw = random.Random(815)
    return tuple(ordinary(now.replace(microsecond=0), draw, "plain", lines=5) for _ in range(20))
