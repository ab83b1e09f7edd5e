"""Makes `.venv` and installs exactly what requirements.lock names, whenever the lock, the Python or the folder changed.

Standard library only. The system's Python is used to start and never written to.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / ".installed-lock"


def main() -> int:
    with LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two commands started at once install one after the other
        wanted = fingerprint()
        if STAMP.exists() and STAMP.read_text() == wanted and works():
            return 0
        if not works():
            say(f"Creating .venv with Python {sys.version.split()[0]} …")
            shutil.rmtree(VENV, ignore_errors=True)
            if subprocess.call([sys.executable, "-m", "venv", str(VENV)]) != 0:
                return fail("Python could not create .venv; its own message is above.")
        say(f"Installing {packages()} packages into .venv (about 400 MB; nothing outside this folder changes) …")
        if install() != 0:
            return fail(
                "The packages could not be installed; pip's own message is above. If it speaks of the network, check "
                "the connection and the index that pip uses. Type: .venv/bin/python -m pip config list"
            )
        STAMP.write_text(wanted)
    return 0


def fingerprint() -> str:
    """Changes when the lock, the Python version or the folder's place does."""
    return f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} {sys.version.split()[0]} {VENV}\n"


def works() -> bool:
    """Whether .venv holds a Python of this version with pip, made in this very place."""
    check = "import sys, pip; print(sys.prefix, *sys.version_info[:2])"
    try:
        done = subprocess.run(
            [str(VENV / "bin" / "python"), "-c", check], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        return False
    return done.stdout.decode().split() == [str(VENV), str(sys.version_info[0]), str(sys.version_info[1])]


def install() -> int:
    command = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--require-hashes", "-r", str(LOCK)]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "on", "--retries", "3"]
    unwanted = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PYTHONPATH")
    return subprocess.call(command, env={name: value for name, value in os.environ.items() if name not in unwanted})


def packages() -> int:
    return sum(line[:1].isalnum() for line in LOCK.read_text().splitlines())


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def fail(sentence: str) -> int:
    say(sentence)
    return 1


if __name__ == "__main__":
    sys.exit(main())
