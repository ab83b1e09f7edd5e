"""Inventory as a process of its own: `uvicorn services.inventory.main:app`."""

from services.inventory.service import INVENTORY
from shared.chassis.app import create_app

app = create_app(INVENTORY)
