"""What the journal is told about an order. Sentences name fields and numbers, never persons."""

import json
from typing import Any, NamedTuple
from uuid import UUID

from services.order_import.corrections import Correction
from services.order_import.difference import changed_fields
from services.order_import.standing import Change, Standing
from shared.chassis.service import Service
from shared.contracts.envelope import Event
from shared.contracts.identity import own_id
from shared.contracts.journal import Action, JournalEntry, Outcome, SearchKey
from shared.contracts.order import Observation, Order
from shared.contracts.reason import Reason

MOST_SKUS = 20


class Line(NamedTuple):
    """How one kind of event is told."""

    action: Action
    code: str
    outcome: Outcome = "ok"


_RECEIVED = {
    "imported": Line("imported", "order_imported"),
    "parked": Line("parked", "order_parked", "warning"),
    "waiting": Line("waiting", "order_waiting"),
    "cancelled": Line("cancelled", "order_cancelled"),
}
_KEPT_BACK = Line("waiting", "order_kept_back")
_CHANGED = Line("changed", "order_changed")
_RELEASED = Line("imported", "order_set_free")
_STILL_PARKED = Line("rejudged", "order_still_parked", "warning")
_REJECTED = Line("rejected", "order_rejected", "error")


def of_change(service: Service, change: Change) -> JournalEntry | None:
    """The entry of a new state; None where a shipment's, cancellation's or return's own entry tells it."""
    if change.cause in ("shipped", "decided", "returned"):
        return None
    line = _line(change)
    words = {
        "number": change.order.number,
        "version": str(change.version),
        "rules_version": str(change.rules_version),
    }
    if line.code == "order_changed":
        words["fields"] = _fields(change)
    elif line.code in ("order_parked", "order_still_parked"):
        words["count"] = str(len(change.verdict.reasons))
    elif line.code == "order_waiting":
        words["withheld"] = ", ".join(change.order.withheld)
    elif line.code == "order_rejected":
        words |= {name: change.verdict.reasons[-1].params.get(name, "") for name in ("consumer", "erp_code")}
    return service.journal.entry(
        noun="order",
        subject=str(change.id),
        action=line.action,
        code=line.code,
        outcome=line.outcome,
        connection=change.connection,
        platform=change.platform,
        params=words,
        reasons=[without_text(reason) for reason in change.verdict.reasons],
        keys=keys(change.order, change.before.erp_number if change.before else "", change.customer_key),
        payload=change.observed.payload,
        actor=change.actor,
        correlation=_correlation(change.causation),
    )


def of_alterations(service: Service, change: Change) -> list[JournalEntry]:
    """One entry for each thing that the channel changed about lines, addresses, refunds and cancellation."""
    return [
        service.journal.entry(
            noun="order",
            subject=str(change.id),
            action="changed",
            code=one.code,
            connection=change.connection,
            platform=change.platform,
            params={"number": change.order.number, "version": str(change.version)} | one.params,
            keys=keys(change.order, change.before.erp_number if change.before else "", change.customer_key),
            payload=change.observed.payload,
            correlation=_correlation(change.causation),
            id=own_id(service.name, one.code, f"{change.id}:{one.key}", change.version),
        )
        for one in change.altered
    ]


def of_passed_over(
    service: Service, id: UUID, event: Event[Any], line: Line, order: Order, observed: Observation
) -> JournalEntry:
    """The entry of a revision that was not applied: superseded, or the same content again."""
    return service.journal.entry(
        noun="order",
        subject=str(id),
        action=line.action,
        code=line.code,
        outcome=line.outcome,
        connection=event.connection,
        platform=event.platform,
        params={"number": order.number, "stamp": observed.stamp.isoformat(), "path": observed.path},
        keys=[_key("number", order.number), _key("external_id", order.external_id)],
        payload=observed.payload,
        correlation=_correlation(event),
    )


def of_overtaken(service: Service, id: UUID, event: Event[Any], order: Order, correction: Correction) -> JournalEntry:
    """The entry of a correction that no longer holds: the channel has a value of its own there now."""
    return service.journal.entry(
        noun="order",
        subject=str(id),
        action="skipped",
        outcome="skipped",
        code="correction_overtaken",
        params={"number": order.number, "path": correction.path, "actor": correction.made_by},
        connection=event.connection,
        platform=event.platform,
        keys=[_key("number", order.number), _key("external_id", order.external_id)],
        correlation=_correlation(event),
    )


def of_retries_ended(service: Service, order: Standing, days: int) -> JournalEntry:
    """The entry of an order that is no longer judged again by itself; its reasons say who must act."""
    return service.journal.entry(
        noun="order",
        subject=str(order.id),
        action="parked",
        outcome="warning",
        code="retries_ended",
        params={"number": order.number, "days": str(days), "detail": ", ".join(r.code for r in order.reasons)},
        reasons=[without_text(reason) for reason in order.reasons],
        keys=[_key("number", order.number), _key("external_id", order.external_id)],
        connection=order.connection,
        platform=order.platform,
    )


def keys(order: Order, erp_number: str = "", customer_key: str = "") -> list[SearchKey]:
    """What support may search an order's entries by."""
    found = [_key("number", order.number), _key("external_id", order.external_id)]
    if erp_number:
        found.append(_key("erp_number", erp_number))
    if customer_key:
        found.append(_key("customer", customer_key))
    skus = dict.fromkeys(line.sku for line in order.line_items if line.sku)
    return found + [_key("sku", sku) for sku in list(skus)[:MOST_SKUS]]


def without_text(reason: Reason) -> Reason:
    """A reason as the journal may keep it: an internal system's own words stay with the order."""
    if "text" not in reason.params:
        return reason
    return reason.model_copy(update={"params": {k: v for k, v in reason.params.items() if k != "text"}})


def _line(change: Change) -> Line:
    if change.cause == "rejected":
        return _REJECTED
    if change.status == "waiting" and change.verdict.reasons:
        return _KEPT_BACK
    before = change.before
    goes_on = before is not None and before.status == change.status and change.status != "parked"
    if change.cause == "rejudged" or (change.cause == "corrected" and not goes_on):
        return _STILL_PARKED if change.status == "parked" else _RELEASED
    if goes_on:
        return _CHANGED
    if change.status == "imported" and before is not None and before.imported_at is not None:
        return _CHANGED
    return _RECEIVED[change.status]


def _fields(change: Change) -> str:
    before = change.before
    if before is None:
        return ""
    names = changed_fields(before.content, json.loads(change.content))
    return ", ".join(name for name in names if name != "changed_at") or "changed_at"


def _key(kind: Any, value: str) -> SearchKey:
    return SearchKey(kind=kind, value=value)


def _correlation(event: Event[Any] | None) -> str:
    return "" if event is None else event.correlationid or ""
