"""The lines of an order as the ERP gets them: named, equal ones put together, bills of material taken apart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from services.order_import.rules.knowledge import Component, Knowledge, article_of
from services.order_import.rules.missing import article_missing
from services.order_import.rules.model_lines import LineRules
from services.order_import.rules.ruling import Decision, Ruling
from services.order_import.rules.taxes import Levy
from shared.contracts.money import Money
from shared.contracts.order import LineItem, LineKind, Order, Property
from shared.contracts.reason import Reason

ONE = Decimal(1)
Group = list[tuple[int, LineItem, Levy]]


@dataclass(frozen=True, slots=True)
class Origin:
    """Pieces of one line of the channel, including those it cancelled since."""

    line_external_id: str
    quantity: Decimal
    cancelled_quantity: Decimal = Decimal(0)

    @property
    def open(self) -> Decimal:
        return max(self.quantity - self.cancelled_quantity, Decimal(0))


@dataclass(frozen=True, slots=True)
class ContentLine:
    """One line for the ERP, worth `gross` for all its `quantity` pieces. `key` names it within its order and stays.

    A head of a bill of material is `exploded`; its components name it as their `head`, with `per_head` pieces each and
    a price of zero. `origins` say which pieces of the channel's lines it came from; a component's are its head's.
    """

    key: str
    kind: LineKind
    article_number: str
    sku: str
    name: str
    description: str
    quantity: Decimal
    cancelled_quantity: Decimal
    gross: Money
    tax: Money
    tax_rate: Decimal
    requires_shipping: bool
    origins: tuple[Origin, ...]
    properties: tuple[Property, ...] = ()
    exploded: bool = False
    head: str = ""
    per_head: Decimal = Decimal(0)

    @property
    def net(self) -> Money:
        return self.gross - self.tax

    @property
    def open(self) -> Decimal:
        """Pieces that the channel has not cancelled."""
        return max(self.quantity - self.cancelled_quantity, Decimal(0))


def resulting(
    order: Order, levies: Sequence[Levy], rules: LineRules, facts: Knowledge
) -> tuple[tuple[ContentLine, ...], Ruling]:
    """The order's lines for the ERP; all money and all pieces are there again. `levies` are the lines' amounts."""
    groups = _groups(order, levies, facts) if rules.aggregate else [
        [(place, line, levy)] for place, (line, levy) in enumerate(zip(order.line_items, levies, strict=True))
    ]  # fmt: skip
    found: list[ContentLine] = []
    decisions: list[Decision] = []
    reasons: dict[str, Reason] = {}
    for group in groups:
        line = _line(group, order.currency, rules, facts)
        if len(group) > 1:
            words = {"count": str(len(group)), "article": line.article_number}
            field, value = f"lines.{line.key}", str(line.quantity)
            decisions.append(Decision(field, value, "lines.aggregate", code="lines_put_together", params=words))
        bill = facts.bills.get(line.article_number) if rules.explode_bills and line.article_number else None
        if not bill:
            found.append(line)
            continue
        found += _exploded(line, bill, order.currency, facts)
        words = {"article": line.article_number, "count": str(len(bill))}
        rule = f"bills_of_material.{line.article_number}"
        decisions.append(Decision(f"lines.{line.key}", str(len(bill)), rule, code="bill_taken_apart", params=words))
        for part in bill:
            if part.article_number not in facts.articles and line.open:
                field = f"line_items.{group[0][0]}.sku"
                reasons[part.article_number] = article_missing(part.article_number, field, facts, line.article_number)
    return tuple(found), Ruling(tuple(decisions), tuple(reasons.values()))


def _groups(order: Order, levies: Sequence[Levy], facts: Knowledge) -> list[Group]:
    groups: dict[object, Group] = {}
    for place, (line, levy) in enumerate(zip(order.line_items, levies, strict=True)):
        groups.setdefault(_likeness(place, line, levy, facts), []).append((place, line, levy))
    return list(groups.values())


def _likeness(place: int, line: LineItem, levy: Levy, facts: Knowledge) -> object:
    """What lines must share to become one. A line with properties was made for somebody: it stays alone."""
    number = article_of(line.sku, facts.numbers)
    if line.quantity != ONE or line.properties or number not in facts.articles:
        return place
    rates = tuple((tax.rate, tax.remitted_by_channel) for tax in line.taxes)
    return (
        number, line.kind, line.title, line.unit_price.amount, line.total.amount, rates, levy.rate,
        line.requires_shipping, line.held,
    )  # fmt: skip


def _line(group: Group, currency: str, rules: LineRules, facts: Knowledge) -> ContentLine:
    _, first, levy = group[0]
    number = article_of(first.sku, facts.numbers)
    title = facts.articles.get(number)
    gross, tax = levy.gross, levy.tax
    if len(group) > 1:
        gross = sum((one.gross for _, _, one in group), Decimal(0))
        tax = sum((one.tax for _, _, one in group), Decimal(0))
    origins = tuple(Origin(line.external_id, line.quantity, line.cancelled_quantity) for _, line, _ in group)
    return ContentLine(
        key=first.external_id,
        kind=first.kind,
        article_number=number if title is not None else "",
        sku=first.sku or "",
        name=(title or first.title) if rules.name == "erp" else first.title,
        description=_description(first, facts.descriptions.get(number) or title or "", rules),
        quantity=sum((one.quantity for one in origins), Decimal(0)),
        cancelled_quantity=sum((one.cancelled_quantity for one in origins), Decimal(0)),
        gross=Money.of(gross, currency),
        tax=Money.of(tax, currency),
        tax_rate=levy.rate,
        requires_shipping=first.requires_shipping,
        origins=origins,
        properties=first.properties,
    )


def _description(line: LineItem, own: str, rules: LineRules) -> str:
    """From the ERP its `own`, which is the title where it has no other; from the channel its title and what the buyer
    wrote, without an app's hidden words."""
    if rules.description == "none":
        return ""
    if rules.description == "erp":
        return own
    words = [f"{one.name}: {one.value}" for one in line.properties if not one.name.startswith("_")]
    return "\n".join([line.title, *words])


def _exploded(head: ContentLine, bill: Sequence[Component], currency: str, facts: Knowledge) -> list[ContentLine]:
    nothing = Money.zero(currency)
    parts = [
        ContentLine(
            key=f"{head.key}/{part.article_number}",
            kind=head.kind,
            article_number=part.article_number,
            sku=part.article_number,
            name=facts.articles.get(part.article_number, part.article_number),
            description="",
            quantity=head.quantity * part.quantity,
            cancelled_quantity=head.cancelled_quantity * part.quantity,
            gross=nothing,
            tax=nothing,
            tax_rate=head.tax_rate,
            requires_shipping=head.requires_shipping,
            origins=head.origins,
            head=head.key,
            per_head=part.quantity,
        )
        for part in bill
    ]
    return [replace(head, exploded=True), *parts]


def taken_apart(lines: Sequence[ContentLine]) -> dict[str, tuple[Component, ...]]:
    """The bills that these lines were taken apart by, by the number of their head."""
    heads = {line.key: line.article_number for line in lines if line.exploded}
    bills: dict[str, dict[str, Component]] = {number: {} for number in heads.values()}
    for line in lines:
        if line.head:
            bills[heads[line.head]][line.article_number] = Component(line.article_number, line.per_head)
    return {number: tuple(parts.values()) for number, parts in bills.items()}


def grouped(lines: Sequence[ContentLine]) -> dict[str, str]:
    """By external line id the key of the line that the ERP has for it."""
    return {origin.line_external_id: line.key for line in lines if not line.head for origin in line.origins}
