"""The order book's own process: `uvicorn services.order_import.main:app`."""

from services.order_import.service import ORDER_IMPORT
from shared.chassis.app import create_app

app = create_app(ORDER_IMPORT)
