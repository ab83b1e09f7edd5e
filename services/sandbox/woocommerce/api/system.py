"""What a shop tells about itself: the index of `/wp-json/`, its version, and its front page's hint where the API is."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from services.sandbox.woocommerce.api.answers import WordPressRoute, answer
from services.sandbox.woocommerce.store import Store


def front(store: Store) -> APIRouter:
    """Public: no key is asked for."""
    router = APIRouter(route_class=WordPressRoute)

    @router.get("/")
    async def front_page() -> Response:
        link = f'<{store.home}/wp-json/>; rel="https://api.w.org/"'
        return HTMLResponse("<!DOCTYPE html><title>Kramladen</title>", headers={"Link": link})

    @router.get("/wp-json")
    @router.get("/wp-json/")
    async def index() -> Response:
        names = ["oembed/1.0", "wc/v1", "wc/v2", "wc/v3", "wc/store/v1", "wp/v2"]
        if store.options.shipment_tracking:
            names += ["wc-shipment-tracking/v3"]
        return answer(
            {
                "name": "Kramladen",
                "description": "",
                "url": store.home,
                "home": store.home,
                "gmt_offset": 1,
                "timezone_string": "Europe/Berlin",
                "namespaces": names,
                "authentication": [],
                "routes": {},
            }
        )

    return router


async def theme() -> Response:
    """What a shop with plain permalinks says to an address that it does not rewrite: its theme's page."""
    return HTMLResponse("<!DOCTYPE html><title>Page not found – Kramladen</title>", 404)


def system(store: Store) -> APIRouter:
    router = APIRouter(route_class=WordPressRoute)

    @router.get("/settings/products/woocommerce_manage_stock")
    async def manage_stock() -> Response:
        value = "yes" if store.options.manage_stock else "no"
        return answer(
            {
                "id": "woocommerce_manage_stock",
                "label": "Manage stock",
                "description": "Enable stock management",
                "type": "checkbox",
                "default": "yes",
                "value": value,
                "group_id": "products",
            }
        )

    @router.get("/settings/products")
    async def products_settings() -> Response:
        values = {"woocommerce_weight_unit": "kg", "woocommerce_dimension_unit": "cm"}
        return answer([{"id": id, "value": value, "type": "select"} for id, value in values.items()])

    @router.get("/system_status")
    async def status() -> Response:
        version = store.options.version
        return answer(
            {
                "environment": {
                    "home_url": store.home,
                    "site_url": store.home,
                    "version": version,
                    "wp_version": "7.1",
                    "wp_multisite": False,
                    "wp_cron": True,
                    "language": "de_DE",
                    "php_version": "8.3.14",
                    "default_timezone": "UTC",
                },
                "database": {"wc_database_version": version},
                "active_plugins": [
                    {"plugin": "woocommerce/woocommerce.php", "name": "WooCommerce", "version": version}
                ],
                "settings": {
                    "api_enabled": False,
                    "force_ssl": False,
                    "currency": "EUR",
                    "currency_symbol": "&euro;",
                    "currency_position": "right_space",
                    "thousand_separator": ".",
                    "decimal_separator": ",",
                    "number_of_decimals": 2,
                    "taxonomies": {"simple": "simple", "variable": "variable"},
                    "HPOS_enabled": True,
                },
            }
        )

    return router
