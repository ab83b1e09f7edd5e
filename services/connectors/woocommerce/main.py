"""The WooCommerce connector as a container."""

from services.connectors.woocommerce.connector import WOOCOMMERCE
from shared.connector_kit.service import create_connector_app

app = create_connector_app(WOOCOMMERCE)
