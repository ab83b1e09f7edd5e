"""What real shops wrote, where their payloads are on this machine: every order and product of theirs is readable."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.connectors.woocommerce import inbound, wire
from services.order_import.money_proof import prove
from shared.contracts.money import minor_unit

PAYLOADS = Path(__file__).resolve().parents[4] / "shared" / "specs" / "woocommerce" / "real-shop"


def written(prefix: str) -> list[Any]:
    if not PAYLOADS.exists():
        pytest.skip("The payloads of real shops are not on this machine.")
    found = [json.loads(path.read_text()) for path in sorted(PAYLOADS.glob(f"{prefix}*.json"))]
    return [each for each in found if isinstance(each, dict) and "id" in each]


def test_every_order_of_a_real_shop_is_read_and_adds_up() -> None:
    orders = written("order_")
    assert orders
    for raw in orders:
        raw["refunds"] = [row | {"amount": row["total"].lstrip("-")} for row in raw.get("refunds", [])]
        order = inbound.order(wire.Order.model_validate_json(json.dumps(raw)))
        assert abs(prove(order).difference) <= minor_unit(order.currency)


def test_every_product_of_a_real_shop_is_read() -> None:
    for raw in written("product_simple") + written("product_variable") + written("variation_"):
        article = inbound.article(wire.Product.model_validate_json(json.dumps(raw)))
        assert article.external_id == str(raw["id"])
