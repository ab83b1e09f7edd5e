"""How an order is shipped, in the merchant's own words."""

from services.order_import.rules.facts import Facts
from services.order_import.rules.methods import Topic, decided_method, method
from services.order_import.rules.model import OrderRules
from services.order_import.rules.ruling import Decision, Ruling
from shared.contracts.order import Order

TOPIC = Topic(
    field="shipping_method",
    place="shipping",
    mapped="shipping_method_by_row",
    standard="shipping_method_standard",
    open="shipping_method_open",
    unmapped="shipping_method_unmapped",
    missing="shipping_method_missing",
    place_of_use="shipping_method_country",
    holds="shipping_method_for_country",
    elsewhere="shipping_method_not_for_country",
)


def needs_shipping(order: Order) -> bool:
    """Whether the merchant has anything to send."""
    if order.delivery == "none" or order.fulfilled_by_channel:
        return False
    return any(line.requires_shipping for line in order.line_items)


def shipping(order: Order, rules: OrderRules, _facts: Facts) -> Ruling:
    """The method, whether it goes first, and the documents. A pick-up may be mapped like any method, but needs none."""
    given = rules.shipping
    if not needs_shipping(order):
        return Ruling()
    documents = Decision("documents", given.documents, "shipping.documents", f"documents_{given.documents}")
    if order.delivery == "pickup" and not order.shipping_method and not given.standard:
        return Ruling((documents,))
    ruling = method(order.shipping_method, _country(order), given, TOPIC)
    chosen = decided_method(ruling)
    if chosen not in given.fast_lane:
        return Ruling((*ruling.decisions, documents), ruling.reasons)
    fast = Decision("fast_lane", "yes", "shipping.fast_lane", "fast_lane_by_shipping", {"method": chosen})
    return Ruling((*ruling.decisions, fast, documents), ruling.reasons)


def _country(order: Order) -> str:
    """Where the goods go; who fetches them has them where they are."""
    address = order.shipping_address or order.billing_address
    return "" if address is None or order.delivery == "pickup" else address.country
