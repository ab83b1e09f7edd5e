"""From Kaufland's payloads to ours. Prices include tax. An order states no total: it is what its pieces cost, and their
shipping; a piece that was cancelled is told as cancelled, and its shipping is charged to nobody."""

from collections.abc import Sequence
from decimal import Decimal

from services.connectors.kaufland import wire
from services.connectors.kaufland.inbound.articles import article
from services.connectors.kaufland.inbound.lines import line, state_of
from services.connectors.kaufland.inbound.money import money, taxes
from services.connectors.kaufland.inbound.parties import address, customer
from services.connectors.kaufland.inbound.payments import payment_state, refunds
from services.connectors.kaufland.inbound.returns import returns
from services.connectors.kaufland.inbound.taxonomy import asks_for_list, attributes, categories
from services.connectors.kaufland.vocabulary import FULFILLED_BY_CHANNEL, ORDER_STATES, UnitState
from shared.contracts.errors import Untranslatable
from shared.contracts.money import total as sum_of
from shared.contracts.order import Charge, Order, OrderState, Property, TaxLine

__all__ = ["article", "asks_for_list", "attributes", "categories", "order"]


def order(raw: wire.Order) -> Order:
    """One order with everything it says."""
    if not raw.order_units:
        raise Untranslatable("The order has no units", code="value_missing", field="order_units")
    states = [state_of(unit, place) for place, unit in enumerate(raw.order_units)]
    currency = _currency(raw)
    lines = tuple(line(unit, state) for unit, state in zip(raw.order_units, states, strict=True))
    charges = _shipping(raw, states, currency)
    pickup = raw.delivery.pickup_location if raw.delivery else None
    return Order(
        external_id=raw.id_order,
        number=raw.id_order,
        placed_at=raw.ts_created_iso,
        changed_at=max(unit.ts_updated_iso for unit in raw.order_units),
        state=_state(states),
        state_word=min((unit.status for unit in raw.order_units), key=ORDER_STATES.index),
        payment_state=payment_state(states),
        channel=raw.storefront.lower(),
        fulfilled_by_channel=_fulfilled_by_channel(raw),
        currency=currency,
        prices_include_tax=True,
        customer=customer(raw),
        billing_address=address(raw.billing_address, "billing_address"),
        shipping_address=address(raw.shipping_address, "shipping_address", pickup),
        line_items=lines,
        charges=charges,
        refunds=refunds(raw, states),
        returns=returns(raw),
        total=sum_of([*(one.total for one in lines), *(one.total for one in charges)], currency),
        withheld=_withheld(raw, states),
        properties=tuple(_properties(raw, states, pickup)),
    )


def _currency(raw: wire.Order) -> str:
    found = {unit.currency for unit in raw.order_units}
    if len(found) > 1:
        said = "The units of the order are in different currencies"
        raise Untranslatable(said, code="unknown_word", field="order_units.currency", value=", ".join(sorted(found)))
    (currency,) = found
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        said = f"{currency} is no currency"
        raise Untranslatable(said, code="unknown_word", field="order_units.0.currency", value=currency)
    return currency


def _state(states: Sequence[UnitState]) -> OrderState:
    if all(state == "cancelled" for state in states):
        return "cancelled"
    return "open" if {"waiting", "processable"} & set(states) else "completed"


def _fulfilled_by_channel(raw: wire.Order) -> bool:
    found = FULFILLED_BY_CHANNEL.get(raw.fulfillment_type)
    if found is None:
        word = raw.fulfillment_type
        raise Untranslatable(f"{word} is unknown", code="unknown_word", field="fulfillment_type", value=word)
    return found


def _withheld(raw: wire.Order, states: Sequence[UnitState]) -> tuple[str, ...]:
    """An order waits while it is not confirmed, or while nobody knows where its goods go. What is over does not wait:
    the platform takes addresses away again some time after."""
    if not {"waiting", "processable"} & set(states):
        return ()
    if {"waiting", "cancelled"} >= set(states):
        return ("open",)
    if raw.shipping_address is not None:
        return ()
    return ("shipping_address",) if raw.billing_address is not None else ("billing_address", "shipping_address")


def _shipping(raw: wire.Order, states: Sequence[UnitState], currency: str) -> tuple[Charge, ...]:
    """One charge of all pieces' shipping, with the tax at each rate; a piece without a rate leaves it to the seller."""
    parts: dict[tuple[Decimal | None, bool], Decimal] = {}
    for unit, state in zip(raw.order_units, states, strict=True):
        if state != "cancelled" and unit.shipping_rate:
            key = unit.vat, unit.is_marketplace_deemed_supplier
            parts[key] = parts.get(key, Decimal(0)) + unit.shipping_rate
    if not parts:
        return ()
    found: list[TaxLine] = []
    for (percent, by_channel), minor in sorted(parts.items(), key=str):
        found += taxes(money(minor, currency), percent, by_channel=by_channel)
    worth = money(sum(parts.values(), Decimal(0)), currency)
    return (Charge(kind="shipping", title="shipping_rate", total=worth, taxes=tuple(found)),)


def _properties(raw: wire.Order, states: Sequence[UnitState], pickup: wire.PickupLocation | None) -> list[Property]:
    """What has no field with us, in the platform's own names. The earliest day on which a piece must have arrived."""
    due = [
        unit.delivery_time_expires_iso
        for unit, state in zip(raw.order_units, states, strict=True)
        if state == "processable" and unit.delivery_time_expires_iso
    ]
    found = [("delivery_time_expires_iso", min(due, default=""))]
    if raw.is_marketplace_deemed_supplier:
        found.append(("is_marketplace_deemed_supplier", "true"))
    if pickup is not None:
        found += [(name, str(value)) for name, value in pickup.model_dump().items()]
    return [Property(name=name, value=value) for name, value in found if value]
