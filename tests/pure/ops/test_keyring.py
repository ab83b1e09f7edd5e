"""The key ring: old credentials stay readable, nobody else reads the file, nobody sees half of it."""

import os
import stat
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from services.ops.keyring import add_key, make
from services.ops.main import app
from shared.chassis.sealing import KeyRing
from shared.contracts.errors import Misconfigured


def test_credentials_sealed_before_a_rotation_still_open_and_new_ones_use_the_new_key(tmp_path: Path) -> None:
    path, connection = tmp_path / "keyring", uuid4()
    make(path)
    old = KeyRing.read(path)
    sealed = old.seal({"key": "secret"}, connection, "acme")
    assert add_key(path) == 2
    ring = KeyRing.read(path)
    assert ring.open(sealed, connection, "acme") == {"key": "secret"}
    with pytest.raises(Misconfigured):
        old.open(ring.seal({"key": "secret"}, connection, "acme"), connection, "acme")
    with pytest.raises(Misconfigured):
        old.open(ring.reseal(sealed), connection, "acme")


def test_only_its_owner_reads_the_ring_before_and_after_a_rotation(tmp_path: Path) -> None:
    path = tmp_path / "keyring"
    make(path)
    first = stat.S_IMODE(path.stat().st_mode)
    path.chmod(0o644)
    add_key(path)
    assert (first, stat.S_IMODE(path.stat().st_mode)) == (0o600, 0o600)
    assert os.listdir(tmp_path) == ["keyring"]


def test_a_reader_that_has_the_file_open_keeps_the_whole_old_ring(tmp_path: Path) -> None:
    path = tmp_path / "keyring"
    make(path)
    before = path.read_text()
    with path.open() as reader:
        add_key(path)
        assert reader.read() == before
    assert path.read_text().endswith(before)


def test_a_file_that_is_no_key_ring_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    path.write_text("buy milk\n")
    with pytest.raises(Misconfigured):
        add_key(path)
    assert path.read_text() == "buy milk\n"
    assert os.listdir(tmp_path) == ["notes"]


def test_a_new_ring_never_replaces_one_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "keyring"
    run = CliRunner().invoke
    assert run(app, ["keyring", "new", "--file", str(path)]).exit_code == 0
    before = path.read_text()
    refused = run(app, ["keyring", "new", "--file", str(path)])
    assert refused.exit_code == 1
    assert "already" in refused.output
    assert run(app, ["keyring", "new", "--if-missing", "--file", str(path)]).exit_code == 0
    assert path.read_text() == before


def test_rotating_says_that_what_is_stored_must_be_sealed_again(tmp_path: Path) -> None:
    path = tmp_path / "keyring"
    make(path)
    said = CliRunner().invoke(app, ["keyring", "rotate", "--file", str(path)])
    assert said.exit_code == 0
    assert "POST /connections/reseal" in said.output
