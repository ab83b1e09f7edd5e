"""The awkward orders: one row per case, with what the merchant's system must make of it.

A row says only what differs from an ordinary order (`everyday.py`). `expect` are the reason codes for parking it; where
a platform's own ways change that, `expect_on` says so.
"""

from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Address, Change, Item
from services.sandbox.seeds import catalogue as sold

_VARIANTS = {variant.sku: variant for product in sold.products() for variant in product.variants}


def line(sku: str, quantity: int = 1, **differing: Any) -> Item:
    """A basket line for a catalogue number, at its catalogue price."""
    variant = _VARIANTS[sku]
    facts: dict[str, Any] = {
        "sku": variant.sku or None,
        "title": variant.title,
        "quantity": quantity,
        "unit_price": variant.price,
        "tax_rate": variant.tax_rate,
    }
    return Item(**(facts | differing))


SWISS = Address("Reto", "Zürcher", "Bahnhofstrasse 12", "8001", "Zürich", "CH", phone="+41 44 000 00 00")
RIGHT_TO_LEFT = Address("محمد", "العربي", "شارع الزهور ١٢", "10115", "Berlin", "DE")
EMOJI = Address("Zoë 🦊", "Groß-Ångström", "Straße des 17. Juni 1 🏡", "10623", "Berlin", "DE", "Käse & Wein OHG")

GONE = Item(sold.DELETED_SKU, "Auslaufmodell: Petroleumlampe", 1, Decimal("42.00"), deleted=True)
DEPOSIT = Item(sold.DEPOSIT_SKU, "Pfand", 12, Decimal("0.25"), kind="deposit")
TIP = Item(None, "Trinkgeld", 1, Decimal("3.00"), Decimal(0), kind="tip")

CASES: dict[str, dict[str, Any]] = {
    "guest": {"items": (line("KR-1001", 2),), "guest": True},
    "billing address missing": {
        "items": (line("KR-1002"),),
        "billing": None,
        "expect": ("billing_address_missing",),
        # No buyer of his own means there whoever gets the goods, or nobody orders without an account that has one.
        "expect_on": dict.fromkeys(("amazon", "ebay", "kaufland", "otto", "shopware5", "shopware6", "tradebyte"), ()),
    },
    "sku unknown to the ERP": {"items": (line("KR-1003"), line(sold.UNKNOWN_SKU)), "expect": ("article_unknown",)},
    "product without sku": {
        "items": (line("", 1), line("KR-1004")),
        "expect": ("article_number_missing",),
        "expect_on": dict.fromkeys(
            ("amazon", "ebay", "kaufland", "mirakl", "otto", "shopware5", "shopware6"), ("article_unknown",)
        ),
    },
    "two variants share a sku": {"items": (line(sold.SHARED_SKU, 2),)},
    "sku with blanks around": {"items": (line(sold.PADDED_SKU),), "expect": ("article_unknown",)},
    "product deleted since": {
        "items": (line("KR-1005"), GONE),
        "expect_on": {"woocommerce": ("article_number_missing",)},
    },
    "several tax rates, shipping split": {"items": (line("KR-1011"), line("KR-2003", 2), line("KR-2010"))},
    "reduced rate only": {"items": (line("KR-2001", 3), line("KR-2006", 7))},
    "net prices": {
        "items": (line("KR-1018", 10, unit_price=Decimal("26.89")), line("KR-2008", 6, unit_price=Decimal("12.62"))),
        "net_prices": True,
        "payment_method": "bacs",
        "paid": False,
    },
    "tax-free export": {"items": (line("KR-1015"),), "tax_free": True, "billing": SWISS, "shipping": SWISS},
    "foreign presentment currency": {
        "items": (line("KR-1017"), line("KR-1012", 2)),
        "presentment": ("CHF", Decimal("0.9417")),
        "billing": SWISS,
        "shipping": SWISS,
    },
    "coupon over all lines": {
        "items": (line("KR-1009", 3), line("KR-2006", 5), line("KR-1010")),
        "coupon": ("ZEHN", Decimal("7.49")),
    },
    "coupon that leaves cents over": {
        "items": (line("KR-1009"), line("KR-2007"), line("KR-1014")),
        "coupon": ("KLEIN", Decimal("1.00")),
    },
    "line discount": {"items": (line("KR-1025", 1, discount=Decimal("6.90")),)},
    "negative fee as discount": {
        "items": (line("KR-1027"),),
        "negative_fee": ("Rabatt Stammkunde", Decimal("5.00")),
    },
    "gift card redeemed": {"items": (line("KR-1028"),), "gift_card": Decimal("20.00")},
    "gift card redeemed for everything": {
        "items": (line("KR-1001"),),
        "gift_card": Decimal("14.80"),
        "payment_method": "gift_card",
    },
    "gift card sold": {
        "items": (line(sold.GIFT_CARD_SKU, kind="gift_card"),),
        "shipping": None,
        "shipping_cost": Decimal(0),
    },
    "tip": {"items": (line("KR-2004"), TIP)},
    "free shipping": {
        "items": (line("KR-1011", 2),),
        "shipping_cost": Decimal(0),
        "shipping_method": "Versandkostenfrei",
    },
    "nothing to pay": {
        "items": (line(sold.FREE_SKU),),
        "shipping_cost": Decimal(0),
        "shipping_method": "Versandkostenfrei",
        "payment_method": "",
    },
    "three hundred lines": {
        "items": tuple(
            line(sku, 1 + index % 3)
            for index, sku in enumerate([row[0] for row in sold.SIMPLE[:42]] * 8, start=0)
            if index < 300
        )
    },
    "emoji and umlauts": {
        "items": (line("KR-1005"),),
        "billing": EMOJI,
        "shipping": EMOJI,
        "note": "Bitte 🎁 für Jürgen!",
    },
    "right-to-left name": {
        "items": (line("KR-2001"),),
        "billing": RIGHT_TO_LEFT,
        "shipping": RIGHT_TO_LEFT,
        "note": "‏شكرا‎ – danke",
        "locale": "ar",
    },
    "note of ten megabytes": {"items": (line("KR-1029"),), "note": "Bitte klingeln. " * 655_360},
    "test order": {"items": (line("KR-1012"),), "test": True},
    "point of sale": {
        "items": (line("KR-1014", 3), line("KR-1030", 5)),
        "pos": True,
        "guest": True,
        "email": "",
        "billing": None,
        "shipping": None,
        "shipping_cost": Decimal(0),
        "shipping_method": "",
        "payment_method": "cash",
    },
    "pickup": {
        "items": (line("KR-1010"),),
        "pickup": True,
        "shipping": None,
        "shipping_cost": Decimal(0),
        "shipping_method": "Abholung im Laden",
    },
    "preorder": {"items": (line(sold.PREORDER_SKU, preorder=True),)},
    "engraving": {"items": (line("KR-7301", properties=(("Gravur", "Für Oma"), ("_motiv_id", "42"))),)},
    "digital only": {
        "items": (line(sold.EBOOK_SKU, kind="digital"), line(sold.PATTERN_SKU, kind="digital")),
        "shipping": None,
        "shipping_cost": Decimal(0),
        "shipping_method": "",
    },
    "goods and digital": {"items": (line("KR-2012"), line(sold.EBOOK_SKU, kind="digital"))},
    "deposit": {"items": (line("KR-3001"), DEPOSIT)},
    "cash on delivery fee": {
        "items": (line("KR-1019"),),
        "fee": ("Nachnahmegebühr", Decimal("4.00")),
        "payment_method": "cod",
        "paid": False,
    },
    "bank transfer, unpaid": {"items": (line("KR-1022"),), "payment_method": "bacs", "paid": False},
    "different delivery address": {
        "items": (line("KR-7102"), line("KR-7201", 2)),
        "shipping": Address("Empfang", "Haus B", "Werkstraße 5", "04107", "Leipzig", company="Muster AG"),
    },
    "unknown status word": {"items": (line("KR-1016"),), "defect": "unknown_status", "expect": ("unknown_word",)},
    "wrong type": {"items": (line("KR-1020"),), "defect": "wrong_type", "expect": ("wrong_type",)},
    "absurd number": {"items": (line("KR-1021"),), "defect": "absurd_total", "expect": ("absurd_value",)},
    "total one cent off": {"items": (line("KR-1023", 6),), "defect": "total_off_by_one_cent"},
    "total wrong by five": {
        "items": (line("KR-1024"),),
        "defect": "total_wrong",
        "expect": ("totals_mismatch",),
        # An order states no total there.
        "expect_on": {"kaufland": (), "otto": ()},
    },
    "two reasons at once": {
        "items": (line(sold.UNKNOWN_SKU, 2),),
        "billing": None,
        "expect": ("article_unknown", "billing_address_missing"),
        "expect_on": dict.fromkeys(
            ("amazon", "ebay", "kaufland", "otto", "shopware5", "shopware6", "tradebyte"), ("article_unknown",)
        ),
    },
    "cancelled before import": {"items": (line("KR-1026"),), "changes": (Change("cancel"),)},
    "refunded in full": {"items": (line("KR-7202"), line("KR-7203")), "changes": (Change("refund_full"),)},
    "refunded in part": {
        "items": (line("KR-7001", 2), line("KR-7002")),
        "changes": (Change("refund_line", line=0, quantity=1),),
    },
    "goodwill refund without lines": {
        "items": (line("KR-7103"),),
        "changes": (Change("refund_amount", amount=Decimal("5.00")),),
    },
    "line removed after ordering": {
        "items": (line("KR-7104"), line("KR-1013", 2)),
        "changes": (Change("remove_line", line=1),),
    },
    "quantity lowered after ordering": {
        "items": (line("KR-1008", 4), line("KR-2009")),
        "changes": (Change("lower_quantity", line=0, quantity=2),),
    },
}

HUGE = "note of ten megabytes"
SAME_SECOND = 105
"""So many orders share one second: more than the largest page a WooCommerce shop serves."""
