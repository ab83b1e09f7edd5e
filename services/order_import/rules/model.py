"""What a merchant may decide about the orders of one connection. The defaults change nothing about an order."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from services.order_import.rules.model_charges import ChargeRules
from services.order_import.rules.model_customers import CustomerRules
from services.order_import.rules.model_lines import LineRules
from services.order_import.rules.model_taxes import TaxRules
from shared.contracts.order import PaymentState

# A channel's own word, exactly as it writes it; blanks and case belong to it.
Word = Annotated[str, Field(min_length=1, max_length=500)]
# A name in the merchant's own system.
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
NameOrNone = Annotated[str, Field(max_length=100, pattern=r"^$|\S")]
Rows = Annotated[dict[Word, Name], Field(max_length=2000)]
Names = Annotated[tuple[Name, ...], Field(max_length=200)]
Words = Annotated[tuple[Word, ...], Field(max_length=200)]
# ISO 3166-1, two letters.
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Countries = Annotated[tuple[Country, ...], Field(min_length=1, max_length=300)]


class RuleModel(BaseModel):
    """A part of the rules: frozen, and a field we do not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Triggers(RuleModel):
    """Which orders are imported; an empty list means all.

    `order_states` holds our own states and the channel's own words for them. `placed_from`: older orders are not
    imported. An order that was imported once stays, whatever becomes of it.
    """

    payment_states: tuple[PaymentState, ...] = Field((), max_length=20)
    order_states: Words = ()
    sales_channels: Words = ()
    placed_from: AwareDatetime | None = None


class ProjectRules(RuleModel):
    """An order's tag decides before its sales channel, that before `standard`, that before the connection's project.
    Of several tags the one whose row comes first decides."""

    standard: NameOrNone = ""
    tags: Rows = {}
    sales_channels: Rows = {}


class MethodRules(RuleModel):
    """From the channel's word to the merchant's method.

    `standard` is for orders of which the channel says nothing; with `use_standard_if_unmapped` also for words without
    a row. As soon as there is a row or a standard, the table is in use: a word without a row then parks its order.
    `countries` says of a method that it holds for these countries only; an order outside parks.
    """

    standard: NameOrNone = ""
    use_standard_if_unmapped: bool = False
    rows: Rows = {}
    countries: dict[Name, Countries] = Field({}, max_length=200)

    @property
    def in_use(self) -> bool:
        return bool(self.standard or self.rows)

    @property
    def methods(self) -> frozenset[str]:
        """Every method these rules can lead to."""
        return frozenset(self.rows.values()) | ({self.standard} if self.standard else frozenset())

    @model_validator(mode="after")
    def _standard_is_there(self) -> "MethodRules":
        if self.use_standard_if_unmapped and not self.standard:
            raise ValueError("use_standard_if_unmapped needs a standard")
        self.refuse_unreachable("countries", self.countries)
        return self

    def refuse_unreachable(self, field: str, names: Iterable[str]) -> None:
        """A method that nothing leads to is a typing error, and its rule would silently never hold."""
        if strange := sorted(set(names) - self.methods):
            raise ValueError(
                f"{field} names methods that neither a row nor the standard leads to: {', '.join(strange)}"
            )


class PaymentRules(MethodRules):
    """`stop_auto_shipping`: orders with these methods wait in the merchant's system for a person."""

    stop_auto_shipping: Names = ()

    @model_validator(mode="after")
    def _reachable(self) -> "PaymentRules":
        self.refuse_unreachable("stop_auto_shipping", self.stop_auto_shipping)
        return self


class ShippingRules(MethodRules):
    """`fast_lane`: methods that go first. `documents`: what is printed when an order is shipped automatically."""

    fast_lane: Names = ()
    documents: Literal["delivery_note", "invoice", "both"] = "both"

    @model_validator(mode="after")
    def _reachable(self) -> "ShippingRules":
        self.refuse_unreachable("fast_lane", self.fast_lane)
        return self


class CommentRules(RuleModel):
    """Where the customer's comment goes, and whether it keeps the order from being shipped automatically."""

    placement: Literal["ignore", "free_text", "internal"] = "ignore"
    stop_auto_shipping: bool = False


class LanguageRules(RuleModel):
    """The language of documents. "shop": the channel's language tag without its region. "table": the row of the whole
    tag, else that of the language alone, else `standard`."""

    source: Literal["shop", "table"] = "shop"
    rows: Rows = {}
    standard: NameOrNone = ""


class CountryRules(RuleModel):
    """From ISO 3166 codes to the merchant's own. A country without a row is handed on as it is; with `required` it
    parks its order."""

    required: bool = False
    rows: Rows = {}


class OrderRules(RuleModel):
    """All rules of one connection. `mode` "approval": an order that keeps every rule waits for a person's word."""

    triggers: Triggers = Triggers()
    projects: ProjectRules = ProjectRules()
    payments: PaymentRules = PaymentRules()
    shipping: ShippingRules = ShippingRules()
    terms_of_delivery: NameOrNone = ""
    comments: CommentRules = CommentRules()
    languages: LanguageRules = LanguageRules()
    countries: CountryRules = CountryRules()
    customers: CustomerRules = CustomerRules()
    lines: LineRules = LineRules()
    charges: ChargeRules = ChargeRules()
    taxes: TaxRules = TaxRules()
    editor: NameOrNone = ""
    mode: Literal["automatic", "approval"] = "automatic"

    @property
    def decides_contents(self) -> bool:
        """Whether anything was set about customers, lines, charges or taxes."""
        found = (self.customers, self.lines, self.charges, self.taxes)
        return found != (CustomerRules(), LineRules(), ChargeRules(), TaxRules())


def changes(before: OrderRules, after: OrderRules) -> dict[str, tuple[str, str]]:
    """Which fields and rows differ, as texts before and after; "–" where there is nothing."""
    old, new = _fields(before.model_dump(mode="json")), _fields(after.model_dump(mode="json"))
    return {path: (old.get(path, "–"), new.get(path, "–")) for path in new | old if old.get(path) != new.get(path)}


def _fields(value: dict[str, Any], path: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, one in value.items():
        step = f"{path}.{name}" if path else name
        if isinstance(one, dict):
            found |= _fields(one, step)
        else:
            found[step] = _text(one)
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value in (None, "") else str(value)
