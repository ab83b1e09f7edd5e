"""Names what is missing on this machine, one line each with the command to type, before anything is installed.

Runs on the system's own Python, which may be old or incomplete: standard library only, no syntax newer than Python 3.6.
"""
# ruff: noqa: UP035, UP045

import argparse
import glob
import os
import shutil
import socket
import sys
from typing import Iterator, Optional

NEEDED_PYTHON = (3, 11)
NEEDED_DISK = 2 * 1000**3  # bytes; the packages take 0.5 GB, the rest is room for the servers' data
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, help="port of the front door that must be free on 127.0.0.1")
    missing = list(findings(parser.parse_args().port))
    for line in missing:
        print(line, file=sys.stderr)
    return 1 if missing else 0


def findings(port: Optional[int] = None) -> Iterator[str]:
    """Yield a sentence for everything that stands in the way."""
    yield from python_findings()
    yield from folder_findings()
    if shutil.which("make") is None:
        yield f"make is not installed. Type: {installing('make')}"
    if port is not None and not is_free(port):
        yield from port_findings(port)


def python_findings() -> Iterator[str]:
    if sys.version_info < NEEDED_PYTHON:
        newer = newer_python()
        advice = f"make PYTHON={newer}" if newer else installing("python3.11 python3.11-venv")
        version = ".".join(str(number) for number in sys.version_info[:2])
        yield f"Kontor needs Python 3.11 or newer; {sys.executable} is {version}. Type: {advice}"
        return
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        yield f"Python's venv module is not installed. Type: {installing('python3-venv')}"


def folder_findings() -> Iterator[str]:
    if any(character.isspace() for character in ROOT):
        yield f"The path {ROOT} contains a space, which RabbitMQ's scripts cannot bear. Type: mv '{ROOT}' ~/kontor"
    if not os.access(ROOT, os.W_OK):
        yield f"This user may not write to {ROOT}. Clone the project as this user, or type: sudo make demo"
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_DISK and not os.path.exists(os.path.join(ROOT, ".local")):
        advice = "To see what takes the room, type: du -xh / | sort -h | tail"
        yield f"Only {free / 1000**3:.1f} GB are free in {ROOT}, 2 GB are needed. {advice}"


def port_findings(port: int) -> Iterator[str]:
    owner = listener(port)
    if owner is not None and folder_of(owner) == ROOT:
        return  # an earlier command of this very folder, which the demo finds and uses
    other = next((candidate for candidate in range(port + 1, port + 100) if is_free(candidate)), port + 1)
    name = f" by {program(owner)} (process {owner})" if owner is not None else ""
    yield f"Port {port} on 127.0.0.1 is in use{name}. Type: make demo PORT={other}"


def newer_python() -> Optional[str]:
    """The newest suitable Python on PATH, by name."""
    for minor in range(20, NEEDED_PYTHON[1] - 1, -1):
        if shutil.which(f"python3.{minor}"):
            return f"python3.{minor}"
    return None


def installing(packages: str) -> str:
    """The command that installs Debian packages for this user."""
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get update && {sudo}apt-get install -y {packages}"


def is_free(port: int) -> bool:
    probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    finally:
        probe.close()
    return True


def listener(port: int) -> Optional[int]:
    """The process that listens on the port, as far as this user may see it (Linux' /proc)."""
    sockets = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if os.path.exists(table):
            with open(table) as lines:
                for fields in (line.split() for line in lines):
                    if fields[1].endswith(f":{port:04X}") and fields[3] == "0A":  # listening
                        sockets.add(f"socket:[{fields[9]}]")
    for descriptor in glob.iglob("/proc/[0-9]*/fd/*"):
        try:
            if os.readlink(descriptor) in sockets:
                return int(descriptor.split("/")[2])
        except OSError:
            continue  # another user's process, or one that has just ended
    return None


def folder_of(process: int) -> Optional[str]:
    try:
        return os.readlink(f"/proc/{process}/cwd")
    except OSError:
        return None


def program(process: int) -> str:
    with open(f"/proc/{process}/comm") as name:
        return name.read().strip()


if __name__ == "__main__":
    sys.exit(main())
