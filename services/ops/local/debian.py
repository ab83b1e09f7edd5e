"""RabbitMQ from the distribution: the installed package, or the package unpacked into a folder of our own.

Unpacking needs neither root nor sudo, starts no packaged service, creates no account and changes nothing outside the
folder. apt verifies the distribution's signatures as in any installation.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.ops.local.failure import Unavailable


@dataclass(frozen=True)
class Installation:
    """RabbitMQ's scripts, and the folders that must lead PATH so that they find Erlang."""

    scripts: Path
    path: tuple[Path, ...] = ()

    @property
    def version(self) -> str:
        return self.scripts.parent.name.removeprefix("rabbitmq_server-")


def installed() -> Installation | None:
    """The distribution's package, if it is installed; its service is neither used nor touched."""
    scripts = _scripts(Path("/"))
    return Installation(scripts) if scripts is not None and shutil.which("erl") and shutil.which("epmd") else None


def unpacked(target: Path, say: Callable[[str], None]) -> Installation:
    """Download the packages into `target`, once, and unpack them there. Raises `Unavailable` with the reason."""
    if _scripts(target) is None:
        if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
            raise Unavailable("RabbitMQ is not installed, and without apt-get it cannot be fetched.")
        draft = target.with_name(f"{target.name}.part")
        shutil.rmtree(draft, ignore_errors=True)
        _fetch(draft, say)
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
        _write_erl(target)
    scripts = _scripts(target)
    assert scripts is not None
    erts = _erts(target)
    found = Installation(scripts, (target / "start", erts / "bin"))
    _check(found)
    return found


def _scripts(tree: Path) -> Path | None:
    return next(tree.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin"), None)


def _erts(tree: Path) -> Path:
    return next(tree.glob("usr/lib/erlang/erts-*"))


def _fetch(draft: Path, say: Callable[[str], None]) -> None:
    work = draft / "apt"
    (work / "lists" / "partial").mkdir(parents=True)
    (work / "archives" / "partial").mkdir(parents=True)
    (work / "nothing-installed").touch()
    say("Fetching the distribution's package lists (about 10 MB) …")
    _apt(work, "update")
    plan = _apt(work, "--simulate", "--no-install-recommends", "install", "rabbitmq-server")
    wanted = [
        line.split()[1]
        for line in plan.splitlines()
        if line.startswith(("Inst erlang-", "Inst rabbitmq-server")) and not line.startswith("Inst erlang-doc")
    ]
    if "rabbitmq-server" not in wanted:
        raise Unavailable("The distribution's package sources do not offer rabbitmq-server.")
    say(f"Downloading RabbitMQ and Erlang (about 35 MB, {len(wanted)} packages) …")
    _apt(work, "download", *wanted)
    archives = sorted(work.glob("*.deb"))
    say(f"Unpacking {len(archives)} packages …")
    for archive in archives:
        subprocess.run(["dpkg-deb", "--extract", archive, draft], check=True, stdin=subprocess.DEVNULL)
    shutil.rmtree(work)


def _apt(work: Path, *arguments: str) -> str:
    command: Sequence[str] = (
        "apt-get",
        *("-o", f"Dir::State::Lists={work / 'lists'}"),
        *("-o", f"Dir::State::status={work / 'nothing-installed'}"),
        *("-o", f"Dir::Cache={work}"),
        *("-o", f"Dir::Cache::archives={work / 'archives'}"),
        *("-o", "APT::Sandbox::User=root"),  # apt would change to _apt, which may not enter this folder
        *("-o", "Debug::NoLocking=1"),  # the locks guard the system's folders; these are our own
        *("-o", "Acquire::Retries=2"),
        *("-o", "Acquire::http::Timeout=30"),
        "--quiet=2",
        *arguments,
    )
    environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, cwd=work, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    # `update` also fails when one of several sources does; what matters is whether the packages can be had
    if done.returncode != 0 and "update" not in arguments:
        reason = next((line for line in done.stderr.splitlines() if line.startswith("E:")), done.stderr[-200:])
        raise Unavailable(f"RabbitMQ could not be fetched from the distribution ({reason.removeprefix('E:').strip()}).")
    return done.stdout


def _write_erl(tree: Path) -> None:
    """Debian's `erl` looks for Erlang in /usr/lib only; ours looks beside itself."""
    starter = tree / "start" / "erl"
    starter.parent.mkdir()
    starter.write_text(
        "#!/bin/sh\n"
        'ROOTDIR="$(cd "$(dirname "$0")/../usr/lib/erlang" && pwd)"\n'
        f'BINDIR="$ROOTDIR/{_erts(tree).name}/bin" EMU=beam PROGNAME=erl\n'
        "export ROOTDIR BINDIR EMU PROGNAME\n"
        'exec "$BINDIR/erlexec" "$@"\n'
    )
    starter.chmod(0o755)


def _check(found: Installation) -> None:
    erl = found.path[0] / "erl"
    command = [str(erl), "-noshell", "-eval", "{ok, _} = application:ensure_all_started(crypto), halt(0)."]
    environment = {**os.environ, "ERL_CRASH_DUMP": os.devnull}
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, env=environment
        )
        reason = (done.stderr or done.stdout).strip()[-300:] if done.returncode != 0 else None
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = str(error)
    if reason is not None:
        raise Unavailable(
            f"The unpacked Erlang does not run on this machine ({reason}). Type: apt-get install erlang-base"
        )
