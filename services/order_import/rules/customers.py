"""Who the buyer is in the ERP. An address that the ERP has is never overwritten: those of an order stay with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from services.order_import.rules.knowledge import Knowledge, KnownCustomer, Matches
from services.order_import.rules.model_customers import Criterion, CustomerRules, Handling
from services.order_import.rules.ruling import Decision, Ruling
from shared.contracts.order import Address, Order
from shared.contracts.reason import Reason

# These decisions are made whenever an order is shown: the ERP's customers grow with every order it takes. They are not
# kept with the order either, whose versions cannot change: a customer's number would outlast his erasure there.
ASKED_ANEW = frozenset({"customer", "address"})
Action = Literal["existing", "default", "pos", "create", "anonymous", "refused"]


@dataclass(frozen=True, slots=True)
class CustomerHandling:
    """What the ERP does about the buyer, and the addresses of this order. `number` is empty for a customer to create,
    for a nameless buyer, and where the order is refused."""

    action: Action
    number: str = ""
    matched_by: Criterion | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    billing_copied: bool = False


def handle(order: Order, rules: CustomerRules, facts: Knowledge) -> tuple[CustomerHandling, Ruling]:
    """The buyer's customer in the ERP, and why."""
    billing, copied = order.billing_address, False
    decisions: list[Decision] = []
    if billing is None and order.shipping_address is not None and rules.billing_from_shipping:
        billing, copied = order.shipping_address, True
        rule = "customers.billing_from_shipping"
        decisions.append(Decision("billing_address", "copied", rule, code="billing_address_copied"))
    found, ruling = _customer(order, rules, facts)
    handling = CustomerHandling(
        found.action, found.number, found.matched_by, billing, order.shipping_address, billing_copied=copied
    )
    return handling, Ruling((*decisions, *ruling.decisions), ruling.reasons)


def _customer(order: Order, rules: CustomerRules, facts: Knowledge) -> tuple[CustomerHandling, Ruling]:
    if facts.erased:
        return _decided(CustomerHandling("anonymous"), "orders.erased", "customer_erased")
    if order.channel == "pos" and rules.pos_as_one_customer:
        number = rules.pos_customer or facts.project.pos_customer
        return _fixed("pos", number, "customers.pos_customer", facts)
    account = order.customer is not None and order.customer.external_id is not None
    kind = "accounts" if account else "guests"
    handling = rules.accounts if account else rules.guests
    if handling.mode == "default":
        return _default(rules, facts, f"customers.{kind}.mode")
    if handling.mode == "create":
        return _created(order, rules, f"customers.{kind}.mode")
    return _matched(order, handling, kind, rules, facts)


def _matched(
    order: Order, handling: Handling, kind: str, rules: CustomerRules, facts: Knowledge
) -> tuple[CustomerHandling, Ruling]:
    passed: list[Decision] = []
    for criterion, candidates in recognised(facts.matches, handling, rules, facts.project.name):
        rule = f"customers.{kind}.criteria.{criterion}"
        if len(candidates) > 1:
            words = {"count": str(len(candidates)), "criterion": criterion}
            passed.append(Decision("customer", "", rule, code="customer_ambiguous", params=words))
        else:
            number = candidates[0].number
            words = {"customer": number, "criterion": criterion}
            passed.append(Decision("customer", number, rule, code="customer_matched", params=words))
            if all(one.number != number for one in facts.matches.address):
                words = {"customer": number}
                passed.append(Decision("address", "kept", rule, code="customer_address_kept", params=words))
            return CustomerHandling("existing", number, criterion), Ruling(tuple(passed))
    rule = f"customers.{kind}.unmatched"
    if handling.unmatched == "refuse":
        words = {"criteria": ", ".join(handling.criteria)}
        reason = Reason(code="customer_not_matched", field="customer", params=words)
        return CustomerHandling("refused"), Ruling(tuple(passed), (reason,))
    found, ruling = _default(rules, facts, rule) if handling.unmatched == "default" else _created(order, rules, rule)
    return found, Ruling((*passed, *ruling.decisions), ruling.reasons)


def recognised(
    matches: Matches, handling: Handling, rules: CustomerRules, project: str
) -> Iterator[tuple[Criterion, tuple[KnownCustomer, ...]]]:
    """The customers who fit, criterion by criterion, as long as nobody may be sure: one alone is him, and the last."""
    for criterion in handling.criteria:
        found: tuple[KnownCustomer, ...] = getattr(matches, criterion)
        candidates = tuple(one for one in found if not rules.only_within_project or one.project == project)
        if candidates:
            yield criterion, candidates
        if len(candidates) == 1:
            return


def _default(rules: CustomerRules, facts: Knowledge, rule: str) -> tuple[CustomerHandling, Ruling]:
    return _fixed("default", rules.default_customer or facts.project.default_customer, rule, facts)


def _fixed(
    action: Literal["default", "pos"], number: str, rule: str, facts: Knowledge
) -> tuple[CustomerHandling, Ruling]:
    if not number:
        project = facts.project.name
        code = "pos_customer_missing" if action == "pos" else "default_customer_missing"
        reason = Reason(code=code, field="customer", key=project, params={"project": project or "–"})
        return CustomerHandling("refused"), Ruling(reasons=(reason,))
    return _decided(CustomerHandling(action, number), rule, f"customer_{action}")


def _created(order: Order, rules: CustomerRules, rule: str) -> tuple[CustomerHandling, Ruling]:
    """A customer needs a name. A sale in a store may have none: nobody is asked for it at the till."""
    if _has_name(order):
        return _decided(CustomerHandling("create"), rule, "customer_created")
    if order.channel == "pos" or rules.nameless == "anonymous":
        return _decided(CustomerHandling("anonymous"), rule, "customer_nameless")
    return CustomerHandling("refused"), Ruling(reasons=(Reason(code="customer_name_missing", field="customer"),))


def _has_name(order: Order) -> bool:
    people = (order.customer, order.billing_address, order.shipping_address)
    return any(one is not None and (one.last_name or one.company or one.first_name) for one in people)


def _decided(handling: CustomerHandling, rule: str, code: str) -> tuple[CustomerHandling, Ruling]:
    words = {"customer": handling.number}
    return handling, Ruling((Decision("customer", handling.number or handling.action, rule, code=code, params=words),))
