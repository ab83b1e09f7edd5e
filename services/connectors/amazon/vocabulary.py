"""Amazon's words and ours. A word that is not here parks the order: nothing is guessed.

Programs, service levels, ways of payment and reasons of cancellation travel as they are; nothing is decided by them.
"""

from shared.contracts.cancellation import CancellationReason
from shared.contracts.order import ChargeKind, OrderState, ReturnState

# Orders 2026-01-01, FulfillmentStatus, read 2026-11-29. UNFULFILLABLE ends orders of other channels only.
ORDER_STATES: dict[str, OrderState] = {
    "PENDING_AVAILABILITY": "open",
    "PENDING": "open",
    "UNSHIPPED": "open",
    "PARTIALLY_SHIPPED": "open",
    "SHIPPED": "completed",
    "CANCELLED": "cancelled",
    "UNFULFILLABLE": "cancelled",
}
PENDING = frozenset({"PENDING_AVAILABILITY", "PENDING"})
# The one way of payment in which the buyer pays when the goods arrive.
ON_DELIVERY = "CashOnDelivery"
# Who sends the goods: whether that is Amazon, and the mark that our channels carry for it.
FULFILLED_BY = {"MERCHANT": (False, "FBM"), "AMAZON": (True, "FBA")}
CHANNELS = frozenset({"AMAZON", "NON_AMAZON"})
# Parts of an item's proceeds besides its own price, its tax and its discount.
CHARGES: dict[str, ChargeKind] = {"SHIPPING": "shipping", "GIFT_WRAP": "gift_wrap", "COD_FEE": "fee", "OTHER": "fee"}
ITEM_PARTS = frozenset({"ITEM", "TAX", "DISCOUNT", *CHARGES})
TIP = "DELIVERY_TIP"
ORDER_PARTS = ITEM_PARTS | {TIP}
REPLACEMENTS = frozenset({"REPLACEMENT_ORIGINAL_ID", "EXCHANGE_ORIGINAL_ID"})
# No order tells a rate: which rate a tax comes from is looked for among those of the country, in percent.
TAX_RATES = {
    "DE": ("19", "7"), "AT": ("20", "10", "13"), "FR": ("20", "10", "5.5", "2.1"), "IT": ("22", "10", "5", "4"),
    "ES": ("21", "10", "4"), "NL": ("21", "9"), "BE": ("21", "12", "6"), "PL": ("23", "8", "5"),
    "SE": ("25", "12", "6"), "IE": ("23", "13.5", "9"), "GB": ("20", "5"), "LU": ("17", "14", "8", "3"),
    "TR": ("20", "10", "1"), "JP": ("10", "8"), "CA": ("5",),
}  # fmt: skip
OWN_STOCK = "DEFAULT"
# The codes of carriers as the public feed schema lists them; exact letters. Others are told as Other with their name.
CARRIERS = (
    "AFL/Fedex", "Amazon Shipping", "Aramex", "Blue Package", "BlueDart", "Canada Post", "Chronopost", "City Link",
    "DHL", "DHL Global Mail", "DPD", "DTDC", "Delhivery", "Deutsche Post", "FEDEX_JP", "Fastway", "FedEx",
    "FedEx SmartPost", "First Flight", "GLS", "GO!", "Hermes Logistik Gruppe", "India Post", "JP_EXPRESS",
    "La Poste", "Lasership", "NITTSU", "Newgistics", "NipponExpress", "OSM", "OnTrac", "Overnite Express",
    "Parcelforce", "Parcelnet", "Poste Italiane", "Professional", "Royal Mail", "SAGAWA", "SDA", "SagawaExpress",
    "Smartmail", "Streamlite", "TNT", "Target", "UPS", "UPS Mail Innovations", "UPSMI", "USPS", "YAMATO",
    "YamatoTransport", "Yodel",
)  # fmt: skip
OTHER_CARRIER = "Other"
# Reasons of the order acknowledgement feed. All but the first put the pieces on sale again.
CANCEL_REASONS: dict[CancellationReason, str] = {
    "out_of_stock": "NoInventory",
    "customer": "BuyerCanceled",
    "fraud": "GeneralAdjustment",
    "payment": "GeneralAdjustment",
    "other": "GeneralAdjustment",
}
# Reports, by their published types.
RETURNS_TO_US = "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE"
RETURNS_TO_AMAZON = "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"
TAXES = "SC_VAT_TAX_REPORT"
SETTLEMENTS = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"
# The one state of a return request that is written down publicly; any other is named in the journal and not guessed.
RETURN_STATES: dict[str, ReturnState] = {"Approved": "open"}
# What a settlement's row of a refund is that the buyer got back; its fees are between Amazon and the seller.
PAID_BACK = frozenset({"ItemPrice", "Promotion"})
REFUND = "Refund"
OWN_SHELF = {"merchant": "MFN", "amazon": "AFN"}
ORDER_ID = r"\d{3}-\d{7}-\d{7}"
LISTINGS_FEED, CANCELLATION_FEED, INVOICE_FEED = (
    "JSON_LISTINGS_FEED",
    "POST_ORDER_ACKNOWLEDGEMENT_DATA",
    "UPLOAD_VAT_INVOICE",
)
# What does not work without a role of the application, by the interface that refuses.
ROLES = {
    "orders": "Inventory and Order Tracking: orders are not read and no shipments are confirmed",
    "listings": "Product Listing: articles are not read, stock and prices are not sent",
    "feeds": "Product Listing or Inventory and Order Tracking: nothing is cancelled, stock is not sent in bulk",
    "fba": "Amazon Fulfillment: what lies with Amazon is not known",
    "reports": "Amazon Fulfillment, Finance and Accounting: returns and settlements are not read",
    "tokens": "Direct-to-Consumer Shipping (Restricted): orders come without addresses and names",
    "sellers": "Selling Partner Insights: the account's marketplaces are not known",
}
