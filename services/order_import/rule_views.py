"""What the REST interface shows of order rules and of what they decide."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel

from services.order_import.contents_view import ContentsView
from services.order_import.order_rules import Status
from services.order_import.reason_views import ReasonView
from services.order_import.rules.facts import Approval
from services.order_import.rules.handling import Handling
from services.order_import.rules.model import OrderRules
from services.order_import.rules.ruling import Decision
from services.order_import.rules.unknown import Kind
from shared.chassis.sentences import Language, sentence


class OpenWord(BaseModel):
    """A word of the channel that has no row yet. `orders` is how many orders brought it, `proposal` what a row might
    say, empty when nothing is near; nothing is decided by it."""

    kind: Kind
    word: str
    orders: int
    first_seen_at: datetime
    last_seen_at: datetime
    proposal: str


class RulesView(BaseModel):
    """The rules of a connection. `version` 0: nobody has set anything, these are the defaults. Give `version` back in
    If-Match when you change them. `open_words` are at most the 500 that most orders brought, `open_words_total` counts
    all."""

    connection: UUID
    version: int
    rules: OrderRules
    changed_at: datetime | None
    changed_by: str
    open_words: list[OpenWord]
    open_words_total: int


class RuleChange(BaseModel):
    field: str
    before: str
    after: str


class RuleVersionView(BaseModel):
    """One version, and what it changed."""

    version: int
    rules: OrderRules
    changed_at: datetime | None
    changed_by: str
    changes: list[RuleChange]


class DecisionView(BaseModel):
    """`rule` is the setting or row that decided, `sentence` says why in the caller's language."""

    field: str
    value: str
    rule: str
    code: str
    sentence: str


class DecisionsView(BaseModel):
    """How an order is judged. `rules_version` None: by rules that are only being tried."""

    order_id: UUID
    status: Status
    rules_version: int | None
    decisions: list[DecisionView]
    reasons: list[ReasonView]
    handling: Handling
    contents: ContentsView | None


class ProofView(BaseModel):
    """Whether the order's parts make its total. `tolerated`: the difference is nothing or a mere rounding."""

    currency: str
    stated: Decimal
    computed: Decimal
    difference: Decimal
    tolerated: bool


class JudgementView(BaseModel):
    """What would become of an order by the connection's rules, and what these decided. `article_numbers` are those of
    its lines, empty text where none fits; `proof` is None when the amounts cannot be added up. `known_…` tell how the
    book holds the order now."""

    order_id: UUID
    external_id: str
    number: str
    status: Status
    reasons: list[ReasonView]
    rules_version: int
    decisions: list[DecisionView]
    article_numbers: list[str]
    proof: ProofView | None
    known_version: int | None
    known_status: str | None
    corrected: list[str]


class ApprovalView(BaseModel):
    """A person's word on an order, and what has become of the order."""

    order_id: UUID
    approval: Approval
    until: datetime | None
    status: Status
    version: int


def decisions(given: Sequence[Decision], language: Language) -> list[DecisionView]:
    return [
        DecisionView(
            field=one.field,
            value=one.value,
            rule=one.rule,
            code=one.code,
            sentence=sentence(one.code, one.params, language),
        )
        for one in given
    ]
