"""How an order is taxed, and what each amount is before and after. The gross is the buyer's money: it stays, except
where a country's net handling says that the net price does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from services.order_import.rules.knowledge import Knowledge, Numbers, article_of
from services.order_import.rules.model_taxes import TaxRules
from services.order_import.rules.ruling import Decision, Ruling, together
from services.order_import.rules.spreading import spread
from services.order_import.rules.tax_terms import EU, FREE, RateClass, Rates, Tax, Threshold, VatIdState
from services.order_import.rules.vat_id import is_well_formed, prefix, tidy
from shared.contracts.money import minor_unit
from shared.contracts.order import Order, TaxLine
from shared.contracts.reason import Reason

NONE = Decimal(0)
TAXED_KINDS = frozenset({"goods", "digital", "deposit", "custom"})


@dataclass(frozen=True, slots=True)
class Levy:
    """One amount with its tax, in the order's currency; `rate` is a fraction."""

    gross: Decimal
    tax: Decimal
    rate: Decimal

    @property
    def net(self) -> Decimal:
        return self.gross - self.tax


@dataclass(frozen=True, slots=True)
class Levies:
    """Every amount of an order as the channel states it, in the order's order."""

    lines: tuple[Levy, ...]
    charges: tuple[Levy, ...]


def treat(order: Order, rules: TaxRules, facts: Knowledge) -> tuple[Tax, Ruling]:
    """How the whole order is taxed, and why."""
    destination = _destination(order) or rules.warehouse_country
    vat_id, state = _vat_id(order, destination, rules)
    if facts.frozen is not None:
        kept = replace(facts.frozen, vat_id=vat_id)
        return kept, Ruling((_decided(kept, "orders.first_import", "tax_frozen"),))
    decisions = []
    if state != "none":
        decisions.append(Decision("customer.vat_id", state, "taxes.vat_id_is_verified", code=f"vat_id_{state}"))
    tax, by, code = _treatment(order, rules, facts, destination, vat_id, state)
    return tax, Ruling((*decisions, _decided(tax, by, code)))


def _treatment(
    order: Order, rules: TaxRules, facts: Knowledge, destination: str, vat_id: str, state: VatIdState
) -> tuple[Tax, str, str]:
    home = rules.warehouse_country
    if order.tax_exempt:
        return Tax("exempt", destination, vat_id, state), "order.tax_exempt", "tax_exempt_by_channel"
    if destination == home:
        return Tax("domestic", home, vat_id, state), "taxes.warehouse_country", "tax_domestic"
    if destination not in EU:
        return Tax("export", destination, vat_id, state), "taxes.warehouse_country", "tax_export"
    threshold = facts.thresholds.get(destination)
    in_force = threshold is not None and threshold.applies(order.placed_at.date())
    if threshold is not None and in_force and threshold.own_warehouse:
        return _abroad("local", threshold, order, facts.numbers, vat_id, state), _row(destination), "tax_own_warehouse"
    if state == "verified" and vat_id[:2] != prefix(home):
        tax = Tax("intra_community", destination, vat_id, state)
        return tax, "taxes.vat_id_is_verified", "tax_intra_community"
    consumer = state in ("none", "malformed")
    if threshold is not None and in_force and consumer and not rules.by_warehouse_country:
        return _abroad("oss", threshold, order, facts.numbers, vat_id, state), _row(destination), "tax_by_threshold"
    by = "taxes.by_warehouse_country" if rules.by_warehouse_country else "taxes.warehouse_country"
    return Tax("domestic", home, vat_id, state), by, "tax_below_threshold"


def _abroad(
    treatment: Literal["local", "oss"],
    threshold: Threshold,
    order: Order,
    numbers: Numbers,
    vat_id: str,
    state: VatIdState,
) -> Tax:
    own = {article_of(line.sku, numbers) for line in order.line_items} & threshold.articles.keys()
    return Tax(
        treatment=treatment,
        country=threshold.country,
        vat_id=vat_id,
        vat_id_state=state,
        own_vat_id=threshold.vat_id,
        rates=threshold.rates,
        net_handling=threshold.net_handling,
        articles={number: threshold.articles[number] for number in sorted(own)},
    )


def _row(country: str) -> str:
    return f"delivery_thresholds.{country}"


def _decided(tax: Tax, rule: str, code: str) -> Decision:
    return Decision("tax", tax.treatment, rule, code=code, params={"country": tax.country})


def _destination(order: Order) -> str:
    """Where the goods go; whoever fetches them, or buys at the till, has them where the warehouse is."""
    if order.delivery == "pickup" or order.channel == "pos":
        return ""
    address = order.shipping_address or order.billing_address
    return "" if address is None else address.country.upper()


def _vat_id(order: Order, destination: str, rules: TaxRules) -> tuple[str, VatIdState]:
    stated = order.customer.vat_id if order.customer is not None else ""
    found = tidy(stated, order.billing_address.country.upper() if order.billing_address else destination)
    if not found:
        return "", "none"
    if not is_well_formed(found):
        return found, "malformed"
    return found, "verified" if rules.vat_id_is_verified else "unverified"


def stated(order: Order) -> Levies:
    """The amounts with the taxes that the channel names. A tax that stands at the order only is divided."""
    lines = [_levy(one.total.amount, one.taxes, order.prices_include_tax) for one in order.line_items]
    charges = [_levy(one.total.amount, one.taxes, order.prices_include_tax) for one in order.charges]
    taxed = any(line.taxes for line in order.line_items) or any(charge.taxes for charge in order.charges)
    if order.tax_total is not None and order.tax_total.amount and not taxed:
        levies = _divided(order, [*lines, *charges], order.tax_total.amount)
        lines, charges = levies[: len(lines)], levies[len(lines) :]
    return Levies(tuple(lines), tuple(charges))


def _levy(total: Decimal, taxes: Sequence[TaxLine], included: bool) -> Levy:
    if not taxes:
        return Levy(total, NONE, NONE)
    tax = sum((one.amount.amount for one in taxes), NONE)
    return Levy(total if included else total + tax, tax, sum((one.rate for one in taxes), NONE))


def _divided(order: Order, levies: Sequence[Levy], tax: Decimal) -> list[Levy]:
    if not levies:
        return []
    beside = NONE if order.prices_include_tax else tax
    worth = sum((one.gross for one in levies), NONE)
    net = worth + beside - tax
    rate = (tax / net).quantize(Decimal("0.0001")) if net else NONE
    weights, unit = [one.gross for one in levies], minor_unit(order.currency)
    parts = zip(levies, spread(tax, weights, unit), spread(beside, weights, unit), strict=True)
    return [Levy(one.gross + more, part, rate) for one, part, more in parts]


def lines_taxed(
    order: Order, levies: Sequence[Levy], tax: Tax, rules: TaxRules, numbers: Numbers
) -> tuple[list[Levy], Ruling]:
    """Each line with the rate it has where the order is taxed, and the lines that say nothing about tax."""
    found, changed, unknown = [], dict[Decimal, Decimal](), set[Decimal]()
    home = Rates(rules.normal_rate, rules.reduced_rate)
    for line, levy in zip(order.line_items, levies, strict=True):
        number = article_of(line.sku, numbers)
        wanted = rate_of(levy.rate, number, tax, home) if tax.rates is not None else levy.rate
        if wanted is None:
            unknown.add(levy.rate)
        elif wanted != levy.rate and line.kind in TAXED_KINDS:
            changed[levy.rate] = wanted
            levy = retaxed(levy, wanted, _keeps_gross(order, number, tax), minor_unit(order.currency))
        found.append(levy)
    decisions = [_changed(before, after, tax) for before, after in sorted(changed.items())]
    decisions += [
        Decision("tax_rate", str(rate), _row(tax.country), code="tax_rate_kept", params=_words(rate, tax.country))
        for rate in sorted(unknown)
    ]
    if tax.treatment in FREE and any(levy.tax for levy in levies):
        words = {"country": tax.country}
        decisions.append(Decision("tax", "charged", "order", code="tax_charged_though_free", params=words))
    missing = Ruling() if tax.treatment in FREE else _missing(order, levies, rules)
    return found, together((Ruling(tuple(decisions)), missing))


def _changed(before: Decimal, after: Decimal, tax: Tax) -> Decision:
    words = {"before": _percent(before), "after": _percent(after), "country": tax.country}
    return Decision("tax_rate", str(after), _row(tax.country), code="tax_rate_of_country", params=words)


def _missing(order: Order, levies: Sequence[Levy], rules: TaxRules) -> Ruling:
    """Goods that state no tax. Beside others that do they may be free of it; where none does, nothing is known."""
    goods = [
        (place, not line.taxes and not levy.rate)
        for place, (line, levy) in enumerate(zip(order.line_items, levies, strict=True))
        if line.kind in TAXED_KINDS and levy.gross
    ]
    lacking = [place for place, lacks in goods if lacks]
    if not lacking:
        return Ruling()
    words = {"lines": ", ".join(str(place + 1) for place in lacking[:10])}
    if rules.exempt_when_missing or len(lacking) < len(goods):
        rule = "taxes.exempt_when_missing" if rules.exempt_when_missing else "order.line_items"
        return Ruling((Decision("tax_rate", "0", rule, code="tax_missing_exempt", params=words),))
    return Ruling(reasons=(Reason(code="tax_missing", field=f"line_items.{lacking[0]}.taxes", params=words),))


def rate_of(rate: Decimal, number: str, tax: Tax, home: Rates) -> Decimal | None:
    """The rate of an amount in the country whose rates the order has; None when its class cannot be told.

    An exception of the article counts first, then a rate the country has itself, then the class that it is at home.
    """
    rates = tax.rates
    if rates is None:
        return rate
    abroad = tax.articles.get(number)
    if abroad is not None and abroad.rate_class is not None:
        return rates.of(abroad.rate_class)
    if rate == 0 or rate in rates.all():
        return rate
    classes: dict[Decimal | None, RateClass] = {home.reduced: "reduced", home.normal: "normal"}
    found = classes.get(rate)
    return None if found is None else rates.of(found)


def retaxed(levy: Levy, rate: Decimal, keeps_gross: bool, unit: Decimal) -> Levy:
    """The same price at another rate: the same gross, or the same net."""
    if rate == levy.rate:
        return levy
    if keeps_gross:
        return Levy(levy.gross, (levy.gross * rate / (1 + rate)).quantize(unit, ROUND_HALF_UP), rate)
    tax = (levy.net * rate).quantize(unit, ROUND_HALF_UP)
    return Levy(levy.net + tax, tax, rate)


def _keeps_gross(order: Order, number: str, tax: Tax) -> bool:
    if order.prices_include_tax or tax.net_handling == "always":
        return True
    abroad = tax.articles.get(number)
    return tax.net_handling == "flagged" and abroad is not None and abroad.keeps_gross


def _words(rate: Decimal, country: str) -> dict[str, str]:
    return {"rate": _percent(rate), "country": country}


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f}"
