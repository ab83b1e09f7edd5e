"""Which installation a command acts on: the one that is named, else this folder's demonstration, else none."""

import json
from pathlib import Path

import pytest
import typer

from services.ops.target import Target, target

DEMO = {"origin": "http://127.0.0.1:8080", "sandbox": "http://127.0.0.1:8400", "database_url": "postgresql://demo",
        "broker_url": "amqp://demo", "seeded_at": "2026-01-31T00:00:00+00:00"}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".local" / "demo").mkdir(parents=True)
    (tmp_path / ".local" / "demo" / "addresses.json").write_text(json.dumps(DEMO))
    return tmp_path


def test_what_the_environment_names_wins_over_the_demonstration(folder: Path) -> None:
    named = {"KONTOR_DATABASE_URL": "postgresql://real", "KONTOR_BROKER_URL": "amqp://real"}
    assert target(named, folder) == Target("postgresql://real", "amqp://real")


def test_a_named_database_is_never_paired_with_the_demonstrations_broker(folder: Path) -> None:
    assert target({"KONTOR_DATABASE_URL": "postgresql://real"}, folder) == Target("postgresql://real", "")


def test_without_a_name_the_demonstration_is_meant(folder: Path) -> None:
    assert target({}, folder) == Target("postgresql://demo", "amqp://demo")


def test_without_either_the_command_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        target({}, tmp_path)
    assert "make demo" in capsys.readouterr().err
