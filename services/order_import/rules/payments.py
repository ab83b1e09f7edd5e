"""How an order is paid, in the merchant's own words."""

from services.order_import.rules.facts import Facts
from services.order_import.rules.methods import Topic, decided_method, method
from services.order_import.rules.model import OrderRules
from services.order_import.rules.ruling import Decision, Ruling
from shared.contracts.order import Order

TOPIC = Topic(
    field="payment_method",
    place="payments",
    mapped="payment_method_by_row",
    standard="payment_method_standard",
    open="payment_method_open",
    unmapped="payment_method_unmapped",
    missing="payment_method_missing",
    place_of_use="payment_method_country",
    holds="payment_method_for_country",
    elsewhere="payment_method_not_for_country",
)


def payment(order: Order, rules: OrderRules, _facts: Facts) -> Ruling:
    """The method, and whether it stops automatic shipping. An order that costs nothing needs no method."""
    given = rules.payments
    if not order.payment_method and not order.total.amount and not given.standard:
        return Ruling()
    ruling = method(order.payment_method, _country(order), given, TOPIC)
    chosen = decided_method(ruling)
    if chosen not in given.stop_auto_shipping:
        return ruling
    stop = Decision(
        "auto_shipping", "no", "payments.stop_auto_shipping", "auto_shipping_stopped_by_payment", {"method": chosen}
    )
    return Ruling((*ruling.decisions, stop), ruling.reasons)


def _country(order: Order) -> str:
    """Where the payer is."""
    address = order.billing_address or order.shipping_address
    return "" if address is None else address.country
