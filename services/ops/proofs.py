"""Which tests there are, which of them are skipped, and which rows of the feature matrix they prove.

Read from the text of the tests, because whoever asks wants to know it without running them.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SET_ASIDE = ("pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail", "pytest.skip", "pytest.xfail")
PROVES = "pytest.mark.proves"


@dataclass(frozen=True)
class Proof:
    """`@pytest.mark.proves(row, *platforms)`; without platforms it holds for every connector that offers what the row
    needs and goes through the shared tests."""

    row: str
    platforms: tuple[str, ...]


@dataclass(frozen=True)
class Witness:
    """A test by its pytest id, without parameters. `skipped`: it is not run, wherever that is said."""

    id: str
    skipped: bool
    proofs: tuple[Proof, ...]


def witnesses(root: Path) -> dict[str, Witness]:
    """Every test function below `root/tests`, by id. Raises ValueError when a mark does not say its row."""
    return {
        witness.id: witness
        for path in sorted((root / "tests").rglob("test_*.py"))
        for witness in _of_file(path.relative_to(root).as_posix(), ast.parse(path.read_text("utf-8")))
    }


def _of_file(path: str, tree: ast.Module) -> Iterator[Witness]:
    aside = any(_marks_module(node) for node in tree.body)
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            inherited = aside or _set_aside(node.decorator_list)
            yield from (_witness(f"{path}::{node.name}", one, inherited) for one in _tests(node.body))
    yield from (_witness(path, one, aside) for one in _tests(tree.body))


def _tests(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node


def _witness(place: str, node: ast.FunctionDef | ast.AsyncFunctionDef, aside: bool) -> Witness:
    id = f"{place}::{node.name}"
    proofs = tuple(_proof(id, one) for one in node.decorator_list if _name(one) == PROVES)
    first = next((one for one in node.body if not _is_text(one)), None)
    given_up = isinstance(first, ast.Expr) and _name(first.value) in SET_ASIDE
    return Witness(id, aside or given_up or _set_aside(node.decorator_list), proofs)


def _proof(id: str, mark: ast.expr) -> Proof:
    words = [one.value for one in mark.args if isinstance(one, ast.Constant)] if isinstance(mark, ast.Call) else []
    texts = [word for word in words if isinstance(word, str)]
    if not texts or not isinstance(mark, ast.Call) or len(texts) != len(mark.args) or mark.keywords:
        raise ValueError(f"{id}: a proof names its row, and platforms if it holds for some only, as plain texts")
    return Proof(texts[0], tuple(texts[1:]))


def _marks_module(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return _name(node.value) in SET_ASIDE
    if not isinstance(node, ast.Assign) or "pytestmark" not in [_name(target) for target in node.targets]:
        return False
    marks = node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
    return _set_aside(marks)


def _set_aside(marks: list[ast.expr]) -> bool:
    return any(_name(mark) in SET_ASIDE for mark in marks)


def _name(node: ast.expr) -> str:
    return ast.unparse(node.func if isinstance(node, ast.Call) else node)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
