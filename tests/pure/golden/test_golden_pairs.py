"""What a platform wrote, and what it means to us: pairs of files that people review.

`pytest tests/pure/golden --update-golden` writes the right half anew.
"""

import json
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from services.order_import.money_proof import prove
from shared.connector_kit.declaration import Connector, RawItem
from shared.connector_kit.translation import read
from shared.contracts.money import minor_unit
from shared.contracts.order import Order

FOLDER = Path(__file__).parent
LEFT = sorted(path for path in FOLDER.glob("*/*.json") if not path.name.endswith(".expected.json"))


def connector(platform: str) -> Connector:
    module = import_module(f"services.connectors.{platform}.connector")
    return next(value for value in vars(module).values() if isinstance(value, Connector))


def translated(path: Path) -> tuple[Any, Order | None]:
    stream = connector(path.parent.name).stream("article" if path.name.startswith("article") else "order")
    assert stream is not None
    found = read(stream, RawItem(path.stem, datetime(2026, 11, 20, tzinfo=UTC), path.read_bytes()))
    if found.unreadable is not None:
        return {"unreadable": vars(found.unreadable)}, None
    assert found.contract is not None
    order = found.contract if isinstance(found.contract, Order) else None
    return json.loads(found.contract.model_dump_json(exclude_defaults=True)), order


@pytest.mark.parametrize("path", LEFT, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_record_means_what_its_golden_pair_says(path: Path, request: pytest.FixtureRequest) -> None:
    found, order = translated(path)
    golden = path.with_suffix(".expected.json")
    if request.config.getoption("--update-golden"):
        golden.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert found == json.loads(golden.read_text("utf-8"))
    if order is not None:
        assert abs(prove(order).difference) <= minor_unit(order.currency)


def test_every_expected_half_has_its_other_half() -> None:
    rights = {path.with_suffix("").with_suffix(".json") for path in FOLDER.glob("*/*.expected.json")}
    assert rights == set(LEFT)


@pytest.mark.proves("order-vat-id", "shopify", "shopware5", "woocommerce")
@pytest.mark.parametrize(
    "path",
    [
        "shopify/company-buys-net-with-duties-and-purchase-number",
        "shopware5/company-with-vat-id-and-free-fields",
        "woocommerce/meta-data-of-every-shape",
    ],
)
def test_a_companys_vat_number_stands_in_the_order(path: str) -> None:
    raw = FOLDER / f"{path}.json"
    _, order = translated(raw)
    assert order is not None
    assert order.customer is not None
    assert len(order.customer.vat_id) >= 8
    assert f'"{order.customer.vat_id}"' in raw.read_text("utf-8")
