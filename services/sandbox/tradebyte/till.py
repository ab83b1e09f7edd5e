"""From a basket to what a channel hands over: gross prices per piece, everything taken off already in them."""

from decimal import ROUND_HALF_UP, Decimal

from services.sandbox.merchant import Basket

MILLE = Decimal("0.001")
CENT = Decimal("0.01")


def prices(basket: Basket) -> list[Decimal]:
    """Gross price per piece of every item that is no tip, in the order of the basket."""
    items = [item for item in basket.items if item.kind != "tip"]
    worth = []
    for item in items:
        rate = Decimal(1) + item.tax_rate
        unit = item.unit_price * rate if basket.net_prices else item.unit_price
        unit = unit / rate if basket.tax_free else unit
        worth.append(unit * item.quantity - item.discount)
    off = sum((one[1] for one in (basket.coupon, basket.negative_fee) if one), Decimal(0))
    whole = sum(worth, Decimal(0))
    return [
        _plain(((one - (off * one / whole if whole else 0)) / item.quantity).quantize(MILLE, ROUND_HALF_UP))
        for one, item in zip(worth, items, strict=True)
    ]


def services(basket: Basket) -> tuple[tuple[str, str, Decimal], ...]:
    return tuple(("TIP", item.title, item.unit_price) for item in basket.items if item.kind == "tip")


def _plain(price: Decimal) -> Decimal:
    """Two digits where they are enough; the third is written only where there is one."""
    return price.quantize(CENT) if price == price.quantize(CENT) else price
