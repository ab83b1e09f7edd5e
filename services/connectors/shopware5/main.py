"""The Shopware 5 connector as a container."""

from services.connectors.shopware5.connector import SHOPWARE5
from shared.connector_kit.service import create_connector_app

app = create_connector_app(SHOPWARE5)
