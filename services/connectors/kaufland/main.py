"""The Kaufland connector as a container."""

from services.connectors.kaufland.connector import KAUFLAND
from shared.connector_kit.service import create_connector_app

app = create_connector_app(KAUFLAND)
