"""WooCommerce's words and ours. A word that is not here parks the order: nothing is guessed."""

from decimal import Decimal

from shared.contracts.order import OrderState

# https://developer.woocommerce.com/docs/apis/rest-api/v3/orders/ (order status), read 2026-11-25.
ORDER_STATES: dict[str, OrderState] = {
    "pending": "open",
    "on-hold": "open",
    "processing": "open",
    "packing": "open",
    "failed": "open",
    "completed": "completed",
    "refunded": "cancelled",
    "cancelled": "cancelled",
    "trash": "cancelled",
}
# Statuses of carts that never became an order; the shop's own screens hide them too.
NOT_YET_ORDERS = frozenset({"checkout-draft", "auto-draft"})
POINT_OF_SALE = frozenset({"pos-rest-api", "pos"})
PICKUP_METHODS = frozenset({"local_pickup", "pickup_location"})
# Gateways leave their test mode only in the order's meta data.
TEST_MARKS = frozenset({("_stripe_mode", "test"), ("_ppcp_paypal_payment_mode", "sandbox"), ("_test_order", "yes")})
PREORDER_MARKS = frozenset({("_wc_pre_orders_is_pre_order", "yes")})
GIFT_CARD_META = frozenset({"wc_gc_giftcard_amount", "wc_gc_giftcard_to"})
LANGUAGE_META = "wpml_language"
TAX_EXEMPT_MARKS = frozenset({("is_vat_exempt", "yes")})
# The shop's own book-keeping under names without the underscore that usually marks it; read elsewhere.
OWN_META = frozenset({"is_vat_exempt", LANGUAGE_META})
VAT_ID_META = frozenset({"_billing_vat_id", "vat_number", "_vat_number", "_billing_vat_number"})
DEPOSIT_WORDS = ("pfand", "deposit")
TIP_WORDS = ("trinkgeld", "tip")
PUBLISHED = frozenset({"publish", "private"})
# Products that are no more than the head of their variations.
VARIABLE = frozenset({"variable", "variable-subscription"})
# Where the plugin Yoast SEO keeps what search engines read: our text to its key.
YOAST = {
    "meta_title": "_yoast_wpseo_title",
    "meta_description": "_yoast_wpseo_metadesc",
    "meta_keywords": "_yoast_wpseo_focuskw",
}
# The units a shop may choose, https://woocommerce.com/document/configuring-woocommerce-settings/products/ (2026-11-29).
GRAMS = {"kg": Decimal(1000), "g": Decimal(1), "lbs": Decimal("453.59237"), "oz": Decimal("28.349523125")}
MILLIMETRES = {
    "m": Decimal(1000), "cm": Decimal(10), "mm": Decimal(1), "in": Decimal("25.4"), "yd": Decimal("914.4"),
}  # fmt: skip
