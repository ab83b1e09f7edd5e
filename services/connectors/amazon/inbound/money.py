"""An order's money. Amazon does not say whether tax is in the parts of an item or comes on top, nor how a discount is
signed: both follow from the one sum that it states, an item's `proceedsTotal`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from services.connectors.amazon import wire
from services.connectors.amazon.inbound.rates import Rates
from services.connectors.amazon.settings.markets import MARKET_OF
from services.connectors.amazon.vocabulary import CHARGES, ITEM_PARTS, TIP
from shared.contracts.errors import Untranslatable
from shared.contracts.money import Money, minor_unit
from shared.contracts.order import Charge, LineItem, TaxLine

ZERO = Decimal(0)
FACILITATOR = "MARKETPLACE_FACILITATOR"


def figure(raw: wire.Money, field: str) -> Money:
    """Raises Untranslatable for what is no currency."""
    code = raw.currency_code
    if not (len(code) == 3 and code.isascii() and code.isupper()):
        raise Untranslatable(f"{code} is no currency", code="unknown_word", field=field, value=code)
    return Money(amount=raw.amount, currency=code)


@dataclass(frozen=True)
class Part:
    """An item's own price after its discount, its charges by Amazon's word, and the tax that belongs to each."""

    line: Decimal
    off_line: Decimal
    charges: dict[str, Decimal]
    taxes: dict[str, Decimal]
    by_channel: bool

    @property
    def line_tax(self) -> Decimal:
        return self.taxes.get("ITEM", ZERO)


@dataclass(frozen=True)
class Stated:
    """What an item states, without regard to signs: its parts, what is taken off, its tax and its sum."""

    parts: dict[str, Decimal]
    off: Decimal
    tax: Decimal
    details: dict[str, Decimal]
    total: Decimal | None

    def comes_to(self, *, net: bool, counted: bool) -> bool:
        """Whether the sum is right when tax comes on top (`net`) and the discount is taken off (`counted`)."""
        whole = sum(self.parts.values(), ZERO) - (self.off if counted else ZERO) + (self.tax if net else ZERO)
        return self.total is None or whole == self.total


@dataclass(frozen=True)
class Basis:
    """How the money of one order is read: `net` parts or such with tax inside."""

    currency: str
    net: bool
    items: tuple[Part, ...]
    rates: Rates

    @staticmethod
    def of(raw: wire.Order, currency: str) -> "Basis":
        """One way that fits all items. Where none does, what is stated stands, and the order's sum will not prove."""
        stated = [_stated(item, place, currency) for place, item in enumerate(raw.order_items)]
        net = not _fits(stated, net=False) and _fits(stated, net=True)
        parts = tuple(_part(one, item, net) for one, item in zip(stated, raw.order_items, strict=True))
        amounts = [(_bare(part.line, part.line_tax, net), part.line_tax) for part in parts]
        return Basis(currency, net, parts, Rates.of(_country(raw), amounts, minor_unit(currency)))

    def money(self, amount: Decimal) -> Money:
        return Money(amount=amount, currency=self.currency)

    def unit_price(self, part: Part, pieces: int) -> Money:
        """Of nothing, nothing."""
        worth = part.line + part.off_line
        return self.money(worth / pieces if pieces else worth).rounded()

    def tax_lines(self, amount: Decimal, tax: Decimal, *, by_channel: bool) -> tuple[TaxLine, ...]:
        """None where no tax is told: then the merchant's own rules decide."""
        if not tax:
            return ()
        rate = self.rates.find(_bare(amount, tax, self.net), tax)
        return (TaxLine(rate=rate, amount=self.money(tax), remitted_by_channel=by_channel),)


def charges(raw: wire.Order, basis: Basis) -> tuple[Charge, ...]:
    """What is no article: each kind once, with its tax at each rate; and the tip, which no item holds."""
    found = []
    for word, kind in CHARGES.items():
        total, taxes = ZERO, dict[tuple[Decimal, bool], Decimal]()
        for part in basis.items:
            worth, tax = part.charges.get(word, ZERO), part.taxes.get(word, ZERO)
            total += worth
            for one in basis.tax_lines(worth, tax, by_channel=part.by_channel):
                key = one.rate, one.remitted_by_channel
                taxes[key] = taxes.get(key, ZERO) + one.amount.amount
        if total or taxes:
            lines = tuple(
                TaxLine(rate=rate, amount=basis.money(tax), remitted_by_channel=by_channel)
                for (rate, by_channel), tax in sorted(taxes.items())
            )
            found.append(Charge(kind=kind, title=word, code=word, total=basis.money(total), taxes=lines))
    for place, stated in enumerate(raw.proceeds.breakdowns):
        if stated.type == TIP:
            tip = figure(stated.subtotal, f"proceeds.breakdowns.{place}.subtotal")
            found.append(Charge(kind="tip", title=TIP, code=TIP, total=tip))
    return tuple(found)


def taxed(lines: Sequence[LineItem], extra: Sequence[Charge], basis: Basis) -> Money:
    """The tax that comes on top of net parts."""
    taxes = [*(tax for one in lines for tax in one.taxes), *(tax for one in extra for tax in one.taxes)]
    return basis.money(sum((tax.amount.amount for tax in taxes), ZERO) if basis.net else ZERO)


def _fits(stated: Sequence[Stated], *, net: bool) -> bool:
    return all(any(one.comes_to(net=net, counted=counted) for counted in (True, False)) for one in stated)


def _stated(item: wire.Item, place: int, currency: str) -> Stated:
    """Raises Untranslatable for a part that is unknown, or is not in the order's currency."""
    parts, off, tax, details = dict[str, Decimal](), ZERO, ZERO, dict[str, Decimal]()
    total = item.proceeds.proceeds_total
    amounts = [one.subtotal for one in item.proceeds.breakdowns] + ([total] if total else [])
    if other := next((one.currency_code for one in amounts if one.currency_code != currency), ""):
        field = f"orderItems.{place}.proceeds"
        raise Untranslatable(f"{other} is not the order's currency", code="unknown_word", field=field, value=other)
    for number, one in enumerate(item.proceeds.breakdowns):
        if one.type not in ITEM_PARTS:
            field = f"orderItems.{place}.proceeds.breakdowns.{number}.type"
            raise Untranslatable(f"The part {one.type} is unknown", code="unknown_word", field=field, value=one.type)
        if one.type == "TAX":
            tax += one.subtotal.amount
            for word, worth in _details(one):
                details[word] = details.get(word, ZERO) + worth
        elif one.type == "DISCOUNT":
            off += abs(one.subtotal.amount)
        else:
            parts[one.type] = parts.get(one.type, ZERO) + one.subtotal.amount
    return Stated(parts, off, tax, details, None if total is None else total.amount)


def _details(one: wire.Breakdown) -> Iterator[tuple[str, Decimal]]:
    for detail in one.detailed_breakdowns:
        if detail.value is not None:
            yield detail.subtype, detail.value.amount


def _part(one: Stated, item: wire.Item, net: bool) -> Part:
    """A discount lowers the item's price first, and what is left of it the shipping. One that the parts already bear
    is only told."""
    counted = one.comes_to(net=net, counted=True) or not one.comes_to(net=net, counted=False)
    price = one.parts.get("ITEM", ZERO)
    if not one.parts and one.total is not None:
        # An item may state its sum alone.
        price = one.total - (one.tax if net else ZERO)
    off = one.off if counted else ZERO
    off_line = min(off, price)
    extra = {word: worth for word, worth in one.parts.items() if word != "ITEM"}
    if off > off_line:
        extra["SHIPPING"] = extra.get("SHIPPING", ZERO) - (off - off_line)
    by_channel = any(collection.model == FACILITATOR for collection in item.tax.tax_collections)
    return Part(price - off_line, off_line, extra, _taxes(one, price - off_line, extra), by_channel)


def _taxes(one: Stated, line: Decimal, extra: dict[str, Decimal]) -> dict[str, Decimal]:
    """The tax of each part as it is detailed, else in proportion. The tax on a discount belongs to the item's price."""
    words = {"ITEM": line, **extra}
    known = {word: worth for word, worth in one.details.items() if word in words}
    rest = one.tax - sum(known.values(), ZERO)
    if known:
        return known | {"ITEM": known.get("ITEM", ZERO) + rest}
    whole = sum(words.values(), ZERO)
    if not whole or len(words) == 1:
        return {"ITEM": one.tax}
    cent = Decimal(1).scaleb(int(one.tax.as_tuple().exponent))
    found = {word: (one.tax * worth / whole).quantize(cent, ROUND_HALF_UP) for word, worth in extra.items()}
    return found | {"ITEM": one.tax - sum(found.values(), ZERO)}


def _bare(amount: Decimal, tax: Decimal, net: bool) -> Decimal:
    return amount if net else amount - tax


def _country(raw: wire.Order) -> str:
    """Where the goods go, else where they were sold."""
    address, market = raw.recipient.delivery_address, MARKET_OF.get(raw.sales_channel.marketplace_id)
    return (address.country_code if address else "") or (market.country if market else "")
