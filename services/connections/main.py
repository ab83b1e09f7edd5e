"""The connections service as a container."""

from services.connections.service import CONNECTIONS
from shared.chassis.app import create_app

app = create_app(CONNECTIONS)
