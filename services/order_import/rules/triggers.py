"""Which orders are imported. Whatever keeps an order back says so, each with a sentence of its own."""

from services.order_import.rules.facts import Facts
from services.order_import.rules.model import OrderRules
from services.order_import.rules.ruling import Ruling
from shared.contracts.order import Order
from shared.contracts.reason import Reason

REFUSED = "approval_refused"


def triggers(order: Order, rules: OrderRules, facts: Facts) -> Ruling:
    """Its reasons keep the order waiting, not parked: nobody has to mend anything."""
    if facts.entered:
        return Ruling()
    wanted = rules.triggers
    found: list[Reason] = []
    if facts.approval == "refused":
        found.append(Reason(code=REFUSED, actor="time"))
    if wanted.payment_states and order.payment_state not in wanted.payment_states:
        words = {"state": order.payment_state, "wanted": ", ".join(wanted.payment_states)}
        found.append(_kept("payment_state_not_imported", "payment_state", order.payment_state, words))
    if wanted.order_states and not {order.state, order.state_word} & set(wanted.order_states):
        state = order.state_word or order.state
        words = {"state": state, "wanted": ", ".join(wanted.order_states)}
        found.append(_kept("order_state_not_imported", "state", state, words))
    if wanted.sales_channels and order.channel not in wanted.sales_channels:
        words = {"channel": order.channel, "wanted": ", ".join(wanted.sales_channels)}
        found.append(_kept("sales_channel_not_imported", "channel", order.channel, words))
    if wanted.placed_from is not None and order.placed_at < wanted.placed_from:
        words = {"placed": order.placed_at.isoformat(), "start": wanted.placed_from.isoformat()}
        found.append(_kept("placed_before_start", "placed_at", "", words))
    return Ruling(reasons=tuple(found))


def _kept(code: str, field: str, key: str, words: dict[str, str]) -> Reason:
    return Reason(code=code, field=field, key=key, params=words, actor="time")
