"""One case of trouble: its figures go into the report, whatever the test then thinks of them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from services.ops.ledger import Figures

COLUMNS = ("attempted", "confirmed", "persisted", "lost", "duplicated", "stuck", "parked", "unexpected", "recover_s")


@dataclass
class Case:
    """Figures of one test. `note` hands them to the report; `faults` are sentences, empty when all is well."""

    note: Callable[[dict[str, Any]], None]
    figures: Figures | None = None
    faults: list[str] = field(default_factory=list)

    def close(self, figures: Figures, faults: Sequence[str]) -> None:
        """Enters what became of the case."""
        self.figures, self.faults = figures, list(faults)
        self.note(asdict(figures) | {"faults": self.faults})

    @property
    def adds_up(self) -> bool:
        """Nothing lost, doubled, stuck or never in the shop, and parked is exactly what must be."""
        found = self.figures
        return (
            found is not None
            and not self.faults
            and not (found.lost or found.duplicated or found.stuck or found.unexpected)
        )


def show(cases: Mapping[str, Mapping[str, Any]], console: Console) -> None:
    """The table at the end of a run."""
    table = Table(title="What became of every order", title_justify="left")
    table.add_column("case")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    for name, found in cases.items():
        figures = ["–" if found[column] is None else str(found[column]) for column in COLUMNS]
        table.add_row(name, *figures, style="" if found["passed"] else "red")
    console.print(table)
    for name, found in cases.items():
        for sentence in found["faults"]:
            console.print(f"{name}: {sentence}", soft_wrap=True, markup=False)


def write(path: Path, cases: Mapping[str, Mapping[str, Any]]) -> None:
    """The same figures as JSON: `ok`, and per case its figures, whether its test passed, and what was wrong."""
    path.parent.mkdir(parents=True, exist_ok=True)
    ok = bool(cases) and all(found["passed"] for found in cases.values())
    path.write_text(json.dumps({"ok": ok, "cases": cases}, indent=1))
