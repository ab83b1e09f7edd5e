"""The Amazon connector as a container."""

from services.connectors.amazon.connector import AMAZON
from shared.connector_kit.service import create_connector_app

app = create_connector_app(AMAZON)
