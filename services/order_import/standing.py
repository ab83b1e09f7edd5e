"""What the order book holds of an order, and what a new state of it would be."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from services.order_import.alteration import Alteration
from services.order_import.cancellation import Holding
from services.order_import.demand import NOTHING, Left, back_on_the_shelf, demand, left_the_shelf
from services.order_import.order_rules import REJECTED, Bills, Status, Verdict
from services.order_import.revision import Age
from services.order_import.rules.contents import Contents
from services.order_import.rules.facts import Approval, Facts
from services.order_import.upholding import upheld
from shared.contracts.envelope import Event
from shared.contracts.order import DemandLine, Observation, Order
from shared.contracts.reason import Reason

Cause = Literal["received", "rejudged", "shipped", "rejected", "decided", "returned", "corrected"]


@dataclass(slots=True)
class Standing:
    """An order as it is locked. `rules_version` judged it last, with the master data of `master_version` and by these
    `bills`; `approval` is a person's word on it. `shipped` is what internal systems reported, `holding` is where our
    count differs from the channel's, `returned` are the shop's lines that lie on our shelves again since
    `returned_at`."""

    id: UUID
    connection: UUID
    external_id: str
    platform: str
    project: str
    number: str
    version: int
    status: Status
    test: bool
    erp_number: str
    customer_key: str
    stamp: datetime
    observed_at: datetime
    content_hash: str
    payload: UUID | None
    content: dict[str, Any]
    rounding_difference: Decimal
    imported_at: datetime | None
    acknowledged_at: datetime | None
    erased_at: datetime | None
    rules_version: int
    master_version: int
    approval: Approval
    approval_until: datetime | None
    reasons: tuple[Reason, ...] = ()
    shipped: Left = NOTHING
    bills: Bills = field(default_factory=dict)
    holding: Holding = field(default_factory=Holding)
    returned: tuple[DemandLine, ...] = ()
    returned_at: datetime | None = None

    @property
    def age(self) -> Age:
        return self.stamp, self.observed_at, self.content_hash

    def order(self) -> Order:
        return Order.model_validate(self.content)

    def verdict(self, numbers: Sequence[str], *more: Reason) -> Verdict:
        """How it was judged last, with further reasons for parking it."""
        reasons = (*self.reasons, *more)
        status: Status = "parked" if more else self.status
        return Verdict(status, reasons, tuple(numbers), self.rounding_difference, bills=self.bills)

    def facts(self, project: str, now: datetime) -> Facts:
        """What the merchant's rules need to know of it."""
        return facts_of(project, self.imported_at, self.approval, self.approval_until, now)

    @property
    def rejections(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if reason.code == REJECTED)


def facts_of(
    project: str, imported_at: datetime | None, approval: Approval, until: datetime | None, now: datetime
) -> Facts:
    """The facts of an order that is held; a "later" that is over is no word any more."""
    over = until is not None and until <= now
    word: Approval = "" if approval == "later" and over else approval
    return Facts(project, imported_at is not None, word, until)


@dataclass(slots=True)
class Change:
    """A new state of one order, ready to be written. `before` is None for an order we did not have."""

    id: UUID
    connection: UUID
    platform: str
    cause: Cause
    order: Order
    observed: Observation
    verdict: Verdict
    demand: tuple[DemandLine, ...]
    before: Standing | None
    version: int
    project: str = ""
    customer_key: str = ""
    content: str = ""
    key: bytes | None = None
    actor: str = ""
    causation: Event[Any] | None = None
    reported: Left | None = None
    """What internal systems report with this change; None: as before."""
    holding: Holding = field(default_factory=Holding)
    returned: tuple[DemandLine, ...] = ()
    returned_at: datetime | None = None
    altered: Sequence[Alteration] = ()

    def count(self, before: Standing) -> None:
        """Counts this state as the order counts here: with what is held, called off, shipped and returned."""
        self.holding, self.returned_at = before.holding, before.returned_at
        if self.cause != "rejected":
            self.verdict = as_counted(self.order, self.holding, self.verdict)
        self.verdict = replace(self.verdict, bills=_bills_upheld(self.holding, before.bills, self.verdict.bills))
        self.returned = back_on_the_shelf(before.returned, self.verdict.bills)
        shipped = before.shipped if self.reported is None else self.reported
        counted = upheld(self.order, self.verdict.numbers, self.holding)
        self.demand = demand(*counted, shipped, self.verdict.bills) if self.verdict.reserves else ()

    @property
    def shipped(self) -> tuple[DemandLine, ...]:
        """What has left our own stock, all parcels together."""
        known = self.reported
        if known is None:
            known = NOTHING if self.before is None else self.before.shipped
        counted = upheld(self.order, self.verdict.numbers, self.holding)
        return left_the_shelf(*counted, known, self.verdict.bills)

    @property
    def status(self) -> Status:
        return self.verdict.status

    @property
    def judged(self) -> bool:
        """Whether the rules were asked for this state; otherwise it stands as it was judged before."""
        return self.cause in ("received", "rejudged", "corrected")

    @property
    def rules_version(self) -> int:
        return self.verdict.found.version if self.judged or self.before is None else self.before.rules_version

    @property
    def master_version(self) -> int:
        return self.verdict.found.master_version if self.judged or self.before is None else self.before.master_version

    @property
    def acknowledged_at(self) -> datetime | None:
        """Since when the internal systems have this content; None while they have only an older one."""
        same_content = self.cause in ("shipped", "rejudged", "decided", "returned")
        return self.before.acknowledged_at if self.before is not None and same_content else None

    @property
    def contents(self) -> Contents | None:
        """What the ERP gets, where it was asked for when the order was judged."""
        return self.verdict.found.contents

    @property
    def first_import(self) -> bool:
        return self.status == "imported" and (self.before is None or self.before.imported_at is None)

    @property
    def known_downstream(self) -> bool:
        """Whether the internal systems get to see this order: it was imported now or before, and is no test."""
        imported = self.status == "imported" or (self.before is not None and self.before.imported_at is not None)
        return imported and not self.order.test


def as_counted(order: Order, holding: Holding, verdict: Verdict) -> Verdict:
    """The verdict where our count decides: called off, or cancelled by the channel while somebody still holds pieces.
    Neither needs anybody's help to go on."""
    if not holding:
        return verdict
    settled = replace(verdict, reasons=(), rounding=Decimal(0))
    counted, _ = upheld(order, verdict.numbers, holding)
    if counted.state == "cancelled":
        return replace(settled, status="cancelled")
    return replace(settled, status="imported") if order.state == "cancelled" else verdict


def _bills_upheld(holding: Holding, before: Bills, now: Bills) -> Bills:
    """A line that the channel has removed while pieces of it are held stays apart as it was."""
    held = {part.article_number for part in holding.kept().values()}
    return {head: parts for head, parts in before.items() if head in held} | dict(now)


def restated(
    before: Standing,
    cause: Cause,
    order: Order,
    verdict: Verdict,
    *,
    shipped: Left | None = None,
    actor: str = "",
    project: str | None = None,
) -> Change:
    """The same content under another verdict, with more shipped, or with a cancellation decided in `before.holding`."""
    change = Change(
        id=before.id,
        connection=before.connection,
        platform=before.platform,
        cause=cause,
        order=order,
        observed=Observation.model_construct(
            stamp=before.stamp,
            observed_at=before.observed_at,
            content_hash=before.content_hash,
            revision=0,
            payload=before.payload,
            path="manual",
        ),
        verdict=verdict,
        demand=(),
        before=before,
        version=before.version + 1,
        project=before.project if project is None else project,
        customer_key=before.customer_key,
        actor=actor,
        reported=shipped,
    )
    change.count(before)
    return change
