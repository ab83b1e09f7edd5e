"""The eBay connector as a container."""

from services.connectors.ebay.connector import EBAY
from shared.connector_kit.service import create_connector_app

app = create_connector_app(EBAY)
