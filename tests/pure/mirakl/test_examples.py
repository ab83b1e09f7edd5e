"""Mirakl's own examples, where they are on this machine: every order and offer in them is readable."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from services.connectors.mirakl import inbound, wire
from services.order_import.money_proof import prove

ROOT = Path(__file__).resolve().parents[3]
SPECS = Path(os.environ.get("KONTOR_TEST_SPECS") or ROOT.parent / "shared" / "specs") / "mirakl"
EXAMPLES = SPECS / "examples"


def written(operation: str, name: str) -> list[dict[str, Any]]:
    if not EXAMPLES.exists():
        pytest.skip("Mirakl's examples are not on this machine; KONTOR_TEST_SPECS names them.")
    return [
        row for path in EXAMPLES.glob(f"{operation}.response200*.json") for row in json.loads(path.read_text())[name]
    ]


def test_the_order_of_the_documents_is_read_and_adds_up_to_the_total_with_its_taxes() -> None:
    orders = [inbound.order(wire.Order.model_validate(raw)) for raw in written("OR11", "orders")]
    assert orders
    for order in orders:
        assert prove(order).difference == 0
        assert order.billing_address is not None
        assert order.billing_address.country == "US"


def test_every_offer_of_the_documents_is_read() -> None:
    offers = written("OF21", "offers")
    assert offers
    for raw in offers:
        read = raw | {"read_at": "2026-11-28T00:00:00Z", "currency_iso_code": raw.get("currency_iso_code", "EUR")}
        assert inbound.article(wire.Offer.model_validate(read)).external_id == raw["shop_sku"]
