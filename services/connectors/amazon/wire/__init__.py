"""Amazon's payloads in Amazon's words: only the fields we read."""

from services.connectors.amazon.wire.beside import PaidBack, PaidBackLine, Returned
from services.connectors.amazon.wire.item import Item
from services.connectors.amazon.wire.listing import Listing, Offer
from services.connectors.amazon.wire.order import Address, Order, TaxRegistration
from services.connectors.amazon.wire.parts import Breakdown, Money

__all__ = [
    "Address",
    "Breakdown",
    "Item",
    "Listing",
    "Money",
    "Offer",
    "Order",
    "PaidBack",
    "PaidBackLine",
    "Returned",
    "TaxRegistration",
]
