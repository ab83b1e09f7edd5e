"""The Shopify connector as a container."""

from services.connectors.shopify.connector import SHOPIFY
from shared.connector_kit.service import create_connector_app

app = create_connector_app(SHOPIFY)
