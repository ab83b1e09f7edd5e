"""What the journal is told about cancellations and returns. Sentences name numbers and articles, never persons."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from services.order_import.cancellation import CallOff, Cancellation, State
from services.order_import.chronicle import keys
from services.order_import.return_book import Case
from services.order_import.standing import Standing
from shared.chassis.service import Service
from shared.contracts.identity import own_id
from shared.contracts.journal import Action, JournalEntry, Outcome, SearchKey

MOST_LINES = 20
# None of these steps beside the order's own way says where it stands, or mends what holds it.
ACTIONS: dict[State, Action] = {
    "asked": "reserved", "accepted": "released", "refused": "reserved", "expired": "reserved",
    "overtaken": "reserved", "withdrawn": "reserved",
}  # fmt: skip
RETURN_ACTIONS: dict[str, Action] = {
    "return_opened": "started", "return_received": "released", "return_case_closed": "released",
}  # fmt: skip


def entry(service: Service, order: Standing, one: Cancellation, *, cancelled: bool = False) -> JournalEntry:
    """How a cancellation stands now, once per state. `cancelled`: the whole order is, now."""
    words = {
        "pieces": pieces(((part.sku or part.line_external_id), part.quantity) for part in one.parts),
        "due": one.due_at.isoformat(timespec="minutes"),
        "actor": one.decided_by,
        "erp_code": one.code or "unspecified",
    }
    action: Action = "cancelled" if cancelled else ACTIONS[one.state]
    return _entry(service, order, action, f"cancellation_{one.state}", words, once=f"{one.id}:{one.state}")


def overdue_entry(service: Service, order: Standing, one: Cancellation) -> JournalEntry:
    """Nobody has answered in time: an open problem until somebody does."""
    words = {"number": order.number, "due": one.due_at.isoformat(timespec="minutes")}
    return service.journal.entry(
        noun="cancellation",
        subject=str(one.id),
        action="failed",
        outcome="error",
        code="cancellation_overdue",
        connection=order.connection,
        platform=order.platform,
        params=words,
        keys=keys(order.order(), order.erp_number, order.customer_key),
        id=own_id(service.name, "entry", str(one.id), "overdue"),
    )


def answered_entry(service: Service, order: Standing, one: Cancellation) -> JournalEntry:
    """An overdue cancellation has its answer: the problem is settled."""
    return service.journal.entry(
        noun="cancellation",
        subject=str(one.id),
        action="updated",
        code="cancellation_answered",
        connection=order.connection,
        platform=order.platform,
        params={"number": order.number, "state": one.state},
        keys=keys(order.order(), order.erp_number, order.customer_key),
        actor=one.decided_by,
        id=own_id(service.name, "entry", str(one.id), "answered"),
    )


def return_entry(service: Service, order: Standing, case: Case, code: str, actor: str = "") -> JournalEntry:
    """A return case was opened, its goods were received, or it was closed."""
    words = {
        "pieces": pieces((line.article_number or line.line_external_id, line.quantity) for line in case.lines),
        "restocked": pieces((line.article_number or line.line_external_id, line.restocked) for line in case.lines),
        "cause": case.cause,
    }
    return _entry(service, order, RETURN_ACTIONS[code], code, words, once=f"{case.id}:{code}", actor=actor)


def call_off_entry(
    service: Service, order: Standing, one: CallOff, code: str, *, actor: str = "", cancelled: bool = False
) -> JournalEntry:
    """An internal system's cancellation on its way to the channel. `cancelled`: the whole order is, now."""
    words = {"pieces": pieces(one.pieces.items()), "reference": one.reference, "reason": one.code}
    failed = one.state == "failed"
    action: Action = "cancelled" if cancelled else "failed" if failed else "updated"
    once = f"{one.id}:{code}:{one.version}"
    outcome: Outcome = "error" if failed else "ok"
    made = _entry(service, order, action, code, words, once=once, actor=actor, outcome=outcome)
    # What the channel says to it carries the same key: trouble with one cancellation is settled by its own success.
    return made.model_copy(update={"keys": (*made.keys, SearchKey(kind="parcel", value=str(one.id)))})


def pieces(lines: Iterable[tuple[str, Decimal]]) -> str:
    """Article × pieces, the first twenty."""
    return ", ".join(f"{name} × {quantity.normalize():f}" for name, quantity in list(lines)[:MOST_LINES] if quantity)


def _entry(
    service: Service,
    order: Standing,
    action: Action,
    code: str,
    words: Mapping[str, str],
    *,
    once: str,
    actor: str = "",
    outcome: Outcome = "ok",
) -> JournalEntry:
    return service.journal.entry(
        noun="order",
        subject=str(order.id),
        action=action,
        code=code,
        outcome=outcome,
        connection=order.connection,
        platform=order.platform,
        params={"number": order.number, **words},
        keys=keys(order.order(), order.erp_number, order.customer_key),
        actor=actor or words.get("actor", ""),
        id=own_id(service.name, "entry", once, "1"),
    )
