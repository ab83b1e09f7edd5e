"""Servers are known by pid and start time, so that we never end a process that only inherited a number."""

import os
import signal
import socket
import time
from pathlib import Path

from services.ops.local.ports import free_ports, port_is_free
from services.ops.local.process import Process, gone_within, identify, kill, spawn, stop

SLEEPER = ("/bin/sh", "-c", "sleep 60 & wait")
DEAF = ("/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done")


def test_a_process_that_reuses_our_servers_pid_is_not_ours(tmp_path: Path) -> None:
    server = spawn(SLEEPER, environment={}, log=tmp_path / "log")
    stranger = Process(pid=server.pid, started=server.started - 1)
    stop(stranger, seconds=1)
    kill(stranger)
    assert server.alive
    kill(server)


def test_a_stopped_server_is_gone_and_leaves_no_zombie(tmp_path: Path) -> None:
    server = spawn(SLEEPER, environment={}, log=tmp_path / "log")
    stop(server, seconds=5)
    assert not server.alive
    assert not Path(f"/proc/{server.pid}").exists()


def test_a_server_that_ignores_the_request_is_ended_all_the_same(tmp_path: Path) -> None:
    server = spawn(DEAF, environment={}, log=tmp_path / "log")
    time.sleep(0.2)
    stop(server, seconds=0.3)
    assert not server.alive


def test_killing_a_server_takes_its_children_with_it(tmp_path: Path) -> None:
    server = spawn(("/bin/sh", "-c", "sleep 61 & echo $!; wait"), environment={}, log=tmp_path / "log")
    deadline = time.monotonic() + 5
    while not (child := (tmp_path / "log").read_text().strip()) and time.monotonic() < deadline:
        time.sleep(0.02)
    kill(server)
    assert identify(int(child)) is None


def test_a_server_outlives_the_terminal_that_started_it(tmp_path: Path) -> None:
    server = spawn(SLEEPER, environment={}, log=tmp_path / "log")
    assert os.getsid(server.pid) == server.pid != os.getsid(0)
    os.kill(server.pid, signal.SIGKILL)
    assert gone_within(server, 5)


def test_a_port_in_use_is_never_handed_out() -> None:
    with socket.socket() as occupied:
        occupied.bind(("127.0.0.1", 0))
        occupied.listen()
        assert not port_is_free(occupied.getsockname()[1])
    ports = free_ports(4)
    assert len(set(ports)) == 4
    assert all(20000 <= port < 32000 for port in ports)
