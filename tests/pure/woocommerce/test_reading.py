"""What the shop leaves out decides nothing about the records beside it."""

import json
from datetime import UTC, datetime
from pathlib import Path

from services.connectors.woocommerce import inbound, wire
from services.connectors.woocommerce.reading import stamp

GUEST = Path(__file__).parent.parent / "golden" / "woocommerce" / "guest.json"


def test_an_order_that_nobody_says_was_changed_was_changed_when_it_was_made() -> None:
    row = json.loads(GUEST.read_text("utf-8")) | {"date_modified_gmt": None}
    made = datetime.fromisoformat(row["date_created_gmt"]).replace(tzinfo=UTC)
    assert stamp(row) == made
    assert inbound.order(wire.Order.model_validate(row)).changed_at == made
    assert stamp({"id": 1}) == datetime.fromtimestamp(0, UTC)
