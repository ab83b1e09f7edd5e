"""`keyring`: the file with the master keys that seal the shops' credentials."""

import os
from pathlib import Path
from typing import Annotated

import typer

from services.ops import installation
from services.ops.screen import say, stop
from services.ops.target import ROOT
from shared.chassis.sealing import KeyRing, new_key
from shared.contracts.errors import Misconfigured

app = typer.Typer(no_args_is_help=True, help="The master keys that seal the shops' credentials.")
Place = Annotated[
    Path | None, typer.Option("--file", envvar="KONTOR_KEY_RING", help="The key file; the demo's if not given.")
]


def make(path: Path) -> None:
    """Writes a ring with one key, readable by this user only. Raises FileExistsError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{new_key()}\n")


def add_key(path: Path) -> int:
    """Puts a fresh key on top in one step: a reader sees the old ring or the new one, never half. Answers its size.

    Raises Misconfigured when the file is no key ring.
    """
    keys = path.read_text().split()
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write("".join(f"{key}\n" for key in (new_key(), *keys)))
            file.flush()
            os.fsync(file.fileno())
        try:
            KeyRing.read(draft)
        except ValueError:
            raise Misconfigured(f"{path} is no key ring; nothing was changed.", code="key_ring_missing") from None
        if os.geteuid() == 0:
            os.chown(draft, path.stat().st_uid, path.stat().st_gid)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return len(keys) + 1


@app.command("new")
def new(
    file: Place = None,
    if_missing: Annotated[bool, typer.Option("--if-missing", help="An existing ring is fine and left alone.")] = False,
) -> None:
    """Make a key ring with one key. An existing one is never overwritten: its keys open what is stored."""
    path = file or installation.key_ring(ROOT / ".local" / "demo")
    try:
        make(path)
    except FileExistsError:
        if if_missing:
            say(f"The key ring {path} is there already.")
            return
        stop(f"There is a key ring at {path} already. To add a key, type: python -m services.ops keyring rotate")
    say(f"The key ring {path} was made. Keep a copy elsewhere: without it nobody can open the stored credentials.")


@app.command("rotate")
def rotate(file: Place = None) -> None:
    """Put a fresh key on top of the ring. Old credentials stay readable with the keys below it."""
    path = file or installation.key_ring(ROOT / ".local" / "demo")
    if not path.is_file():
        stop(f"There is no key ring at {path}. To make one, type: python -m services.ops keyring new")
    try:
        size = add_key(path)
    except Misconfigured as error:
        stop(error.detail)
    say(f"The key ring {path} now has {size} keys; what is sealed from now on uses the newest.")
    say("Next, as admin: POST /connections/reseal and POST /journal/subscriptions/reseal seal what is stored with it.")
    say("After that, once no backup needs them any more, the older lines may be removed from the file.")
