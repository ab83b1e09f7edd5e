"""The pieces of an order: each is a line of its own, with its own state and id."""

from decimal import Decimal

from services.connectors.otto import wire
from services.connectors.otto.inbound.money import money, taxes
from services.connectors.otto.vocabulary import ITEM_STATES, ItemState
from shared.contracts.errors import Untranslatable
from shared.contracts.money import Money
from shared.contracts.order import LineItem, Property

ONE, NONE = Decimal(1), Decimal(0)


def state_of(raw: wire.PositionItem, place: int) -> ItemState:
    """Raises Untranslatable for a state that is not in the vocabulary."""
    state = ITEM_STATES.get(raw.status)
    if state is None:
        field = f"positionItems.{place}.fulfillmentStatus"
        raise Untranslatable(f"The state {raw.status} is unknown", code="unknown_word", field=field, value=raw.status)
    return state


def worth(raw: wire.PositionItem) -> Money:
    """What the customer pays for the piece: the reduced price where there is one."""
    return money(raw.reduced or raw.gross, "positionItems.itemValueGrossPrice")


def line(raw: wire.PositionItem, state: ItemState) -> LineItem:
    gross, paid = money(raw.gross, "positionItems.itemValueGrossPrice"), worth(raw)
    return LineItem(
        external_id=raw.id,
        sku=raw.product.sku,
        title=raw.product.title,
        quantity=ONE,
        cancelled_quantity=ONE if state == "cancelled" else NONE,
        fulfilled_quantity=ONE if state in ("sent", "returned") else NONE,
        unit_price=gross,
        total=paid,
        discount=gross - paid if gross != paid else None,
        taxes=taxes(paid, raw.product.vat_rate),
        held=state == "announced",
        listing_external_id=raw.product.sku,
        properties=tuple(_properties(raw)),
    )


def _properties(raw: wire.PositionItem) -> list[Property]:
    """What stands at the piece and has no field with us, in the platform's own names."""
    found = [(one.display_name or one.type, one.value) for one in raw.product.dimensions or ()]
    if raw.expected_delivery:
        found.append(("expectedDeliveryDate", raw.expected_delivery.isoformat()))
    if raw.weee_pickup:
        found.append(("weeePickup", "true"))
    if raw.return_accepted_by_marketplace:
        found.append(("returnAcceptedByMarketplace", "true"))
    found += [("cancellationReason", raw.cancellation_reason), ("dealName", raw.deal)]
    return [Property(name=name, value=value) for name, value in found if value]
