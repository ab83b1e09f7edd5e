"""A cancellation that a channel brought: pieces of an order that it no longer wants, and what became of that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from shared.contracts.order import LineKind

State = Literal["asked", "accepted", "refused", "expired", "overtaken", "withdrawn"]
CallOffState = Literal["pending", "reported", "failed", "blocked"]
ZERO = Decimal(0)
# The channel counts these pieces no more, and we do: until they leave the house the answer may still be another one.
LATE: frozenset[State] = frozenset({"refused", "expired"})


@dataclass(frozen=True, slots=True)
class Part:
    """Pieces of one line. `held` of them still count as ordered here, although the channel counts them no more."""

    line_external_id: str
    quantity: Decimal
    held: Decimal = ZERO
    kind: LineKind = "goods"
    sku: str = ""
    article_number: str = ""
    requires_shipping: bool = True


@dataclass(slots=True)
class Cancellation:
    """`version` is the order's version that brought it; `code` and `text` are the words of who decided.

    asked → accepted | refused | expired (not answered in time) | overtaken (shipped) | withdrawn (by the channel).
    refused, expired → accepted, as long as its pieces are still in the house.
    """

    id: UUID
    order_id: UUID
    version: int
    whole: bool
    state: State
    asked_at: datetime
    due_at: datetime
    parts: tuple[Part, ...]
    overdue_told_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    code: str = ""
    text: str = ""

    def decide(self, state: State, at: datetime, by: str, code: str = "", text: str = "") -> None:
        """Settles what was asked; accepted and withdrawn pieces are held no longer."""
        late = state == "accepted" and self.state in LATE
        if self.state != "asked" and not late:
            raise ValueError(f"The cancellation {self.id} is {self.state} already")
        self.state, self.decided_at, self.decided_by, self.code, self.text = state, at, by, code, text
        if state in ("accepted", "withdrawn"):
            self.parts = tuple(replace(part, held=ZERO) for part in self.parts)


@dataclass(slots=True)
class CallOff:
    """A cancellation by an internal system on its way to the channel. `pieces` per line; `echoed` are those that the
    channel itself shows as cancelled by now. Answered like a parcel: `version` counts how often it was sent."""

    id: UUID
    order_id: UUID
    reference: str
    request_hash: str
    whole: bool
    reason: str
    notify_customer: bool
    pieces: Mapping[str, Decimal]
    echoed: Mapping[str, Decimal] = field(default_factory=dict)
    state: CallOffState = "pending"
    version: int = 1
    attempts: int = 0
    code: str = ""
    params: Mapping[str, str] | None = None
    external_id: str = ""
    reported_at: datetime | None = None
    created_at: datetime | None = None
    created_by: str = ""

    def unechoed(self, line: str) -> Decimal:
        return self.pieces.get(line, ZERO) - self.echoed.get(line, ZERO)


@dataclass(slots=True)
class Holding:
    """Where our count of an order differs from the channel's: pieces we still hold, pieces called off already."""

    cancellations: Sequence[Cancellation] = ()
    call_offs: Sequence[CallOff] = ()

    def __bool__(self) -> bool:
        return bool(self.cancellations or self.call_offs)

    def kept(self) -> dict[str, Part]:
        """Per line, everything held; as one part whose `quantity` is what of it has left the house."""
        found: dict[str, Part] = {}
        for one in self.cancellations:
            for part in one.parts:
                if part.held > 0:
                    known = found.get(part.line_external_id, replace(part, quantity=ZERO, held=ZERO))
                    left = part.held if one.state == "overtaken" else ZERO
                    found[part.line_external_id] = replace(
                        known, held=known.held + part.held, quantity=known.quantity + left
                    )
        return found

    def asked(self, line: str) -> Decimal:
        """Pieces of a line that wait for an answer."""
        return self._held(line, "asked")

    def uncounted(self, line: str) -> Decimal:
        """Pieces of a line in the house that the channel counts no more: asked about, or held although it asked."""
        return self._held(line, "asked", "refused", "expired")

    def _held(self, line: str, *states: State) -> Decimal:
        return sum(
            (
                part.held
                for one in self.cancellations
                if one.state in states
                for part in one.parts
                if part.line_external_id == line
            ),
            ZERO,
        )

    def called_off(self, *, under_way: bool) -> dict[str, Decimal]:
        """Per line, pieces the channel has agreed to cancel but does not show yet; `under_way` counts those, too, about
        which it has not answered."""
        states = ("reported", "pending", "blocked") if under_way else ("reported",)
        found: dict[str, Decimal] = {}
        for one in self.call_offs:
            if one.state in states:
                for line in one.pieces:
                    found[line] = found.get(line, ZERO) + one.unechoed(line)
        return {line: pieces for line, pieces in found.items() if pieces > 0}

    def called_off_whole(self) -> bool:
        """Whether the channel has agreed to cancel all of it and does not show it yet."""
        return any(
            one.whole and one.state == "reported" and any(one.unechoed(line) > 0 for line in one.pieces)
            for one in self.call_offs
        )

    def agreed(self) -> dict[str, Decimal]:
        """Per line, pieces that nobody may ship any more, by agreement or on their way to it."""
        found = self.called_off(under_way=True)
        for one in self.cancellations:
            if one.state == "accepted":
                for part in one.parts:
                    found[part.line_external_id] = found.get(part.line_external_id, ZERO) + part.quantity
        return found
