"""The state machines of an order, its deliveries and its transactions: (state, action) leads to a state."""

from typing import Any

from services.sandbox.shopware6.errors import ApiError
from services.sandbox.shopware6.values import hexid

ORDER = {
    ("open", "process"): "in_progress",
    ("open", "cancel"): "cancelled",
    ("in_progress", "complete"): "completed",
    ("in_progress", "cancel"): "cancelled",
    ("completed", "reopen"): "open",
    ("cancelled", "reopen"): "open",
}
DELIVERY = {
    ("open", "ship"): "shipped",
    ("open", "ship_partially"): "shipped_partially",
    ("open", "cancel"): "cancelled",
    ("shipped_partially", "ship"): "shipped",
    ("shipped_partially", "cancel"): "cancelled",
    ("shipped_partially", "reopen"): "open",
    ("shipped_partially", "retour"): "returned",
    ("shipped_partially", "retour_partially"): "returned_partially",
    ("shipped", "cancel"): "cancelled",
    ("shipped", "reopen"): "open",
    ("shipped", "retour"): "returned",
    ("shipped", "retour_partially"): "returned_partially",
    ("returned_partially", "retour"): "returned",
    ("returned_partially", "reopen"): "open",
    ("returned", "reopen"): "open",
    ("cancelled", "reopen"): "open",
}
_UNPAID = {"paid": "paid", "paid_partially": "paid_partially", "cancel": "cancelled", "fail": "failed"}
_PAID = {
    "refund": "refunded",
    "refund_partially": "refunded_partially",
    "cancel": "cancelled",
    "chargeback": "chargeback",
}
TRANSACTION = {
    (state, action): target
    for states, ways in (
        (("open", "in_progress", "authorized", "unconfirmed"), _UNPAID),
        (("paid", "paid_partially"), _PAID | {"reopen": "open"}),
        (("reminded",), {"pay": "paid", "cancel": "cancelled", "reopen": "open"}),
        (("failed",), {"paid": "paid", "reopen": "open"}),
        (("cancelled",), {"paid": "paid", "reopen": "open"}),
        (("refunded_partially",), {"refund": "refunded", "cancel": "cancelled", "reopen": "open"}),
    )
    for state in states
    for action, target in ways.items()
} | {("open", "remind"): "reminded", ("open", "authorize"): "authorized"}
MACHINES = {"order": ORDER, "order_delivery": DELIVERY, "order_transaction": TRANSACTION}
NAMES = {
    "open": "Offen", "in_progress": "In Bearbeitung", "completed": "Abgeschlossen", "cancelled": "Abgebrochen",
    "shipped": "Versandt", "shipped_partially": "Teilweise versandt", "returned": "Retour", "paid": "Bezahlt",
    "returned_partially": "Teilretour", "refunded": "Erstattet", "refunded_partially": "Teilweise erstattet",
}  # fmt: skip


def state(word: str) -> dict[str, Any]:
    name = NAMES.get(word, word)
    return {
        "id": hexid("state", word),
        "technicalName": word,
        "name": name,
        "translated": {"name": name, "customFields": []},
    }


def word(row: dict[str, Any]) -> str:
    return str(row["stateMachineState"]["technicalName"])


def offered(machine: str, row: dict[str, Any]) -> list[dict[str, str]]:
    """What may be done next, as the shop tells it."""
    now = word(row)
    return [
        {"actionName": action, "name": action, "technicalName": action, "fromStateName": now, "toStateName": target}
        for (before, action), target in MACHINES[machine].items()
        if before == now
    ]


def move(machine: str, row: dict[str, Any], action: str) -> bool:
    """Follows an action; False if the state was already held. Refuses what the machine does not know."""
    now, ways = word(row), MACHINES[machine]
    target = ways.get((now, action))
    if target is None:
        if any(after == now for (_, name), after in ways.items() if name == action):
            return False
        possible = [one["actionName"] for one in offered(machine, row)]
        listed = ", ".join(possible)
        held = row["stateMachineState"]["id"]
        detail = f'Illegal transition "{action}" from state "{held}". Possible transitions are: {listed}'
        words = {"transition": action, "possibleTransitionsString": listed, "possibleTransitions": possible}
        raise ApiError(400, "SYSTEM__ILLEGAL_STATE_TRANSITION", detail, **words)
    row["stateMachineState"] = state(target)
    row["stateId"] = row["stateMachineState"]["id"]
    return True
