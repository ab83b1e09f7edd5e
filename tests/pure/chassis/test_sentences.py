"""Every code that the source uses has a sentence, in both languages, with the same words."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.chassis.sentences import FOLDER, advice, catalogue, sentence

ROOT = Path(__file__).parents[3]
USED = re.compile(
    r"""(?:\bcode=|Problem\(\s*\d{3},\s*|not_found\(|PushResult\(\s*"[a-z]+",\s*|Finding\(\s*|Refusal\(\s*)"([a-z][a-z_]+)\""""
)


def words(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def sources() -> list[Path]:
    folders = [
        ROOT / "shared",
        *(path for path in (ROOT / "services").iterdir() if path.name not in ("sandbox", "ops")),
    ]
    return [path for folder in folders for path in sorted(folder.rglob("*.py"))]


def test_every_code_in_the_source_has_a_sentence() -> None:
    missing = {
        f"{path.relative_to(ROOT)}: {code}"
        for path in sources()
        for code in USED.findall(path.read_text("utf-8"))
        if code not in catalogue()
    }
    assert not missing, "\n".join(sorted(missing))


def problems(path: Path) -> Iterator[tuple[int, str, set[str]]]:
    """The problems that a file raises with a code and all words in plain sight: line, code, words."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem" and len(node.args) > 1:
            status, code, given = *node.args[:2], {one.arg for one in node.keywords}
            numbered = isinstance(status, ast.Constant) and isinstance(status.value, int)
            if numbered and isinstance(code, ast.Constant) and None not in given:
                yield node.lineno, str(code.value), {name for name in given if name}


def test_a_problem_brings_every_word_of_its_sentence() -> None:
    lacking = []
    for path in sources():
        for line, code, given in problems(path):
            entry = catalogue()[code]
            missing = words(entry.de) | words(entry.advice_de) | words(entry.advice_en)
            if missing := missing - given - {"field"}:
                lacking.append(f"{path.relative_to(ROOT)}:{line}: {code} lacks {', '.join(sorted(missing))}")
    assert not lacking, "\n".join(lacking)


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_german_and_english_say_the_same_about_the_same_words(code: str) -> None:
    entry = catalogue()[code]
    assert entry.de
    assert entry.en
    assert words(entry.de) == words(entry.en)
    assert bool(entry.advice_de) == bool(entry.advice_en)
    assert entry.actor in ("merchant", "operator", "developer", "time")
    if entry.actor != "time":
        assert entry.advice_de or entry.actor == "merchant"


def test_no_platform_is_named_in_the_shared_sentences() -> None:
    text = "".join(path.read_text("utf-8").lower() for path in FOLDER.glob("*.toml"))
    assert not re.findall(r"shopify|woocommerce|shopware|\botto\b|mirakl|tradebyte|amazon|ebay|kaufland", text)


def test_an_unknown_code_is_shown_instead_of_hidden() -> None:
    assert sentence("never_heard_of", {"sku": "A"}, "de") == "never_heard_of {'sku': 'A'}"
    assert advice("never_heard_of", {}, "en") == ""


def test_a_missing_word_does_not_break_the_sentence() -> None:
    assert "?" in sentence("not_found", {}, "en")
