"""Stock and prices, as they are."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.connectors.tradebyte.outbound.markup import catalogue, file, leaf, money, node
from shared.contracts.price import PricePush
from shared.contracts.stock import StockPush


def stock_file(commands: Sequence[StockPush]) -> bytes:
    """Absolute quantities. TB.One knows none below zero: oversold is sold out."""
    rows = [[("A_NR", one.external_id), ("A_STOCK", str(max(one.quantity, 0)))] for one in commands]
    return file("TBSTOCK", "ARTICLE", rows)


def price_file(commands: Sequence[PricePush], channels: Sequence[str], tax_classes: Mapping[Decimal, str]) -> bytes:
    """A catalogue of prices alone: gross, one for each channel, beside the price before where there is one."""
    products: dict[str, list[str]] = {}
    for push in commands:
        products.setdefault(push.parent_external_id or "", []).append(_priced(push, channels, tax_classes))
    return catalogue(
        node("PRODUCT", [leaf("P_NR", number), node("ARTICLEDATA", articles)]) for number, articles in products.items()
    )


def _priced(push: PricePush, channels: Sequence[str], tax_classes: Mapping[Decimal, str]) -> str:
    fields = [("A_VK", money(push.price.amount, push.includes_tax, push.tax_rate))]
    if push.strike is not None and push.strike.amount > push.price.amount:
        fields.append(("A_VK_OLD", money(push.strike.amount, push.includes_tax, push.tax_rate)))
    if tax_class := tax_classes.get(push.tax_rate.normalize(), ""):
        fields.append(("A_MWST", tax_class))
    leaves = [leaf(tag, value) for tag, value in fields]
    prices = [node("A_PRICE", leaves, channel=sign, currency=push.price.currency) for sign in channels]
    return node("ARTICLE", [leaf("A_NR", push.external_id), node("A_PRICEDATA", prices)])
