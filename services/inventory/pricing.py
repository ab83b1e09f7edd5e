"""What a listing is to cost in its shop, and why that much."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from pydantic import BaseModel, ConfigDict

from services.inventory.price_rows import Basis, Tax
from services.inventory.price_settings import PriceSettings
from services.inventory.sellable import HUNDRED, Step, plain
from shared.contracts.money import Currency, minor_unit

FINE = Decimal("0.0001")


class StoredPrice(BaseModel):
    """What an article costs in one price list and currency, from so many pieces on."""

    model_config = ConfigDict(frozen=True)

    price_list: str
    currency: Currency
    from_quantity: int = 1
    amount: Decimal
    basis: Basis
    tax: Tax
    strike: Decimal | None = None


class Tier(BaseModel):
    """What one piece costs if at least so many are bought."""

    model_config = ConfigDict(frozen=True)

    from_quantity: int
    amount: Decimal


class GroupQuote(BaseModel):
    """The prices of one list for the shop's `group` of customers, from one piece upwards."""

    model_config = ConfigDict(frozen=True)

    price_list: str
    group: str
    tiers: tuple[Tier, ...]


class Quote(BaseModel):
    """A price in the terms of one shop, with those by quantity and of further groups: one unit, told as a whole. Two
    that are equal need not be told twice. `tiers` begin at two pieces. `sets_tiers`: some were told before, or are now;
    `former_groups` before, and no more.
    """

    model_config = ConfigDict(frozen=True)

    amount: Decimal
    currency: Currency
    strike: Decimal | None = None
    sets_strike: bool = False
    includes_tax: bool = True
    tax_rate: Decimal
    tiers: tuple[Tier, ...] = ()
    tiers_group: str = ""
    groups: tuple[GroupQuote, ...] = ()
    sets_tiers: bool = False
    former_groups: tuple[str, ...] = ()

    @property
    def told_groups(self) -> set[str]:
        """The shop's groups that have prices of ours by it."""
        return {one.group for one in self.groups} | ({self.tiers_group} - {""})

    @property
    def steps(self) -> dict[tuple[str, str, int], Decimal]:
        """Every price beside the listing's own, by list ("" of its own tiers), group and quantity."""
        own = {("", self.tiers_group, one.from_quantity): one.amount for one in self.tiers}
        return own | {
            (of.price_list or "–", of.group, one.from_quantity): one.amount for of in self.groups for one in of.tiers
        }


def as_words(tiers: Sequence[Tier]) -> str:
    """Prices by quantity as people read them."""
    return ", ".join(f"≥ {one.from_quantity}: {plain(one.amount)}" for one in tiers)


def as_json(quote: Quote | None) -> str | None:
    """A price as it is stored."""
    return None if quote is None else quote.model_dump_json()


@dataclass(frozen=True)
class Priced:
    """The price, its tax, the list it is from and the steps to it, or the code and words why there is none."""

    quote: Quote | None
    tax: Tax = "standard"
    price_list: str = ""
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
    mine = {one.price_list: one for one in prices if one.currency == currency and one.from_quantity == 1}
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
    return Priced(quote, stored.tax, stored.price_list, tuple(steps))


def graded(made: Priced, prices: Sequence[StoredPrice], settings: PriceSettings, *, before: Quote | None) -> Priced:
    """The price with those by quantity and of the groups that the settings name. `before` is what the shop was told
    last: what it knows of them has to be set from then on, even if it is nothing any more."""
    quote = made.quote
    if quote is None:
        return made
    ladders: dict[str, list[Tier]] = {}
    for one in sorted(prices, key=lambda one: (one.price_list, one.from_quantity)):
        if one.currency == quote.currency:
            amount = _converted(one.amount, one, "net" if settings.net else "gross", quote.tax_rate, settings)
            tier = Tier(from_quantity=one.from_quantity, amount=amount)
            ladders.setdefault(one.price_list, []).append(tier)
    tiers = tuple(ladders.pop(made.price_list)[1:])
    targets = {name: group for name, group in settings.groups.items() if name != made.price_list}
    groups = tuple(
        GroupQuote(price_list=name, group=targets[name], tiers=tuple(ladder))
        for name, ladder in ladders.items()
        if name in targets
    )
    told = {
        "tiers": tiers,
        "tiers_group": settings.groups.get(made.price_list, "") if tiers else "",
        "groups": groups,
        "sets_tiers": bool(tiers or groups or (before and before.sets_tiers)),
    }
    quote = quote.model_copy(update=told)
    if before is not None:
        former = (before.told_groups | set(before.former_groups)) - quote.told_groups
        quote = quote.model_copy(update={"former_groups": tuple(sorted(former))})
    return replace(made, quote=quote, steps=(*made.steps, *_graded_steps(quote, ladders, targets)))


def _graded_steps(quote: Quote, ladders: Collection[str], targets: Mapping[str, str]) -> Iterator[Step]:
    if quote.tiers:
        yield Step("price_step_tiers", {"tiers": as_words(quote.tiers), "currency": quote.currency})
    for one in quote.groups:
        words = {"list": one.price_list or "–", "group": one.group, "currency": quote.currency}
        yield Step("price_step_group", words | {"tiers": as_words(one.tiers)})
    if lacking := ", ".join(name or "–" for name in targets if name not in ladders):
        yield Step("price_step_groups_missing", {"lists": lacking, "currency": quote.currency})
    # A connection with a list of its own need not tell the standard price as well.
    if unmapped := ", ".join(name for name in ladders if name and name not in targets):
        yield Step("price_step_groups_unmapped", {"lists": unmapped})


def _converted(amount: Decimal, stored: StoredPrice, wanted: Basis, rate: Decimal, settings: PriceSettings) -> Decimal:
    unit = minor_unit(stored.currency)
    if stored.basis != wanted:
        factor = (HUNDRED + rate) / HUNDRED
        amount = amount * factor if wanted == "gross" else amount / factor
    if wanted == "net" and not settings.rounded:
        unit = min(unit, FINE)
    return amount.quantize(unit, ROUND_HALF_UP)
