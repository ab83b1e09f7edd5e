"""Every rule is in the register, with tests that exist and are run, or with the reason why there is none."""

import tomllib
from typing import Any

import pytest

from services.ops.proofs import Witness, witnesses
from tests.conftest import ROOT

REGISTER = ROOT / "tests" / "pure" / "rules" / "register.toml"
CHAPTERS = {*(f"1.{n}" for n in range(1, 13)), *(f"2.{n}" for n in range(1, 14)), "6.2", "6.5", "complaints"}
REASONS = ("not yet: ", "by intention: ", "not ours: ")


def complaints(text: str, tests: dict[str, Witness]) -> list[str]:
    """What is wrong with a register; each complaint names the rule."""
    found = []
    for chapter, rules in tomllib.loads(text).items():
        if chapter not in CHAPTERS:
            found.append(f"{chapter} is no chapter")
        found += [
            f"{chapter} {id}: {wrong}" for id, rule in rules.items() if id != "title" for wrong in _of(rule, tests)
        ]
    return found


def _of(rule: dict[str, Any], tests: dict[str, Witness]) -> list[str]:
    found = [f"{name} is no word of the register" for name in set(rule) - {"says", "tests", "none"}]
    if not str(rule.get("says", "")).endswith("."):
        found.append("it does not say anything")
    if ("tests" in rule) == ("none" in rule):
        found.append("give either tests or the reason why there is none")
    if "none" in rule and not rule["none"].startswith(REASONS):
        found.append(f"a reason begins with one of {REASONS}")
    if rule.get("tests") == []:
        found.append("no tests are no reason")
    for id in rule.get("tests", []):
        test = tests.get(f"tests/{id}")
        if test is None:
            found.append(f"there is no test {id}")
        elif test.skipped:
            found.append(f"{id} is skipped")
    return found


def test_every_rule_has_tests_that_exist_and_are_run_or_a_reason() -> None:
    assert complaints(REGISTER.read_text("utf-8"), witnesses(ROOT)) == []


def test_every_chapter_has_rules() -> None:
    register = tomllib.loads(REGISTER.read_text("utf-8"))
    assert set(register) == CHAPTERS
    assert all(len(rules) > 1 for rules in register.values())


TESTS = {
    "tests/a.py::test_there": Witness("tests/a.py::test_there", False, ()),
    "tests/a.py::test_skipped": Witness("tests/a.py::test_skipped", True, ()),
}


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ('x = { says = "X.", tests = ["a.py::test_gone"] }', "there is no test a.py::test_gone"),
        ('x = { says = "X.", tests = ["a.py::test_there", "a.py::test_skipped"] }', "a.py::test_skipped is skipped"),
        ('x = { says = "X.", tests = [] }', "no tests are no reason"),
        ('x = { says = "X." }', "give either"),
        ('x = { says = "X.", tests = ["a.py::test_there"], none = "not yet: x" }', "give either"),
        ('x = { says = "X.", none = "later" }', "a reason begins"),
        ('x = { tests = ["a.py::test_there"] }', "does not say"),
        ('x = { says = "X.", test = ["a.py::test_there"], none = "not yet: x" }', "test is no word"),
    ],
)
def test_a_rule_that_proves_nothing_is_named(rule: str, complaint: str) -> None:
    (found,) = complaints(f'["1.1"]\n{rule}\n', TESTS)
    assert found.startswith("1.1 x: ")
    assert complaint in found


def test_a_chapter_nobody_knows_is_named() -> None:
    assert complaints('["9.9"]\nx = { says = "X.", none = "not yet: x" }\n', TESTS) == ["9.9 is no chapter"]


def test_a_sound_rule_is_no_complaint() -> None:
    assert complaints('["1.1"]\nx = { says = "X.", tests = ["a.py::test_there"] }\n', TESTS) == []
