"""The OTTO Market connector as a container."""

from services.connectors.otto.connector import OTTO
from shared.connector_kit.service import create_connector_app

app = create_connector_app(OTTO)
