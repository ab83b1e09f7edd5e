"""`new-connector` refuses what cannot become a platform, and then writes nothing."""

from pathlib import Path

import pytest

from services.ops.scaffold import scaffold


@pytest.mark.parametrize(
    ("slug", "title"),
    [
        ("Acme", "Acme"),
        ("acme-shop", "Acme"),
        ("class", "Class"),
        ("journal", "Journal"),
        ("a", "A"),
        ("1a", "A"),
        ("acme", 'A "quoted" title'),
        ("acme", ""),
        ("acme", "x" * 41),
        ("acme", "two\nlines"),
    ],
)
def test_a_name_that_cannot_work_is_refused_and_nothing_is_written(tmp_path: Path, slug: str, title: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its sentence is for people
        scaffold(tmp_path, slug, title)
    assert not list(tmp_path.iterdir())


def test_a_connector_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "services" / "connectors" / "acme").mkdir(parents=True)
    with pytest.raises(ValueError, match="already"):
        scaffold(tmp_path, "acme", "Acme")
    assert not (tmp_path / "tests").exists()


def test_every_file_that_a_connector_has_is_written(tmp_path: Path) -> None:
    scaffold(tmp_path, "acme", "Acme Shop")
    folder = tmp_path / "services" / "connectors" / "acme"
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "README.md", "__init__.py", "main.py", "connector.py", "settings.py", "client.py", "wire.py", "vocabulary.py",
        "inbound.py", "outbound.py", "reading.py", "sending.py", "webhooks.py", "quality.toml",
    }  # fmt: skip
    assert (tmp_path / "tests" / "wired" / "contract" / "shops" / "acme.py").is_file()
    assert (tmp_path / "tests" / "pure" / "acme" / "order.expected.json").is_file()
    assert "${" not in "".join(path.read_text("utf-8") for path in tmp_path.rglob("*.*"))
