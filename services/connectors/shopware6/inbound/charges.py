"""Money that is no article: shipping, promotions, credits, what an app adds, and rounding."""

from decimal import Decimal

from services.connectors.shopware6 import wire
from services.connectors.shopware6.inbound.lines import counted
from services.connectors.shopware6.inbound.money import money, tax_of, taxes
from services.connectors.shopware6.inbound.words import main_delivery, name
from services.connectors.shopware6.vocabulary import DEPOSIT_WORDS, MONEY_ONLY, TIP_WORDS
from shared.contracts.order import Charge, ChargeKind

HALF_A_CENT = Decimal("0.005")


def charges(raw: wire.Order) -> tuple[Charge, ...]:
    """A promotion of nothing (free shipping is told by the shipping costs) is left out."""
    currency = raw.currency.iso_code
    rows = [one for one in counted(raw.line_items) if one.type in MONEY_ONLY and one.total_price]
    return (*_shipping(raw, currency), *(_extra(one, currency) for one in rows), *_rounding(raw, currency))


def _shipping(raw: wire.Order, currency: str) -> tuple[Charge, ...]:
    """All deliveries together: one that takes the costs off again makes shipping free."""
    main = main_delivery(raw)
    if main is None and not raw.shipping_costs.total_price:
        return ()
    method = None if main is None else main.shipping_method
    return (
        Charge(
            kind="shipping",
            title="" if method is None else name(method),
            code="" if method is None else method.technical_name or method.id,
            total=money(raw.shipping_costs.total_price, currency),
            taxes=taxes(raw.shipping_costs, currency),
        ),
    )


def _extra(raw: wire.Line, currency: str) -> Charge:
    code = raw.payload.get("code") if raw.type == "promotion" else None
    return Charge(
        kind=_kind(raw),
        title=raw.label,
        code=code if isinstance(code, str) else "",
        external_id=raw.id,
        total=money(raw.total_price, currency),
        taxes=taxes(raw.price, currency),
    )


def _kind(raw: wire.Line) -> ChargeKind:
    if raw.total_price < 0:
        return "discount"
    title = raw.label.lower()
    return "tip" if title.startswith(TIP_WORDS) else "deposit" if title.startswith(DEPOSIT_WORDS) else "fee"


def _rounding(raw: wire.Order, currency: str) -> tuple[Charge, ...]:
    """What the shop itself states it has rounded: the total to whole coins, and the taxes of a net order as one sum.

    Nothing larger than rounding can be is taken for it: an order that does not add up stays one.
    """
    coins = Decimal(0) if raw.price.raw_total is None else raw.amount_total - raw.price.raw_total
    if abs(coins) > (raw.total_rounding or wire.Rounding()).interval / 2:
        coins = Decimal(0)
    together = Decimal(0)
    if raw.tax_status == "net":
        prices = [one.price for one in counted(raw.line_items)] + [raw.shipping_costs]
        together = tax_of(raw.price) - sum(map(tax_of, prices), Decimal(0))
        if abs(together) > HALF_A_CENT * sum(len(one.calculated_taxes) for one in prices):
            together = Decimal(0)
    rounded = money(coins + together, currency)
    return (Charge(kind="rounding", total=rounded),) if rounded.amount else ()
