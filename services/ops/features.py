"""`features`: the feature matrix, made of what connectors declare and what tests prove.

A cell is "yes" only where a test is marked with its row: `@pytest.mark.proves(row, *platforms)`.
"""

import json
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from services.ops.proofs import Witness, witnesses
from services.ops.screen import say, stop
from services.ops.target import ROOT
from shared.connector_kit.declaration import Connector

FOLDER = Path("services") / "connectors"
SOURCE_ONLY = "it is a source only: nothing is sent to it"
LETTERS = {"Y": "yes", "N": "no", "D": "in development", "P": "in part", "T": "by template", "?": "not documented"}


@dataclass(frozen=True)
class Row:
    """One feature. `needs` is the capability it stands on, `without` why no connector has it as long as nothing proves
    it; `reference` is what the reference offers per platform."""

    id: str
    title: str
    area: str
    needs: str
    without: str
    usual: str
    reference: Mapping[str, str]
    sends: bool = False
    """Whether it is something that a shop is told, which one that is a source only never is."""


@dataclass(frozen=True)
class Cell:
    """What one connector makes of one row: yes with the tests that prove it, or no and why."""

    offered: bool
    why: str
    tests: tuple[str, ...]


Matrix = dict[str, dict[str, Cell]]


def rows_of(text: str) -> list[Row]:
    """The rows of features.toml. Raises ValueError for an id that stands there twice."""
    declared = tomllib.loads(text)
    rows = [
        Row(
            id=row["id"],
            title=row["title"],
            area=area["title"],
            needs=row.get("needs", area["needs"]),
            without=row.get("without", area["without"]),
            usual=area["without"],
            reference={
                platform: LETTERS[letter]
                for platform, letter in zip(declared["platforms"], row["reference"], strict=True)
            }
            | {
                platform: LETTERS["Y" if row["id"] in offered else "N"]
                for platform, offered in declared.get("takes_over_only", {}).items()
            },
            sends=area.get("sends", False),
        )
        for area in declared["areas"]
        for row in area["rows"]
    ]
    ids = [row.id for row in rows]
    if twice := sorted({id for id in ids if ids.count(id) > 1}):
        raise ValueError(f"These rows stand there twice: {', '.join(twice)}")
    return rows


def matrix(
    rows: Sequence[Row], connectors: Sequence[Connector], tests: Mapping[str, Witness], tried: Collection[str]
) -> Matrix:
    """Every cell by row and platform. A proof that names no platform holds for those that are `tried` by the tests
    which all connectors share. A connector that offers what many rows need, but cannot have one of them, says so in a
    capability by the name of that row. Raises ValueError for a proof of a row or platform that does not exist, a proof
    that is skipped, and a proof of what its connector says it does not offer."""
    needs = {row.id: row.needs for row in rows}
    known = {connector.platform: connector for connector in connectors}
    proven: dict[tuple[str, str], list[str]] = {}
    for test in tests.values():
        for proof in test.proofs:
            if proof.row not in needs or not set(proof.platforms) <= set(known):
                raise ValueError(f"{test.id} proves a row or platform that does not exist: {proof}")
            if test.skipped:
                raise ValueError(f"{test.id} is skipped and proves nothing")
            everywhere = [
                name for name, one in known.items() if name in tried and _offers(one, proof.row, needs[proof.row])
            ]
            for platform in proof.platforms or everywhere:
                proven.setdefault((proof.row, platform), []).append(test.id)
    return {row.id: {p: _cell(row, known[p], proven.get((row.id, p), [])) for p in known} for row in rows}


def _offers(connector: Connector, row: str, need: str) -> bool:
    said = {one.name: one.offered for one in connector.capabilities}
    return said.get(need, False) and said.get(row, True)


def _cell(row: Row, connector: Connector, tests: Sequence[str]) -> Cell:
    refusal = next(
        (one.how for one in connector.capabilities if one.name in (row.needs, row.id) and not one.offered), ""
    )
    if tests and refusal:
        raise ValueError(f"{tests[0]} proves {row.id}, which {connector.title} says it cannot do: {refusal}")
    if tests:
        return Cell(True, "", tuple(sorted(tests)))
    if row.sends and connector.source_only:
        refusal = refusal or SOURCE_ONLY
    return Cell(False, refusal or row.without, ())


def as_json(rows: Sequence[Row], connectors: Sequence[Connector], cells: Matrix) -> str:
    """What `GET /connectors/features` answers."""
    body: dict[str, Any] = {
        "platforms": [{"platform": one.platform, "title": one.title} for one in connectors],
        "rows": [
            {
                "id": row.id,
                "area": row.area,
                "title": row.title,
                "cells": {
                    platform: asdict(cell) | {"reference": row.reference.get(platform, LETTERS["?"])}
                    for platform, cell in cells[row.id].items()
                },
            }
            for row in rows
        ],
    }
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def as_markdown(rows: Sequence[Row], connectors: Sequence[Connector], cells: Matrix, as_of: str) -> str:
    """FEATURES.md, for people."""
    proven = {one.platform: sum(cells[row.id][one.platform].offered for row in rows) for one in connectors}
    heads = [head for one in connectors for head in (one.title, "reference")]
    lines = [
        "# Features",
        "",
        "Made by `python -m services.ops features` from `features.toml`, from what connectors declare, and from tests. "
        "A *yes* has a test that carries the row's id: `@pytest.mark.proves(id)`; `GET /connectors/features` names "
        "them. The column *reference* is what another vendor documents for its own interface to the same platform "
        f"(as of {as_of}).",
        "",
        *(f"* {one.title}: {proven[one.platform]} of {len(rows)} rows are proven." for one in connectors),
    ]
    area = ""
    for row in rows:
        if row.area != area:
            area = row.area
            lines += ["", f"## {area}", "", f"*No* without a word means: {row.usual}."]
            lines += ["", f"| feature | id | {' | '.join(heads)} |", f"|{'---|' * (2 + len(heads))}"]
        marks = [
            mark
            for one in connectors
            for mark in (_mark(row, cells[row.id][one.platform]), row.reference.get(one.platform, LETTERS["?"]))
        ]
        lines.append(f"| {row.title} | `{row.id}` | {' | '.join(marks)} |")
    return "\n".join(lines) + "\n"


def _mark(row: Row, cell: Cell) -> str:
    if cell.offered:
        return "**yes**"
    return "no" if cell.why == row.usual else f"no: {cell.why}"


def texts(root: Path = ROOT) -> dict[Path, str]:
    """The two files as they must read today."""
    # Imported here, because it imports every connector, and other commands must work when one is broken.
    from services.origin.definitions import connectors

    declared = (root / FOLDER / "features.toml").read_text("utf-8")
    rows, found = rows_of(declared), connectors()
    tried = {one.platform for one in found if _goes_through_the_suite(root / FOLDER / one.platform)}
    cells = matrix(rows, found, witnesses(root), tried)
    return {
        root / FOLDER / "FEATURES.md": as_markdown(rows, found, cells, tomllib.loads(declared)["as_of"]),
        root / FOLDER / "features.json": as_json(rows, found, cells),
    }


def _goes_through_the_suite(folder: Path) -> bool:
    rules = tomllib.loads((folder / "quality.toml").read_text("utf-8"))["rules"]
    return bool(rules["contract_suite"] == "done")


def features() -> None:
    """Make the feature matrix anew: services/connectors/FEATURES.md and features.json."""
    try:
        made = texts()
    except ValueError as error:
        stop(f"{error}.")
    for path, text in made.items():
        path.write_text(text, "utf-8")
        say(str(path.relative_to(ROOT)))
