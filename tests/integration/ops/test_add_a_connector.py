"""The instructions for a new connector are followed word by word, in a copy of the project."""

import contextlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

INSTRUCTIONS = ROOT / "services" / "connectors" / "README.md"
COPIED = ("services", "shared", "tests/__init__.py", "tests/conftest.py", "tests/containers.py",
          "tests/pure/__init__.py", "tests/pure/chassis", "tests/pure/order_import", "tests/wired/__init__.py",
          "tests/wired/contract", "pyproject.toml")  # fmt: skip


def commands() -> list[str]:
    """The indented lines below "Add a connector": each is a command."""
    steps = INSTRUCTIONS.read_text("utf-8").partition("## Add a connector")[2]
    return [line.strip() for line in steps.splitlines() if re.match(r" {7}\S", line)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's sources with this very environment as their .venv."""
    folder = tmp_path_factory.mktemp("project")
    for name in COPIED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    # What mypy knows already saves half a minute; a file that vanishes meanwhile only costs time.
    with contextlib.suppress(shutil.Error, FileNotFoundError):
        shutil.copytree(ROOT / ".mypy_cache", folder / ".mypy_cache")
    return folder


def run(command: str, folder: Path) -> str:
    done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def test_a_newcomer_who_follows_the_instructions_has_a_connector_that_works(project: Path) -> None:
    steps = commands()
    assert len(steps) == 9
    outputs = {step: run(step, project) for step in steps}
    assert "/connectors/acme /hooks/acme" in outputs[next(step for step in steps if "named('acme')" in step)]


@pytest.mark.parametrize(("slug", "title"), [("ab", "A"), ("a" * 30, "The longest title that anybody may give!")])
def test_the_shortest_and_the_longest_names_keep_the_house_style_too(project: Path, slug: str, title: str) -> None:
    run(f'.venv/bin/python -m services.ops new-connector {slug} --title "{title}"', project)
    where = f"services/connectors/{slug} tests/pure/{slug} tests/wired/contract/shops/{slug}.py"
    run(f".venv/bin/python -m ruff check {where}", project)
    run(f".venv/bin/python -m ruff format --check {where}", project)
    run(".venv/bin/python -m pytest -q --collect-only tests/wired/contract", project)


def test_the_connector_reads_and_sends_as_it_says(project: Path) -> None:
    run('.venv/bin/python -m services.ops new-connector bazaar --title "Bazaar"', project)
    shutil.copy(Path(__file__).with_name("against_a_small_shop.py"), project / "tests" / "against_a_small_shop.py")
    assert "8 passed" in run(".venv/bin/python -m pytest -q -p no:cacheprovider tests/against_a_small_shop.py", project)
