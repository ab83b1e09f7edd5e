"""Every connector says what it is, how good it is, and what it cannot do; and what it claims has a witness."""

import re
import tomllib
from pathlib import Path
from typing import Any

from services.sandbox.platforms import PLATFORMS
from shared.connector_kit.declaration import Connector
from shared.connector_kit.refusing import refused
from tests.wired.contract.conftest import VARIETIES

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "services" / "connectors"
CONTRACT = "tests/wired/contract"
# Each rule of the scale and what proves it: a test by its name, or a folder of the platform's own.
RULES = {
    "form_in_two_languages": f"{CONTRACT}/test_quality.py::test_the_form_is_written_in_two_languages",
    "credentials_tested_live": f"{CONTRACT}/test_streams.py::test_the_live_test_passes_with_the_right_credentials",
    "every_word_in_a_table": f"{CONTRACT}/test_streams.py::test_every_clean_order_adds_up_and_every_broken_one",
    "paging_survives_moving_rows": f"{CONTRACT}/test_streams.py::test_an_order_changed_while_pages_are_read",
    "limits_obeyed": f"{CONTRACT}/test_streams.py::test_no_call_is_made_beyond_the_shops_limit",
    "order_census": f"{CONTRACT}/test_streams.py::test_every_order_of_the_shop_is_read_and_none_besides",
    "stock_set_again_after_a_lost_answer": f"{CONTRACT}/test_pushes.py::test_stock_whose_answer_was_lost",
    "shipment_found_again_after_a_lost_answer": f"{CONTRACT}/test_pushes.py::test_a_parcel_whose_answer_was_lost",
    "webhooks_verified": f"{CONTRACT}/test_webhooks.py::test_one_changed_byte_another_secret_or_no_signature",
    "golden_pairs": "tests/pure",
    "sandbox_shop": "services/sandbox/platforms.py",
    "contract_suite": f"{CONTRACT}/shops",
    "tried_against_the_real_platform": "",
}


def rules(connector: Connector) -> dict[str, str]:
    found: dict[str, str] = tomllib.loads((FOLDER / connector.platform / "quality.toml").read_text("utf-8"))["rules"]
    return found


def test_a_connector_states_every_rule_and_a_reason_where_it_is_not_done(connector: Connector) -> None:
    stated = rules(connector)
    assert set(stated) == set(RULES)
    for rule, state in stated.items():
        word, _, reason = state.partition(":")
        assert word in ("done", "todo", "exempt"), rule
        assert word == "done" or reason.strip(), rule


def test_what_is_called_done_has_a_witness(connector: Connector) -> None:
    for rule, state in rules(connector).items():
        if state != "done":
            continue
        path, _, name = RULES[rule].partition("::")
        assert path, f"Nothing could prove {rule}"
        assert (ROOT / path).exists(), rule
        assert not name or f"def {name}" in (ROOT / path).read_text("utf-8"), rule
    done = {rule for rule, state in rules(connector).items() if state == "done"}
    if "golden_pairs" in done:
        pairs = list((ROOT / "tests" / "pure").glob(f"**/{connector.platform}/*.expected.json"))
        assert len(pairs) >= 20
    if "sandbox_shop" in done:
        assert connector.platform in PLATFORMS
    if "contract_suite" in done:
        assert any(variety.platform == connector.platform for variety in VARIETIES)


def test_a_capability_names_the_call_and_its_test_in_the_readme(connector: Connector) -> None:
    readme = (FOLDER / connector.platform / "README.md").read_text("utf-8")
    rows = {cells[1].strip(): cells for line in readme.splitlines() if len(cells := line.split("|")) == 5}
    for capability in connector.capabilities:
        assert capability.how, capability.name
        assert capability.name in rows, capability.name
        if capability.offered:
            tests = re.findall(r"[\w/]+\.py", rows[capability.name][3])
            assert tests, capability.name
            assert all((ROOT / "tests" / test).is_file() for test in tests), tests


def test_everything_declared_is_a_capability(connector: Connector) -> None:
    offered = {capability.name for capability in connector.capabilities if capability.offered}
    declared: set[str] = {stream.feature for stream in connector.streams}
    declared |= {push.feature for push in connector.pushes}
    declared |= {"webhooks"} if connector.webhooks else set()
    declared |= {"census"} if any(stream.census for stream in connector.streams) else set()
    assert declared <= offered


def test_a_connector_says_whether_it_takes_articles_and_by_which_of_the_two_ways(connector: Connector) -> None:
    (said,) = [one for one in connector.capabilities if one.name == "products"]
    ways = {push.noun for push in connector.pushes} & {"product", "mapped_product"}
    assert said.offered == (len(ways) == 1)
    assert said.how
    # What it does not offer it refuses, so that whoever sends it is told.
    refuses = {noun for noun, _, _ in refused(connector)} & {"product", "mapped_product"}
    assert ways | refuses == {"product", "mapped_product"}


def test_the_form_is_written_in_two_languages(connector: Connector) -> None:
    form: dict[str, Any] = connector.credentials.model_json_schema()
    for name, field in form["properties"].items():
        assert field["title"], name
        assert field["description"], name
        assert field["title_de"], name
        assert field["description_de"], name
    secrets = {name for name in form["properties"] if re.search("secret|token|password|api_key", name)}
    assert secrets
    assert all(form["properties"][name].get("secret") is True for name in secrets), secrets


def test_the_readme_names_documents_and_gaps(connector: Connector) -> None:
    readme = (FOLDER / connector.platform / "README.md").read_text("utf-8")
    assert re.search(r"Documents read.*\d{4}-\d{2}-\d{2}", readme, re.DOTALL)
    assert "**Gaps**" in readme
    assert connector.api_version.removeprefix("wc/") in readme


def test_no_file_of_a_connector_is_longer_than_a_screenful_of_screens(connector: Connector) -> None:
    for path in (FOLDER / connector.platform).rglob("*.py"):
        assert len(path.read_text("utf-8").splitlines()) <= 250, path.name
