"""The pieces of an order: each is a line of its own with its own state and id. The order book makes one line of equal
ones where the merchant wants that."""

from decimal import Decimal

from services.connectors.kaufland import wire
from services.connectors.kaufland.inbound.money import money, taxes
from services.connectors.kaufland.vocabulary import UNIT_STATES, UnitState
from shared.contracts.errors import Untranslatable
from shared.contracts.order import LineItem, Property

ONE, NONE = Decimal(1), Decimal(0)


def state_of(raw: wire.OrderUnit, place: int) -> UnitState:
    """Raises Untranslatable for a state that is not in the vocabulary."""
    state = UNIT_STATES.get(raw.status)
    if state is None:
        field = f"order_units.{place}.status"
        raise Untranslatable(f"The state {raw.status} is unknown", code="unknown_word", field=field, value=raw.status)
    return state


def number(id_offer: str, product: wire.Product | None) -> str | None:
    """The seller's own number; an offer without one is known by its EAN."""
    return id_offer or (product.eans[0] if product and product.eans else None)


def line(raw: wire.OrderUnit, state: UnitState) -> LineItem:
    price = money(raw.price, raw.currency)
    return LineItem(
        external_id=str(raw.id_order_unit),
        sku=number(raw.id_offer, raw.product),
        title=(raw.product.title if raw.product else "") or raw.id_offer,
        quantity=ONE,
        cancelled_quantity=ONE if state == "cancelled" else NONE,
        fulfilled_quantity=ONE if state in ("sent", "returned") else NONE,
        unit_price=price,
        total=price,
        taxes=taxes(price, raw.vat, by_channel=raw.is_marketplace_deemed_supplier),
        held=state == "waiting",
        properties=tuple(_properties(raw)),
    )


def _properties(raw: wire.OrderUnit) -> list[Property]:
    """Only what is out of the ordinary: a line with a property is not put together with others."""
    condition = "" if raw.unit_condition.upper() == "NEW" else raw.unit_condition
    back = raw.return_unit or wire.ReturnUnit(id_return_unit=0)
    found = [
        ("unit_condition", condition),
        ("cancel_reason", raw.cancel_reason if raw.status == "cancelled" else ""),
        ("return_status", back.status),
        ("return_note", back.note),
    ]
    return [Property(name=name, value=value) for name, value in found if value]
