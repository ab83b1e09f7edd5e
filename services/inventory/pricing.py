"""What a listing is to cost in its shop, and why that much."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from pydantic import BaseModel, ConfigDict

from services.inventory.price_rows import Basis, Tax
from services.inventory.price_settings import PriceSettings
from services.inventory.sellable import HUNDRED, Step, plain
from shared.contracts.money import Currency, minor_unit

FINE = Decimal("0.0001")


class StoredPrice(BaseModel):
    """What an article costs in one price list and currency."""

    model_config = ConfigDict(frozen=True)

    price_list: str
    currency: Currency
    amount: Decimal
    basis: Basis
    tax: Tax
    strike: Decimal | None = None


class Quote(BaseModel):
    """A price in the terms of one shop. Two that are equal need not be told twice."""

    model_config = ConfigDict(frozen=True)

    amount: Decimal
    currency: Currency
    strike: Decimal | None = None
    sets_strike: bool = False
    includes_tax: bool = True
    tax_rate: Decimal


def as_json(quote: Quote | None) -> str | None:
    """A price as it is stored."""
    return None if quote is None else quote.model_dump_json()


@dataclass(frozen=True)
class Priced:
    """The price, its tax and the steps to it, or the code and words why there is none."""

    quote: Quote | None
    tax: Tax = "standard"
    steps: tuple[Step, ...] = ()
    why: str = ""
    params: tuple[tuple[str, str], ...] = ()


def priced(article: str, prices: Sequence[StoredPrice], settings: PriceSettings, shown_in: str | None) -> Priced:
    """The price of a listing; `shown_in` is the currency in which the shop shows it, None when nobody knows."""
    currency = settings.currency or shown_in
    if currency is None:
        return Priced(None, why="price_currency_unknown", params=(("article", article),))
    if shown_in not in (None, currency):
        return Priced(None, why="price_currency_differs", params=(("currency", currency), ("shop", shown_in or "")))
    lists = [settings.price_list, *([""] if settings.fallback and settings.price_list else [])]
    mine = {one.price_list: one for one in prices if one.currency == currency}
    stored = next((mine[name] for name in lists if name in mine), None)
    if stored is None:
        words = (("article", article), ("list", settings.price_list or "–"), ("currency", currency))
        return Priced(None, why="price_missing", params=words)
    return _quoted(stored, settings)


def _quoted(stored: StoredPrice, settings: PriceSettings) -> Priced:
    rate = settings.rate(stored.tax)
    wanted: Basis = "net" if settings.net else "gross"
    amount = _converted(stored.amount, stored, wanted, rate, settings)
    strike = stored.strike if settings.strike else None
    quote = Quote(
        amount=amount,
        currency=stored.currency,
        strike=None if strike is None else _converted(strike, stored, wanted, rate, settings),
        sets_strike=settings.strike,
        includes_tax=not settings.net,
        tax_rate=rate,
    )
    code = "price_step_list" if stored.price_list else "price_step_standard"
    if stored.price_list != settings.price_list:
        code = "price_step_fallback"
    words = {"amount": plain(stored.amount), "currency": stored.currency}
    steps = [Step(code, words | {"list": settings.price_list, "basis": stored.basis})]
    if stored.basis != wanted:
        steps.append(Step(f"price_step_to_{wanted}", {"rate": plain(rate), "amount": plain(amount)}))
    if quote.strike is not None:
        steps.append(Step("price_step_strike", {"strike": plain(quote.strike), "currency": stored.currency}))
    elif settings.strike:
        steps.append(Step("price_step_no_strike", {}))
    return Priced(quote, stored.tax, tuple(steps))


def _converted(amount: Decimal, stored: StoredPrice, wanted: Basis, rate: Decimal, settings: PriceSettings) -> Decimal:
    unit = minor_unit(stored.currency)
    if stored.basis != wanted:
        factor = (HUNDRED + rate) / HUNDRED
        amount = amount * factor if wanted == "gross" else amount / factor
    if wanted == "net" and not settings.rounded:
        unit = min(unit, FINE)
    return amount.quantize(unit, ROUND_HALF_UP)
