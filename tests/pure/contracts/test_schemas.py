"""The messages' JSON Schemas are golden: a change that old consumers cannot read is seen here first."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from shared.contracts.catalogue import MESSAGES
from shared.contracts.product import ProductPush

FOLDER = Path(__file__).parent / "schemas"


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_a_message_still_has_the_shape_that_was_agreed(name: str, request: pytest.FixtureRequest) -> None:
    schema = json.dumps(MESSAGES[name].model_json_schema(), indent=1, sort_keys=True) + "\n"
    golden = FOLDER / f"{name}.json"
    if request.config.getoption("--update-golden"):
        FOLDER.mkdir(exist_ok=True)
        golden.write_text(schema)
    assert golden.read_text() == schema, "If the change is meant and compatible: run with --update-golden and review."


def test_every_message_names_its_kind_by_its_grammar() -> None:
    for name, payload in MESSAGES.items():
        past = name.rpartition(".")[2].endswith(("ed", "unreadable"))
        assert past == (payload.kind == "event"), name


def test_options_keep_their_order_through_a_store_that_forgets_it() -> None:
    piece = {"article_id": str(UUID(int=1)), "number": "A-1", "content": {"options": {"B": "2", "A": "1", "C": "3"}}}
    stored = {
        "product_id": str(UUID(int=2)), "version": 1, "number": "A", "parts": [], "options": ["C", "A"],
        "variants": [piece],
    }  # fmt: skip
    (variant,) = ProductPush.model_validate(stored).variants
    assert list(variant.content.options.items()) == [("C", "3"), ("A", "1"), ("B", "2")]
