"""The price file. It replaces every price of the offers it names, so what we have no word about is written back."""

import csv
import io
from collections.abc import Sequence
from decimal import Decimal

from services.connectors.mirakl import wire
from shared.contracts.errors import Rejected
from shared.contracts.price import PricePush

Row = dict[str, str]
ALWAYS = ("offer-sku", "price", "discount-price", "discount-start-date", "discount-end-date")
# Named only where an offer has such prices: operators without the feature do not know the column.
SOMETIMES = (
    "price-ranges", "discount-ranges", "channels", "start-date", "end-date", "customer-organization-ids",
    "customer-group-ids",
)  # fmt: skip


def price_file(rows: Sequence[Row]) -> str:
    """The rows of one offer stand together."""
    columns = [*ALWAYS, *(name for name in SOMETIMES if any(row.get(name) for row in rows))]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, "", "raise", delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows([{name: row.get(name, "") for name in columns} for row in rows])
    return out.getvalue()


def prices(push: PricePush, held: wire.Offer, features: wire.Features) -> list[Row]:
    """All prices an offer is to have: ours for everybody, and those for a channel, a customer or a time as they are.
    Raises Rejected for what the operator's set-up cannot hold."""
    _possible(push, held, features)
    usual = next((one for one in held.all_prices if one.usual), wire.Price())
    return [_ours(push, usual, features), *(_kept(held.shop_sku, one) for one in held.all_prices if not one.usual)]


def _possible(push: PricePush, held: wire.Offer, features: wire.Features) -> None:
    if push.price.currency != held.currency_iso_code:
        raise Rejected(f"the operator keeps this offer in {held.currency_iso_code}", code="rejected")
    places = features.offer_prices_decimals
    for money in (push.price, push.strike, *(one.price for one in push.tiers)):
        if money and places.isdecimal() and round(money.amount, int(places)) != money.amount:
            raise Rejected(f"the operator's prices have {places} decimals, {money.amount:f} has more", code="rejected")
    if push.sets_strike and push.strike and features.pricing.discount_period_required:
        detail = "the operator demands a beginning and an end of every discount; send the price without a strike price"
        raise Rejected(detail, code="rejected")


def tells_tiers(push: PricePush, features: wire.Features) -> bool:
    """Whether there are prices by quantity to tell, and the operator takes any."""
    return bool(push.tiers) and features.pricing.volume_pricing


def _ours(push: PricePush, usual: wire.Price, features: wire.Features) -> Row:
    """With a strike price that one is the price and ours the discount; without one, a discount goes, unless discounts
    are the operator's own business. Prices by quantity are the offer's own until some were told."""
    price = push.strike or push.price
    row = {"offer-sku": push.external_id, "price": _amount(price.amount)}
    more = [(one.quantity_threshold, one.unit_origin_price) for one in usual.more]
    if push.sets_tiers:
        tiers = push.tiers if tells_tiers(push, features) else ()
        more = [(one.from_quantity, one.price.amount) for one in tiers]
    row["price-ranges"] = _ranges(price.amount, more)
    if push.sets_strike:
        return row | {"discount-price": _amount(push.price.amount) if push.strike else ""}
    if usual.unit_discount_price is None or usual.unit_discount_price >= price.amount:
        return row
    return row | _discount(usual)


def _kept(sku: str, held: wire.Price) -> Row:
    context = held.context or wire.PriceContext()
    channels = context.channel_codes or ((held.channel_code,) if held.channel_code else ())
    origin = held.unit_origin_price
    row = {
        "offer-sku": sku,
        "price": _amount(origin),
        "price-ranges": _ranges(origin, [(one.quantity_threshold, one.unit_origin_price) for one in held.more]),
        "channels": "|".join(channels),
        "start-date": context.start_date,
        "end-date": context.end_date,
        "customer-organization-ids": "|".join(context.customer_organization_ids),
        "customer-group-ids": "|".join(context.customer_group_ids),
    }
    return row if held.unit_discount_price is None else row | _discount(held)


def _discount(held: wire.Price) -> Row:
    assert held.unit_discount_price is not None
    more = [(one.quantity_threshold, one.unit_discount_price) for one in held.more]
    return {
        "discount-price": _amount(held.unit_discount_price),
        "discount-ranges": _ranges(held.unit_discount_price, more),
        "discount-start-date": held.discount_start_date,
        "discount-end-date": held.discount_end_date,
    }


def _ranges(single: Decimal, more: Sequence[tuple[int, Decimal | None]]) -> str:
    """Prices by quantity, the single piece's among them; none where there is only that one."""
    priced = [(threshold, amount) for threshold, amount in more if amount is not None]
    return ",".join(f"{threshold}|{_amount(amount)}" for threshold, amount in [(1, single), *priced]) if priced else ""


def _amount(amount: Decimal) -> str:
    return f"{amount:f}"
