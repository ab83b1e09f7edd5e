"""The GraphQL documents, written for one version of the Admin API and read from the files beside this one."""

import re
from functools import cache
from pathlib import Path

API_VERSION = "2026-10"

_DEFINITION = re.compile(r"^(?=(?:query|mutation|fragment) )", re.MULTILINE)
_NAME = re.compile(r"(query|mutation|fragment) (\w+)")
_SPREAD = re.compile(r"\.\.\.(\w+)")


@cache
def definitions() -> dict[str, str]:
    """Every operation and fragment by its name. Raises ValueError when a name stands twice."""
    found: dict[str, str] = {}
    for file in sorted(Path(__file__).parent.glob("*.graphql")):
        text = re.sub(r"^#.*\n", "", file.read_text("utf-8"), flags=re.MULTILINE)
        for part in _DEFINITION.split(text):
            if match := _NAME.match(part):
                if match[2] in found:
                    raise ValueError(f"The definition {match[2]} stands twice; the second time in {file.name}")
                found[match[2]] = part.strip()
    return found


@cache
def document(name: str) -> str:
    """One operation with the fragments it needs, and nothing else."""
    needed: dict[str, str] = {}
    names = [name]
    while names:
        part = names.pop()
        if part not in needed:
            needed[part] = definitions()[part]
            names += [spread for spread in _SPREAD.findall(needed[part]) if spread != "on"]
    return "\n".join(needed.values())


def operations() -> list[str]:
    """The names of all operations."""
    return [name for name, text in definitions().items() if not text.startswith("fragment")]


def changes(name: str) -> bool:
    """Whether an operation changes something in the shop."""
    return definitions()[name].startswith("mutation")
