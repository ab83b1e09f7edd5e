"""OTTO's words and ours. A word that is not here parks the order: nothing is guessed.

Methods of payment, kinds of delivery fees and reasons of cancellation are declared open by the platform and travel as
they are; nothing is decided by them.
"""

from typing import Literal

from shared.contracts.order import ReturnState
from shared.contracts.returned import ReturnTerms
from shared.contracts.taxonomy import Requirement

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
# Sold there, but not as the seller would expect it; and not sold, because the seller says so.
HELD, INACTIVE = "RESTRICTED", "INACTIVE"
# Returns v3. What went to the platform by mistake is still on its way to the seller.
RETURN_STATES: dict[str, ReturnState] = {
    "ANNOUNCED": "open",
    "MISDIRECTED": "open",
    "ACCEPTED": "closed",
    "REJECTED": "ended",
}
# What a seller may say of a piece that comes back: from A, as it was packed, to D, heavily used; E is a mistake.
ACCEPTED, REJECTED, RECEIVED = "ACCEPTED", "REJECTED", "RETURN_RECEIVED"
RETURN_TERMS = ReturnTerms(
    conditions=("A", "B", "C", "D", "E"),
    accepted_for=(
        RECEIVED, "STATUS_SENT_BY_ACCIDENT", "CANCEL_REQUEST_BY_CUSTOMER", "REFUND_AFTER_AFFIDAVIT", "COMPLAINT",
        "SHIPMENT_LOST", "RETURN_LOST", "UNDELIVERABLE",
    ),
    refused_for=(
        "THIRD_PARTY_ITEM", "WRONG_ITEM", "EXCHANGE", "DAMAGE_TO_THE_HYGIENE_SEAL", "ITEM_DAMAGED",
        "RETURN_PERIOD_EXCEEDED", "ITEM_NOT_IN_THE_PARCEL",
    ),
)  # fmt: skip
# Products v5, AttributeDefinition: what is LEGAL must be told, and the relevance says what should be.
MANDATORY = "LEGAL"
RELEVANCES: dict[str, Requirement] = {"HIGH": "recommended"}
# What every product is asked beside its category's attributes; the platform's own paths, without those of ours.
SKU, EAN, REFERENCE, MPN = "sku", "ean", "productReference", "mpn"
CATEGORY, BRAND = "productDescription.category", "productDescription.brandId"
LINE, DESCRIPTION = "productDescription.productLine", "productDescription.description"
POINTS = "productDescription.bulletPoints"
SAFETY = "compliance.productSafety."
SAFETY_NAME, SAFETY_ADDRESS, SAFETY_REGION = f"{SAFETY}name", f"{SAFETY}address", f"{SAFETY}regionCode"
SAFETY_EMAIL, SAFETY_URL, SAFETY_ROLES = f"{SAFETY}email", f"{SAFETY}url", f"{SAFETY}roles"
PROFILE, PROCESSING_TIME = "delivery.shippingProfileId", "delivery.processingTime"
CONTENT_AMOUNT, CONTENT_UNIT = "pricing.normPriceInfo.salesAmount", "pricing.normPriceInfo.salesUnit"
COMMON = frozenset({
    SKU, EAN, REFERENCE, MPN, CATEGORY, BRAND, LINE, DESCRIPTION, POINTS, SAFETY_NAME, SAFETY_ADDRESS, SAFETY_REGION,
    SAFETY_EMAIL, SAFETY_URL, SAFETY_ROLES, PROFILE, PROCESSING_TIME, CONTENT_AMOUNT, CONTENT_UNIT,
})  # fmt: skip
# Products v5, NormPriceInfo: of so many of these units the platform shows the price.
NORMS = {"Stk": 1, "qm": 1, "kg": 1, "l": 1, "m": 1, "ml": 100, "g": 1000, "Paar": 1, "RM": 1, "dm3": 1}
LINE_LONGEST = 70
ROLES = ("MANUFACTURER", "DISTRIBUTOR")
# The European Economic Area, whose members product safety addresses lie in.
EEA = tuple("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split())
VATS = {"standard": "FULL", "reduced": "REDUCED", "exempt": "FREE"}
SEPARATOR = "\n"
"""Between several values of an attribute on their way here: values of the platform have bars and commas in them."""
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
RETURNS = {"returns": "returns are neither read nor answered"}
SCOPES = {
    "orders": "orders are not read, and none can be cancelled",
    "products": "articles are not read, and neither products nor prices are sent",
    "availability": "stock is neither read nor sent",
    "shipments": "parcels are not reported",
}
ALL_SCOPES = SCOPES | RECEIPTS | RETURNS
