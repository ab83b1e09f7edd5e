"""What the operator tells every shop: how his Mirakl is set up (PC01), its account (A01), carriers, reasons."""

from typing import Any

from services.sandbox.mirakl.catalogue import SEPARATOR
from services.sandbox.mirakl.options import Options
from services.sandbox.mirakl.store import CARRIERS, Store


def configuration(options: Options) -> dict[str, Any]:
    """PC01, the parts that steer a seller's software and those that the description demands."""
    return {
        "platform_name": "Kramladen Marktplatz",
        "tenant_name": "kramladen",
        "timezone": "Europe/Berlin",
        "platform_configuration": {
            "customer_model": {"b2b": False, "b2c": True},
            "platform_model": {"drop_ship": False, "marketplace": True, "one_creditor": False},
        },
        "features": {
            "catalog": {
                "allow_shop_contribution_to_all_channels": False,
                "list_of_multiple_values_separator": SEPARATOR,
                "product_acceptance_by_channel": False,
                "product_data_validation_by_channel": False,
                "product_import_only_on_leaf": True,
            },
            "disable_seller_alternative_carrier": not options.own_carriers,
            "multi_currency": False,
            "offer_prices_decimals": str(options.price_decimals),
            "operator_csv_delimiter": options.delimiter,
            "order_tax_mode": options.tax_mode,
            "order_workflows": {
                "order_acceptance": options.acceptance,
                "shipping_and_billing_details_before_acceptance": False,
                "pay_on_due_date": True,
                "pay_on_shipment": False,
                "no_customer_payment_confirmation": False,
                "pause_debit_workflow": False,
                "sellers_edit_shipping_origin": False,
            },
            "pricing": {
                "channel_pricing": "MULTI" if options.channel_pricing else "DISABLED",
                "discount_period_required": options.discount_period_required,
                "discount_price_creation_in_the_past_blocked": False,
                "scheduled_pricing": False,
                "volume_discount": False,
                "volume_pricing": options.volume_pricing,
            },
            "returns": {"marketplace": options.returns, "drop_ship": False, "one_creditor": False},
            "shipment": {"multi_shipment": options.multi_shipment, "multi_part_item_shipment": False},
        },
        "modules": {"offer_management": True, "order_management": True},
    }


def account(store: Store) -> dict[str, Any]:
    """A01."""
    return {
        "shop_id": store.shop_id,
        "shop_name": "Kramladen",
        "shop_state": "OPEN",
        "currency_iso_code": "EUR",
        "channels": ["DE"],
        "domains": [],
        "is_professional": True,
        "premium": False,
        "model": "MARKETPLACE",
        "offers_count": len(store.offers.by_sku),
        "orders_count": len(store.book.orders),
        "evaluations_count": 0,
        "shipping_country": "DEU",
        "date_created": "2024-01-01T00:00:00Z",
        "last_updated_date": "2026-01-01T00:00:00Z",
    }


def carriers() -> dict[str, Any]:
    """SH21."""
    return {
        "carriers": [
            {"code": code, "label": label, "standard_code": code, "tracking_url": url or None}
            for code, label, url in CARRIERS
        ]
    }


def reasons(options: Options) -> dict[str, Any]:
    """RE01: the shop may use only those marked as its own."""
    own = [
        {"code": code, "label": f"Storno {code}", "type": "CANCELATION", "is_shop_right": True}
        for code in options.reasons
    ]
    others = [
        {"code": "1", "label": "Nicht angekommen", "type": "INCIDENT_OPEN", "is_shop_right": False},
        {"code": "15", "label": "Nicht lieferbar", "type": "REFUND", "is_shop_right": True},
        {"code": "99", "label": "Storno durch den Betreiber", "type": "CANCELATION", "is_shop_right": False},
    ]
    return {"reasons": [*others, *own], "total_count": len(own) + len(others)}
