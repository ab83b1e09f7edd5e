"""How the goods reach the buyer: sent, fetched, loaded, or first to a hub of eBay's that sends them abroad."""

from dataclasses import dataclass

from services.connectors.ebay import wire
from services.connectors.ebay.inbound.parties import address, in_one_line
from services.connectors.ebay.vocabulary import DELIVERIES, FULFILLED_BY_CHANNEL
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Address, Delivery, OrderState, Property


@dataclass(frozen=True)
class Way:
    """What the order's one instruction says."""

    delivery: Delivery = "ship"
    by_channel: bool = False
    address: Address | None = None
    service: str = ""
    properties: tuple[Property, ...] = ()


def way(raw: wire.Order) -> Way:
    """Raises Untranslatable for a kind of delivery that is not in the vocabulary."""
    if not raw.fulfillment_start_instructions:
        return Way()
    told = raw.fulfillment_start_instructions[0]
    word = told.fulfillment_instructions_type
    delivery = DELIVERIES.get(word)
    if delivery is None:
        field = "fulfillmentStartInstructions.0.fulfillmentInstructionsType"
        raise Untranslatable(f"The delivery {word} is unknown", code="unknown_word", field=field, value=word)
    step = told.shipping_step or wire.ShippingStep()
    found = [
        ("shipToReferenceId", step.ship_to_reference_id),
        (
            "finalDestinationAddress",
            in_one_line(told.final_destination_address) if told.final_destination_address else "",
        ),
        ("merchantLocationKey", told.pickup_step.merchant_location_key if told.pickup_step else ""),
    ]
    return Way(
        delivery,
        word == FULFILLED_BY_CHANNEL,
        address(step.ship_to, step.ship_to_reference_id),
        step.shipping_service_code,
        tuple(Property(name=name, value=value) for name, value in found if value),
    )


def withheld(told: Way, state: OrderState, *, billed: bool) -> tuple[str, ...]:
    """An open order waits while nobody knows where its goods go. What is over does not wait: eBay takes addresses away
    after ninety days."""
    if state != "open" or told.by_channel:
        return ()
    missing = ("billing_address",) if not billed else ()
    return (*missing, "shipping_address") if told.delivery == "ship" and told.address is None else missing
