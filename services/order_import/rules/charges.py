"""Money that is no article: shipping, discounts and surcharges, with an article where the merchant wants lines, and
with the tax that their goods have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from services.order_import.rules.knowledge import ChargeArticle, ChargeArticleKind, Knowledge
from services.order_import.rules.missing import article_missing
from services.order_import.rules.model_charges import ChargeRules
from services.order_import.rules.ruling import Decision, Ruling
from services.order_import.rules.spreading import spread
from services.order_import.rules.tax_terms import Rates, Tax
from services.order_import.rules.taxes import Levy, rate_of
from shared.contracts.money import Money, minor_unit
from shared.contracts.order import Charge, ChargeKind, Order
from shared.contracts.reason import Reason

NONE = Decimal(0)
ARTICLE: Mapping[ChargeKind, ChargeArticleKind] = {
    "shipping": "shipping", "gift_wrap": "shipping", "discount": "discount", "fee": "surcharge",
    "deposit": "surcharge", "tip": "surcharge", "duty": "surcharge", "rounding": "surcharge",
}  # fmt: skip
# These follow no goods: where the channel names no tax for them, there is none.
UNTAXED = frozenset({"tip", "duty", "rounding"})


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """One charge, or its part at one tax rate. `position` is the charge's place in the order; `article_number` is
    empty where charges do not become lines. A discount is negative."""

    key: str
    kind: ChargeKind
    article_number: str
    name: str
    gross: Money
    tax: Money
    tax_rate: Decimal
    position: int
    charge_external_id: str = ""

    @property
    def net(self) -> Money:
        return self.gross - self.tax


class Share(NamedTuple):
    """A part of a charge; `tax` is set where the channel states it."""

    rate: Decimal
    weight: Decimal
    tax: Decimal | None = None


def resulting(
    order: Order, levies: Sequence[Levy], goods: Mapping[Decimal, Decimal], tax: Tax, home: Rates, rules: ChargeRules,
    facts: Knowledge,
) -> tuple[tuple[ChargeLine, ...], Ruling]:  # fmt: skip
    """The order's charges; all money is there again. `goods` is what the goods are worth at each rate, `levies` are
    the charges' amounts as the channel states them."""
    found: list[ChargeLine] = []
    decisions: list[Decision] = []
    reasons: dict[str, Reason] = {}
    unit = minor_unit(order.currency)
    for position, (charge, levy) in enumerate(zip(order.charges, levies, strict=True)):
        article = facts.charge_articles.get(ARTICLE[charge.kind]) if rules.as_lines else None
        if rules.as_lines and levy.gross and (reason := _lacking(charge, position, article, facts)):
            reasons.setdefault(reason.code + reason.key, reason)
        parts = _parts(charge, levy, goods, tax, home, rules, order.prices_include_tax, unit)
        if sum((part.tax for part in parts), NONE) != levy.tax:
            rates = ", ".join(f"{(part.rate * 100).normalize():f}" for part in parts)
            words = {"title": charge.title or charge.kind, "rates": rates}
            field = f"charges.{position}.tax_rate"
            decisions.append(Decision(field, rates, "charges.tax_from", code="charge_taxed_like_goods", params=words))
        name = (article.names.get(order.locale[:2].lower()) if article else None) or charge.title or charge.kind
        for place, part in enumerate(parts):
            found.append(
                ChargeLine(
                    key=f"{charge.kind}.{position}.{place}",
                    kind=charge.kind,
                    article_number=article.number if article else "",
                    name=name,
                    gross=Money.of(part.gross, order.currency),
                    tax=Money.of(part.tax, order.currency),
                    tax_rate=part.rate,
                    position=position,
                    charge_external_id=charge.external_id,
                )
            )
    return tuple(found), Ruling(tuple(decisions), tuple(reasons.values()))


def _lacking(charge: Charge, position: int, article: ChargeArticle | None, facts: Knowledge) -> Reason | None:
    field = f"charges.{position}"
    if article is None:
        kind = ARTICLE[charge.kind]
        words = {"title": charge.title or charge.kind, "kind": kind}
        return Reason(code="charge_article_missing", field=field, key=kind, params=words)
    if article.number not in facts.articles:
        return article_missing(article.number, field, facts, ARTICLE[charge.kind])
    return None


def _parts(
    charge: Charge, levy: Levy, goods: Mapping[Decimal, Decimal], tax: Tax, home: Rates, rules: ChargeRules,
    included: bool, unit: Decimal,
) -> list[Levy]:  # fmt: skip
    shares = _shares(charge, levy, goods, tax, home, rules)
    if len(shares) > 1 and rules.mixed_rates == "largest":
        shares = [max(shares, key=lambda share: (abs(share.weight), share.rate))._replace(tax=None)]
    if len(shares) == 1:
        (share,) = shares
        return [levy if share.rate == levy.rate else _at(levy.gross, share.rate, unit)]
    if all(share.tax is not None for share in shares):
        nets = spread(levy.net, [share.weight for share in shares], unit)
        return [
            Levy(net + share.tax, share.tax, share.rate)
            for net, share in zip(nets, shares, strict=True)
            if share.tax is not None
        ]
    grosses = spread(levy.gross, [share.weight for share in shares], unit)
    return [_at(gross, share.rate, unit) for gross, share in zip(grosses, shares, strict=True)]


def _at(gross: Decimal, rate: Decimal, unit: Decimal) -> Levy:
    return Levy(gross, (gross * rate / (1 + rate)).quantize(unit, ROUND_HALF_UP), rate)


def _shares(
    charge: Charge, levy: Levy, goods: Mapping[Decimal, Decimal], tax: Tax, home: Rates, rules: ChargeRules
) -> list[Share]:
    if charge.taxes and (rules.tax_from == "channel" or charge.kind in UNTAXED):
        return _merged([_abroad(share, tax, home) for share in _stated(charge, levy)])
    if charge.kind in UNTAXED or not goods or (levy.rate and not charge.taxes):
        return [Share(levy.rate, levy.gross)]
    return [Share(rate, worth) for rate, worth in sorted(goods.items(), reverse=True)]


def _stated(charge: Charge, levy: Levy) -> list[Share]:
    """The channel's own shares. Several taxes are one on top of the other, where each is on the whole amount, or each
    on a part of it."""
    if len(charge.taxes) == 1 or not levy.net:
        return [Share(levy.rate, levy.net, levy.tax)]
    bases = [one.amount.amount / one.rate if one.rate else NONE for one in charge.taxes]
    if abs(sum(bases, NONE)) > abs(levy.net) * Decimal("1.5"):
        return [Share(levy.rate, levy.net, levy.tax)]
    free = [place for place, one in enumerate(charge.taxes) if not one.rate]
    if free:
        bases[free[0]] = levy.net - sum(bases, NONE)
    return [Share(one.rate, base, one.amount.amount) for one, base in zip(charge.taxes, bases, strict=True)]


def _abroad(share: Share, tax: Tax, home: Rates) -> Share:
    rate = rate_of(share.rate, "", tax, home)
    return share if rate is None or rate == share.rate else Share(rate, share.weight)


def _merged(shares: Sequence[Share]) -> list[Share]:
    """One share per rate."""
    found: dict[Decimal, Share] = {}
    for share in shares:
        if (known := found.get(share.rate)) is None:
            found[share.rate] = share
        else:
            tax = None if known.tax is None or share.tax is None else known.tax + share.tax
            found[share.rate] = Share(share.rate, known.weight + share.weight, tax)
    return list(found.values())
