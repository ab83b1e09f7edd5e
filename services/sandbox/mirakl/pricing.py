"""What a price file does to offers: every price of an offer it names goes, and those in the file come."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from itertools import groupby

from services.sandbox.mirakl.imports import Row
from services.sandbox.mirakl.offers import Offers, Price
from services.sandbox.mirakl.options import Options

NEEDED = frozenset({"offer-sku", "price"})
DISCOUNT = frozenset({"discount-price", "discount-start-date", "discount-end-date"})
MOST = 50


def columns(options: Options) -> frozenset[str]:
    """Those of every operator, and those of the features he has."""
    found = NEEDED | DISCOUNT
    if options.volume_pricing:
        found |= {"price-ranges", "discount-ranges"}
    return found | ({"channels"} if options.channel_pricing else frozenset())


def work(offers: Offers, options: Options, rows: Sequence[Row]) -> dict[int, str]:
    """An offer of which one line is wrong keeps all its prices; its other lines are reported without a reason."""
    errors: dict[int, str] = {}
    places = range(len(rows))
    for sku, group in groupby(places, key=lambda place: rows[place]["offer-sku"]):
        own = list(group)
        offer = offers.by_sku.get(sku)
        wrong = {place: reason for place in own if (reason := _wrong(rows[place], options)) is not None}
        if offer is None:
            wrong = {own[0]: "The offer does not exist"}
        elif len(own) > MOST:
            wrong = {own[0]: "An offer has at most 50 prices"}
        elif not any(not rows[place].get("channels") for place in own):
            wrong = {own[0]: "The default price is mandatory"}
        if offer is None or wrong:
            errors |= {place: wrong.get(place, "") for place in own}
        else:
            offer.prices = [_price(rows[place]) for place in own]
    return errors


def _wrong(row: Row, options: Options) -> str | None:
    try:
        price = _price(row)
    except (InvalidOperation, ValueError):
        return "The price is not valid"
    amounts = [one for one in (price.amount, price.discount, *price.volumes.values()) if one is not None]
    if any(round(one, options.price_decimals) != one for one in amounts):
        return f"Prices have at most {options.price_decimals} decimals"
    if min([price.amount, *price.volumes.values()]) <= 0:
        return "The price must be more than 0"
    if price.discount is not None and price.discount >= price.amount:
        return "The discount price must be lower than the price"
    if price.discount is not None and options.discount_period_required and not (price.start and price.end):
        return "A discount needs a start and an end date"
    return None


def _price(row: Row) -> Price:
    ranges = [one.split("|") for one in row.get("price-ranges", "").split(",") if one]
    return Price(
        amount=Decimal(row["price"]),
        discount=Decimal(row["discount-price"]) if row.get("discount-price") else None,
        start=row.get("discount-start-date", ""),
        end=row.get("discount-end-date", ""),
        channels=tuple(filter(None, row.get("channels", "").split("|"))),
        volumes={int(threshold): Decimal(amount) for threshold, amount in ranges if threshold != "1"},
    )
