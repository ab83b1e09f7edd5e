"""The Mirakl connector as a container."""

from services.connectors.mirakl.connector import MIRAKL
from shared.connector_kit.service import create_connector_app

app = create_connector_app(MIRAKL)
