"""Money that is no article: shipping and fees."""

from services.connectors.woocommerce import wire
from services.connectors.woocommerce.inbound.money import Rates, money, taxes
from services.connectors.woocommerce.vocabulary import DEPOSIT_WORDS, TIP_WORDS
from shared.contracts.order import Charge, ChargeKind


def shipping(raw: wire.ShippingLine, currency: str, rates: Rates) -> Charge:
    return Charge(
        kind="shipping",
        title=raw.method_title,
        code=raw.method_id,
        external_id=str(raw.id),
        total=money(raw.total, currency),
        taxes=taxes(raw.taxes, rates, currency),
    )


def fee(raw: wire.FeeLine, currency: str, rates: Rates) -> Charge:
    name = raw.name or ""
    kind: ChargeKind = "discount" if raw.total < 0 else "fee"
    if raw.total > 0 and name.lower().startswith(DEPOSIT_WORDS):
        kind = "deposit"
    elif raw.total > 0 and name.lower().startswith(TIP_WORDS):
        kind = "tip"
    return Charge(
        kind=kind,
        title=name,
        external_id=str(raw.id),
        total=money(raw.total, currency),
        taxes=taxes(raw.taxes, rates, currency),
    )
