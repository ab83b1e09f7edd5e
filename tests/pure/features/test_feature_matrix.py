"""The feature matrix says yes only where a test says it, and the file that people read is the one of today."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.connections.routes_features import FILE, Features
from services.ops.features import FOLDER, SOURCE_ONLY, matrix, rows_of, texts
from services.ops.proofs import witnesses
from services.origin.definitions import connectors
from shared.connector_kit.declaration import Capability, Connector
from tests.conftest import ROOT

ROWS = """
platforms = ["acme"]
as_of = "2025-08"
[[areas]]
title = "Orders"
needs = "orders"
without = "not yet"
rows = [
  { id = "a", title = "A", reference = "Y" },
  { id = "b", title = "B", reference = "N", needs = "documents" },
  { id = "c", title = "C", reference = "?", needs = "nothing", without = "by intention" },
]
"""
BOTH = {"shopify", "woocommerce"}


def suite(folder: Path, text: str) -> Path:
    (folder / "tests").mkdir()
    (folder / "tests" / "test_one.py").write_text(f"import pytest\n\n{text}\n", "utf-8")
    return folder


def test_the_file_people_read_is_what_declarations_and_tests_say_today() -> None:
    for path, text in texts().items():
        assert path.read_text("utf-8") == text, f"{path.name} is old: python -m services.ops features"


def test_every_feature_of_the_reference_has_a_row_with_its_answer_for_every_platform() -> None:
    rows = rows_of((ROOT / FOLDER / "features.toml").read_text("utf-8"))
    assert len(rows) == 101
    assert all({"shopify", "woocommerce"} <= set(row.reference) for row in rows)


def test_a_platform_without_an_interface_of_the_references_has_the_rows_it_takes_over_and_no_others() -> None:
    text = ROWS.replace('as_of = "2025-08"', 'as_of = "2025-08"\n[takes_over_only]\nleft = ["b"]')
    assert {row.id: row.reference["left"] for row in rows_of(text)} == {"a": "no", "b": "yes", "c": "no"}


def test_a_row_of_what_shops_are_told_is_never_not_yet_for_a_source_only(tmp_path: Path) -> None:
    rows = rows_of(ROWS.replace('needs = "orders"', 'needs = "orders"\nsends = true'))
    (source,) = [one for one in connectors() if one.source_only]
    root = suite(tmp_path, "def test_x(): ...")
    for one, why in ((replace(source, source_only=False), "not yet"), (source, SOURCE_ONLY)):
        assert matrix(rows, [one], witnesses(root), BOTH)["a"][source.platform].why == why


def test_what_programs_are_told_has_a_cell_for_every_row_and_connector() -> None:
    told = Features.model_validate_json(FILE.read_bytes())
    platforms = {one.platform for one in connectors()}
    assert {one.platform for one in told.platforms} == platforms
    assert all(set(row.cells) == platforms for row in told.rows)
    assert all(bool(cell.tests) == cell.offered == (not cell.why) for row in told.rows for cell in row.cells.values())


def test_a_test_without_platforms_proves_its_row_for_connectors_that_offer_what_it_needs(tmp_path: Path) -> None:
    root = suite(tmp_path, '@pytest.mark.proves("a")\n@pytest.mark.proves("b")\ndef test_x(): ...')
    cells = matrix(rows_of(ROWS), connectors(), witnesses(root), BOTH)
    assert cells["a"]["shopify"].tests == ("tests/test_one.py::test_x",)
    assert not cells["b"]["shopify"].offered
    assert "invoices" in cells["b"]["shopify"].why
    assert cells["c"]["woocommerce"].why == "by intention"


def test_a_connector_that_the_shared_tests_do_not_try_has_to_prove_by_itself(tmp_path: Path) -> None:
    root = suite(tmp_path, '@pytest.mark.proves("a")\ndef test_x(): ...')
    cells = matrix(rows_of(ROWS), connectors(), witnesses(root), {"shopify"})
    assert (cells["a"]["shopify"].offered, cells["a"]["woocommerce"].offered) == (True, False)


def test_a_test_for_one_platform_proves_nothing_for_another(tmp_path: Path) -> None:
    root = suite(tmp_path, 'class TestIt:\n    @pytest.mark.proves("a", "shopify")\n    async def test_x(self): ...')
    cells = matrix(rows_of(ROWS), connectors(), witnesses(root), BOTH)
    assert cells["a"]["shopify"].tests == ("tests/test_one.py::TestIt::test_x",)
    assert cells["a"]["woocommerce"].why == "not yet"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('@pytest.mark.proves("z")\ndef test_x(): ...', "does not exist"),
        ('@pytest.mark.proves("a", "nobody")\ndef test_x(): ...', "does not exist"),
        ('@pytest.mark.proves("b", "shopify")\ndef test_x(): ...', "says it cannot do"),
        ('@pytest.mark.proves("a")\n@pytest.mark.skip\ndef test_x(): ...', "skipped"),
        ('@pytest.mark.xfail(reason="x")\n@pytest.mark.proves("a")\ndef test_x(): ...', "skipped"),
        ('@pytest.mark.proves("a")\ndef test_x():\n    "Why."\n    pytest.skip("later")', "skipped"),
        ('pytestmark = [pytest.mark.skip]\n@pytest.mark.proves("a")\ndef test_x(): ...', "skipped"),
        ('@pytest.mark.skip\nclass TestIt:\n    @pytest.mark.proves("a")\n    def test_x(self): ...', "skipped"),
        ("@pytest.mark.proves\ndef test_x(): ...", "names its row"),
        ("@pytest.mark.proves(row)\ndef test_x(): ...", "names its row"),
    ],
)
def test_a_proof_that_proves_nothing_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        matrix(rows_of(ROWS), connectors(), witnesses(suite(tmp_path, text)), BOTH)


def test_a_row_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="a"):
        rows_of(ROWS.replace('id = "b"', 'id = "a"'))


def test_every_connector_says_what_the_rows_need_or_its_cells_would_stay_empty() -> None:
    needs = {row.needs for row in rows_of((ROOT / FOLDER / "features.toml").read_text("utf-8"))}

    def says(connector: Connector) -> set[str]:
        return {one.name for one in connector.capabilities}

    assert all(needs <= says(connector) for connector in connectors())


def test_a_connector_may_say_that_it_lacks_one_row_of_what_it_offers(tmp_path: Path) -> None:
    text = '@pytest.mark.proves("a")\ndef test_x(): ...'
    lacks = Capability("a", False, "the platform names none")
    shopify, woocommerce = (one for one in connectors() if one.platform in BOTH)
    one = replace(shopify, capabilities=(*shopify.capabilities, lacks))
    cells = matrix(rows_of(ROWS), [one, woocommerce], witnesses(suite(tmp_path, text)), BOTH)
    assert (cells["a"]["shopify"].offered, cells["a"]["woocommerce"].offered) == (False, True)
    assert cells["a"]["shopify"].why == "the platform names none"
    (tmp_path / "tests" / "test_two.py").write_text('@pytest.mark.proves("a", "shopify")\ndef test_y(): ...')
    with pytest.raises(ValueError, match="says it cannot do"):
        matrix(rows_of(ROWS), [one, woocommerce], witnesses(tmp_path), BOTH)
