"""What a folder remembers of what it made, and who may use its servers."""

import multiprocessing
import stat
from pathlib import Path

from services.ops.local.state import Lease, Owned, State, locked


def test_a_folder_keeps_its_installation_number_and_what_it_owns(tmp_path: Path) -> None:
    with locked(tmp_path) as first:
        first.owned.append(Owned(kind="database", server="embedded", name="kontor_demo"))
    with locked(tmp_path) as second:
        assert second.installation == first.installation
        assert second.owns("database", "embedded", "kontor_demo")
        assert not second.owns("virtual host", "embedded", "kontor_demo")
        assert not second.owns("database", "db.example:5432", "kontor_demo")


def test_what_was_made_is_remembered_even_when_the_command_fails(tmp_path: Path) -> None:
    try:
        with locked(tmp_path) as state:
            state.owned.append(Owned(kind="virtual host", server="package", name="kontor_demo"))
            raise ConnectionError
    except ConnectionError:
        pass
    with locked(tmp_path) as later:
        assert later.owns("virtual host", "package", "kontor_demo")


def test_only_the_owner_can_read_what_a_folder_remembers(tmp_path: Path) -> None:
    with locked(tmp_path):
        pass
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / ".local").iterdir()}
    assert modes == {"state.json": 0o600, "lock": 0o600}


def test_two_folders_never_share_an_installation_number() -> None:
    assert len({State().installation for _ in range(50)}) == 50


def _count_up(root: Path) -> None:
    for _ in range(20):
        with locked(root) as state:
            state.rabbitmq_rung = str(int(state.rabbitmq_rung or 0) + 1)


def test_two_commands_at_once_do_not_overwrite_each_other(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    commands = [context.Process(target=_count_up, args=(tmp_path,)) for _ in range(2)]
    for command in commands:
        command.start()
    for command in commands:
        command.join()
    with locked(tmp_path) as state:
        assert state.rabbitmq_rung == "40"


def test_servers_are_free_to_stop_only_when_their_last_user_has_gone(tmp_path: Path) -> None:
    first, second = Lease(tmp_path), Lease(tmp_path)
    assert not first.give_back()
    assert second.give_back()
