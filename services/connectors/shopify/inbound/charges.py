"""Money that is no article: shipping, tips, duties, fees, and the till's rounding."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain, combinations

from services.connectors.shopify import wire
from services.connectors.shopify.inbound.money import money, reduction, taxes
from shared.contracts.order import Charge, LineItem

# Every further one doubles what has to be tried.
MOST_OPEN = 8


def charges(raw: wire.Order, lines: Sequence[LineItem]) -> tuple[Charge, ...]:
    """Every charge that is part of the order's total.

    Whether a removed shipping method and the till's rounding still are in it, the platform leaves open; they are taken
    in where the total says so.
    """
    certain = [*_shipping(raw, removed=False), *_tip(raw), *_duties(raw), *_fees(raw)]
    open_ones = [*_shipping(raw, removed=True), *_rounding(raw)]
    gap = raw.total_price_set.shop_money.amount - _worth(raw, lines, certain)
    return (*certain, *_filling(gap, open_ones, raw.taxes_included))


def _filling(gap: Decimal, open_ones: Sequence[Charge], taxes_included: bool) -> tuple[Charge, ...]:
    """Those charges that together are exactly what is missing; none where nothing fits."""
    open_ones = open_ones[:MOST_OPEN]
    choices = chain.from_iterable(combinations(open_ones, n) for n in range(len(open_ones) + 1))
    fitting = (chosen for chosen in choices if sum((_gross(one, taxes_included) for one in chosen), Decimal(0)) == gap)
    return next(fitting, ())


def _worth(raw: wire.Order, lines: Sequence[LineItem], certain: Sequence[Charge]) -> Decimal:
    parts: tuple[LineItem | Charge, ...] = (*lines, *certain)
    return sum((_gross(one, raw.taxes_included) for one in parts), Decimal(0))


def _gross(part: LineItem | Charge, taxes_included: bool) -> Decimal:
    beside = Decimal(0) if taxes_included else sum((tax.amount.amount for tax in part.taxes), Decimal(0))
    return part.total.amount + beside


def _shipping(raw: wire.Order, *, removed: bool) -> Iterator[Charge]:
    for one in raw.shipping_lines:
        if one.is_removed is removed:
            yield Charge(
                kind="shipping",
                title=one.title,
                code=one.code or "",
                external_id=one.id or "",
                total=money(one.original_price_set) - reduction(one.discount_allocations, raw.currency_code),
                taxes=taxes(one.tax_lines),
            )


def _tip(raw: wire.Order) -> Iterator[Charge]:
    if raw.total_tip_received_set.shop_money.amount:
        yield Charge(kind="tip", total=money(raw.total_tip_received_set))


def _duties(raw: wire.Order) -> Iterator[Charge]:
    """Import duties by line; where they are in the prices already, they are no charge."""
    duties = [duty for line in raw.line_items for duty in line.duties]
    if raw.duties_included:
        return
    for duty in duties:
        yield Charge(kind="duty", total=money(duty.price), taxes=taxes(duty.tax_lines))
    if not duties and raw.original_total_duties_set and raw.original_total_duties_set.shop_money.amount:
        yield Charge(kind="duty", total=money(raw.original_total_duties_set))


def _fees(raw: wire.Order) -> Iterator[Charge]:
    for fee in raw.additional_fees:
        yield Charge(kind="fee", title=fee.name, external_id=fee.id, total=money(fee.price), taxes=taxes(fee.tax_lines))


def _rounding(raw: wire.Order) -> Iterator[Charge]:
    if raw.total_cash_rounding_adjustment.payment_set.shop_money.amount:
        yield Charge(kind="rounding", total=money(raw.total_cash_rounding_adjustment.payment_set))
