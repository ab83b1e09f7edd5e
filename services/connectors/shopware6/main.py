"""The Shopware 6 connector as a container."""

from services.connectors.shopware6.connector import SHOPWARE6
from shared.connector_kit.service import create_connector_app

app = create_connector_app(SHOPWARE6)
