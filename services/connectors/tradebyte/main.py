"""The TB.One connector as a container."""

from services.connectors.tradebyte.connector import TRADEBYTE
from shared.connector_kit.service import create_connector_app

app = create_connector_app(TRADEBYTE)
