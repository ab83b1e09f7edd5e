"""The first thing a new operator reads when the machine lacks something: one line with the command to type."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PREFLIGHT = ROOT / "deploy" / "bootstrap" / "preflight.py"


def _run(script: Path, *arguments: str, before: str = "", path: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the preflight as make does, on a Python on which `before` was executed first."""
    code = f"{before}\nimport runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    environment = {**os.environ, "PATH": path or os.environ["PATH"]}
    command = [sys.executable, "-c", code, str(script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_a_complete_machine_hears_nothing() -> None:
    done = _run(PREFLIGHT)
    assert (done.returncode, done.stderr) == (0, "")


def test_plain_debian_hears_which_package_brings_venv() -> None:
    done = _run(PREFLIGHT, before="import sys; sys.modules['ensurepip'] = None")
    (line,) = done.stderr.splitlines()
    assert done.returncode == 1
    assert line.startswith("Python's venv module is not installed. Type: ")
    assert line.endswith("apt-get install -y python3-venv")
    assert ("sudo" in line) is (os.geteuid() != 0)


def test_an_old_python_hears_which_newer_one_is_there(tmp_path: Path) -> None:
    (tmp_path / "make").touch(mode=0o755)
    old = "import sys; sys.version_info = (3, 9, 2, 'final', 0)"
    without = _run(PREFLIGHT, before=old, path=str(tmp_path))
    assert without.stderr.count("\n") == 1
    assert "is 3.9. Type: " in without.stderr
    assert "apt-get install -y python3.11" in without.stderr
    (tmp_path / "python3.12").touch(mode=0o755)
    assert _run(PREFLIGHT, before=old, path=str(tmp_path)).stderr.endswith("Type: make PYTHON=python3.12\n")


def test_a_full_disk_is_told_in_gigabytes(tmp_path: Path) -> None:
    script = _copy(tmp_path / "kontor")
    full = "import shutil; shutil.disk_usage = lambda path: shutil._ntuple_diskusage(9, 8, 700_000_000)"
    assert f"Only 0.7 GB are free in {tmp_path / 'kontor'}, 2 GB are needed." in _run(script, before=full).stderr


def test_a_folder_with_a_space_is_refused_before_the_broker_stumbles_over_it(tmp_path: Path) -> None:
    script = _copy(tmp_path / "my shop")
    assert f"Type: mv '{tmp_path / 'my shop'}' ~/kontor" in _run(script).stderr


def test_a_port_in_use_is_named_with_its_owner_and_a_free_one(tmp_path: Path) -> None:
    script = _copy(tmp_path / "kontor")
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        port = occupied.getsockname()[1]
        done = _run(script, "--port", str(port))
        assert f"Port {port} on 127.0.0.1 is in use by " in done.stderr
        assert f"(process {os.getpid()}). Type: make demo PORT=" in done.stderr
        assert _run(script, "--port", done.stderr.rpartition("=")[2].strip()).returncode == 0


def _copy(folder: Path) -> Path:
    target = folder / "deploy" / "bootstrap"
    target.mkdir(parents=True)
    return Path(shutil.copy(PREFLIGHT, target))
