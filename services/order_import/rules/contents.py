"""One order as the ERP is to have it: who bought, its lines and charges, how it is taxed, and what it comes to."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, Protocol

from services.order_import.rules import charges, customers, lines
from services.order_import.rules.charges import ChargeLine
from services.order_import.rules.customers import CustomerHandling
from services.order_import.rules.knowledge import Knowledge
from services.order_import.rules.lines import ContentLine
from services.order_import.rules.model_charges import ChargeRules
from services.order_import.rules.model_customers import CustomerRules
from services.order_import.rules.model_lines import LineRules
from services.order_import.rules.model_taxes import TaxRules
from services.order_import.rules.ruling import Decision, Ruling, together
from services.order_import.rules.tax_terms import FREE, Rates, Tax
from services.order_import.rules.taxes import TAXED_KINDS, lines_taxed, stated, treat
from shared.contracts.money import Money, minor_unit
from shared.contracts.order import Order


class ContentRules(Protocol):
    """The rules that are asked, whatever else belongs to a connection's."""

    @property
    def customers(self) -> CustomerRules: ...
    @property
    def lines(self) -> LineRules: ...
    @property
    def charges(self) -> ChargeRules: ...
    @property
    def taxes(self) -> TaxRules: ...


@dataclass(frozen=True, slots=True)
class Contents:
    """Σ gross of lines and charges − `deducted` + `difference` is the channel's total. `total` is what the ERP bills:
    the channel's total where it is `fixed`, else the sum. `auto_shipping` False: a person looks at it first."""

    customer: CustomerHandling
    lines: tuple[ContentLine, ...]
    charges: tuple[ChargeLine, ...]
    tax: Tax
    prices: Literal["gross", "net", "exempt"]
    total: Money
    difference: Money
    deducted: Money
    fixed: bool
    auto_shipping: bool


def decide_contents(order: Order, rules: ContentRules, facts: Knowledge) -> tuple[Contents, Ruling]:
    """The order for the ERP, with every decision and every reason against it. Pure; all amounts must be in the order's
    currency (`money_proof.sound`)."""
    customer, about_customer = customers.handle(order, rules.customers, facts)
    tax, about_tax = treat(order, rules.taxes, facts)
    levies = stated(order)
    taxed, about_rates = lines_taxed(order, levies.lines, tax, rules.taxes, facts.numbers)
    found_lines, about_lines = lines.resulting(order, taxed, rules.lines, facts)
    goods: dict[Decimal, Decimal] = defaultdict(Decimal)
    for line, levy in zip(order.line_items, taxed, strict=True):
        if line.kind in TAXED_KINDS and levy.gross > 0:
            goods[levy.rate] += levy.gross
    home = Rates(rules.taxes.normal_rate, rules.taxes.reduced_rate)
    found_charges, about_charges = charges.resulting(order, levies.charges, goods, tax, home, rules.charges, facts)
    deducted = sum((one.amount.amount for one in order.payments if one.deducted), Decimal(0))
    worth = sum((one.gross.amount for one in found_lines), Decimal(0)) - deducted
    worth += sum((one.gross.amount for one in found_charges), Decimal(0))
    difference = (order.total.amount - worth).quantize(minor_unit(order.currency), ROUND_HALF_UP)
    fixed, about_total = _total(order, difference, rules.taxes)
    contents = Contents(
        customer=customer,
        lines=found_lines,
        charges=found_charges,
        tax=tax,
        prices=_prices(order, tax, rules.taxes),
        total=order.total if fixed else Money.of(order.total.amount - difference, order.currency),
        difference=Money.of(difference, order.currency),
        deducted=Money.of(deducted, order.currency),
        fixed=fixed,
        auto_shipping=fixed or not rules.taxes.fix_total,
    )
    return contents, together((about_customer, about_tax, about_rates, about_lines, about_charges, about_total))


def _total(order: Order, difference: Decimal, rules: TaxRules) -> tuple[bool, Ruling]:
    """Up to the greatest difference the channel's total is taken over; above it the sum stands, and nothing is shipped
    before somebody has looked at it."""
    if not rules.fix_total or not difference:
        return rules.fix_total, Ruling()
    words = {
        "difference": f"{difference:f}", "currency": order.currency, "limit": f"{rules.maximum_difference:f}",
        "total": f"{order.total.amount:f}",
    }  # fmt: skip
    if abs(difference) <= rules.maximum_difference:
        return True, Ruling((Decision("total", words["total"], "taxes.fix_total", code="total_fixed", params=words),))
    rule = "taxes.maximum_difference"
    return False, Ruling((Decision("auto_shipping", "off", rule, code="total_differs", params=words),))


def _prices(order: Order, tax: Tax, rules: TaxRules) -> Literal["gross", "net", "exempt"]:
    if tax.treatment in FREE:
        return "exempt"
    if rules.prices == "channel":
        return "gross" if order.prices_include_tax else "net"
    return rules.prices
