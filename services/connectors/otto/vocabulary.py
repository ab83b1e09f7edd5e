"""OTTO's words and ours. A word that is not here parks the order: nothing is guessed.

Methods of payment, kinds of delivery fees and reasons of cancellation are declared open by the platform and travel as
they are; nothing is decided by them.
"""

from typing import Literal

ItemState = Literal["announced", "processable", "sent", "returned", "cancelled"]

# Orders v4, PositionItem.fulfillmentStatus, read 2026-11-27.
ITEM_STATES: dict[str, ItemState] = {
    "ANNOUNCED": "announced",
    "PROCESSABLE": "processable",
    "SENT": "sent",
    "RETURNED": "returned",
    "CANCELLED_BY_PARTNER": "cancelled",
    "CANCELLED_BY_MARKETPLACE": "cancelled",
}
# The earliest state that any piece is in names the order, as the platform's own BUCKET mode has it.
ORDER_STATES = tuple(ITEM_STATES)
# Products v5, MarketPlaceStatus.status.
LISTING_STATES: dict[str, Literal["active", "inactive"]] = {
    "ONLINE": "active",
    "RESTRICTED": "active",
    "PENDING": "inactive",
    "REJECTED": "inactive",
    "INACTIVE": "inactive",
}
# Shipments v1, TrackingKey.carrier. Whoever is not a parcel service is a forwarder: DHL_FREIGHT too, and HES, the
# Hermes service for furniture.
PARCEL_CARRIERS = frozenset("DHL DHL_EXPRESS DHL_HOME_DELIVERY GLS HERMES DPD UPS".split())
CARRIERS = PARCEL_CARRIERS | frozenset(
    """DHL_FREIGHT BTW BURSPED CARGOLINE DACHSER DB_SCHENKER DSV
    EMONS EPH_DIREKT IDS GEIS GEL GUETTLER HES HELLMANN HEUEL KOCH KUEHNE_NAGEL LOGWIN MEYER_JUMBO RABEN_LOGISTIK RHENUS
    REIMER REITHMEIER SCHOCKEMOEHLE SCHMIDT_GEVELSBERG ZUFALL OTHER_FORWARDER""".split()
)
# A scope of the token for each interface, and what does not work without it.
RECEIPT_TYPES = ("PURCHASE", "REFUND", "PARTIAL_REFUND")
RECEIPTS = {"receipts": "the platform's receipts are not read"}
SCOPES = {
    "orders": "orders are not read, and none can be cancelled",
    "products": "articles are not read, and no price is sent",
    "availability": "stock is neither read nor sent",
    "shipments": "parcels are not reported",
}
