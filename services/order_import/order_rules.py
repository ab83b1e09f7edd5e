"""The rules an order must keep before it is handed on. All broken ones are named at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from services.order_import.money_proof import Foreign, absurd, foreign, prove, sound
from services.order_import.rules.contents import Contents
from services.order_import.rules.decide import Findings
from services.order_import.rules.knowledge import NO_NUMBERS, Component, Numbers, article_of
from services.order_import.rules.lines import taken_apart
from services.order_import.rules.triggers import REFUSED
from shared.contracts.money import minor_unit
from shared.contracts.order import Address, LineItem, Order
from shared.contracts.reason import Reason

Status = Literal["imported", "parked", "waiting", "cancelled"]

# How many articles carry a number. A number that is not in it belongs to none.
Articles = Mapping[str, int]

NEEDS_ARTICLE = frozenset({"goods", "deposit", "custom"})
REJECTED = "rejected_by_erp"
NO_RULES = Findings()
# Components by the number of their head.
Bills = Mapping[str, tuple[Component, ...]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say. `numbers` is the article number of each line, empty text where there is none. `reasons` park
    the order or let it wait. `found` is what the merchant's own rules decided; by `bills` they took
    lines apart."""

    status: Status
    reasons: tuple[Reason, ...]
    numbers: tuple[str, ...]
    rounding: Decimal
    found: Findings = NO_RULES
    bills: Bills = field(default_factory=dict)

    @property
    def reserves(self) -> bool:
        """Whether the order may want stock at all: one that was refused for good wants none."""
        return all(reason.code != REFUSED for reason in self.reasons)


def judge(
    order: Order,
    articles: Articles,
    *,
    tolerance: int,
    addressless: bool = False,
    rejections: tuple[Reason, ...] = (),
    found: Findings = NO_RULES,
    meant: Numbers = NO_NUMBERS,
) -> Verdict:
    """A cancelled order needs nobody's help, a withheld one waits, as does one that the merchant's rules keep back; of
    the others every broken rule is a reason, and what breaks none may still want a person's approval.

    `tolerance` is in minor units. An `addressless` order had addresses once and is not asked for them any more.
    `rejections` are refusals of the internal systems that still stand. `meant` are the shop's external numbers.
    """
    numbers = tuple(_number(line, articles, meant) for line in order.line_items)
    bills = {} if found.contents is None else taken_apart(found.contents.lines)
    if order.state == "cancelled":
        return Verdict("cancelled", (), numbers, Decimal(0), found, bills)
    if order.withheld:
        return Verdict("waiting", (), numbers, Decimal(0), found, bills)
    if found.kept_back:
        return Verdict("waiting", found.kept_back, numbers, Decimal(0), found, bills)
    lacking = _articles(order, articles, meant)
    money, rounding = _money(order, tolerance)
    addresses = [] if addressless else _addresses(order, found.contents)
    named = {(one.code, one.key) for one in lacking}
    own = [one for one in found.reasons if (one.code, one.key) not in named]
    reasons = [*lacking, *addresses, *money, *own, *rejections]
    if reasons:
        return Verdict("parked", tuple(reasons), numbers, rounding, found, bills)
    return Verdict("waiting" if found.approval else "imported", found.approval, numbers, rounding, found, bills)


def untold(order: Order) -> bool:
    """Some platforms take the buyer's addresses away some time after the order: no reason to keep back what is in."""
    return order.billing_address is None and order.shipping_address is None


def named_numbers(order: Order) -> list[str]:
    """The numbers the lines name, as the shop writes them: blanks around a number make it another one."""
    return [line.sku for line in order.line_items if line.sku]


def wanted_numbers(order: Order, meant: Numbers) -> list[str]:
    """The article numbers that those mean."""
    return [article_of(sku, meant) for sku in named_numbers(order)]


def _number(line: LineItem, articles: Articles, meant: Numbers) -> str:
    number = article_of(line.sku, meant)
    return number if articles.get(number, 0) == 1 else ""


def _articles(order: Order, articles: Articles, meant: Numbers) -> list[Reason]:
    reasons: dict[tuple[str, str], Reason] = {}
    for position, line in enumerate(order.line_items):
        if line.kind not in NEEDS_ARTICLE or line.cancelled_quantity >= line.quantity > 0:
            continue
        sku = line.sku or ""
        number = article_of(sku, meant)
        carriers = articles.get(number, 0)
        if sku and carriers == 1:
            continue
        field = f"line_items.{position}.sku"
        if not sku.strip():
            words = {"line": str(position + 1), "title": line.title[:80]}
            reasons["article_number_missing", field] = Reason(code="article_number_missing", field=field, params=words)
        elif carriers == 0 and sku in meant:
            words = {"sku": sku, "article": number}
            reasons.setdefault(
                ("external_number_leads_nowhere", sku),
                Reason(code="external_number_leads_nowhere", field=field, key=sku, params=words),
            )
        elif carriers == 0:
            reasons.setdefault(
                ("article_unknown", sku), Reason(code="article_unknown", field=field, key=sku, params={"sku": sku})
            )
        else:
            words = {"sku": number, "count": str(carriers)}
            reasons.setdefault(
                ("article_ambiguous", sku), Reason(code="article_ambiguous", field=field, key=sku, params=words)
            )
    return list(reasons.values())


def _addresses(order: Order, contents: Contents | None) -> list[Reason]:
    """A billing address that a rule copied from shipping is not asked for again."""
    if order.channel == "pos" or order.delivery != "ship":
        return []
    ships = not order.fulfilled_by_channel and any(line.requires_shipping for line in order.line_items)
    copied = contents is not None and contents.customer.billing_copied
    asked = []
    if not (copied and ships):
        billing = order.shipping_address if copied else order.billing_address
        asked.append(("billing_address_missing", "billing_address", billing))
    if ships:
        asked.append(("shipping_address_missing", "shipping_address", order.shipping_address))
    return [
        Reason(code=code, field=f"{field}.{lacking}".rstrip("."), params={"missing": lacking or field})
        for code, field, address in asked
        if (lacking := _lacking(address)) is not None
    ]


def _lacking(address: Address | None) -> str | None:
    """The first part an address lacks; empty text when there is no address at all, None when it is complete."""
    if address is None:
        return ""
    if not (address.last_name or address.company or address.first_name):
        return "last_name"
    if not (address.street or address.addition):
        return "street"
    if not address.city:
        return "city"
    return None if address.country else "country"


def _money(order: Order, tolerance: int) -> tuple[list[Reason], Decimal]:
    if not sound(order):
        return [_unsound(order)], Decimal(0)
    proof = prove(order)
    if abs(proof.difference) <= tolerance * minor_unit(order.currency):
        return [], proof.difference
    words = {
        "stated": str(proof.stated),
        "computed": str(proof.computed),
        "difference": str(proof.difference),
        "currency": order.currency,
    }
    return [Reason(code="totals_mismatch", field="total", params=words)], Decimal(0)


def _unsound(order: Order) -> Reason:
    if (figure := absurd(order)) is not None:
        return Reason(code="absurd_value", field=figure.field, params={"field": figure.field, "value": figure.value})
    other = foreign(order) or Foreign("currency", "")
    words = {"currency": order.currency, "other": other.currency}
    return Reason(code="currency_mismatch", field=other.field, params=words)
