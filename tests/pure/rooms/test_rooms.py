"""The rules between rooms are real: a seeded violation of each kind breaks the build."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
SEEDS = {
    "services/sandbox/smuggled.py": "import shared.contracts.money\n",
    "services/connectors/woocommerce/helpers.py": "",
    "services/journal/smuggled.py": "import services.inventory.gtin\n",
    "services/smuggled/__init__.py": "",
    "shared/contracts/smuggled.py": "import services.origin\nimport fastapi\n",
    "shared/utils/__init__.py": "",
    "shared/chassis/smuggled.py": "import tests\n",
    "services/order_import/smuggled.py": "import httpx2\nimport shared.http.client\n",
}
BROKEN = (
    "1 shared never imports services, nothing imports tests BROKEN",
    "2 the rooms of shared BROKEN",
    "3 contracts stays light BROKEN",
    "4 the services, who do not know each other BROKEN",
    "6 inside every connector BROKEN",
    "8 central services never talk to a shop BROKEN",
    "9 the sandbox imports nothing of ours BROKEN",
    "10 nothing imports tests BROKEN",
    "11 one room for each library that reaches outside BROKEN",
)


def test_a_forbidden_import_or_an_unlisted_room_breaks_the_build(tmp_path: Path) -> None:
    for part in ("services", "shared"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "__init__.py").touch()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for path, text in SEEDS.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    linter = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([linter, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False)
    # The linter stops at exhaustiveness first where a container holds an unlisted module, and names it.
    assert ran.returncode != 0
    missing = [line for line in BROKEN if line not in ran.stdout]
    assert not missing, ran.stdout[-3000:]
