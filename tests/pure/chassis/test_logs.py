"""Log lines say what went wrong and never what a record holds."""

import json
from collections.abc import Iterator

import pytest
import structlog
from pydantic import BaseModel, ValidationError

from shared.chassis import logs


class _Parcel(BaseModel):
    name: int
    city: list[str]


@pytest.fixture
def _configured() -> Iterator[None]:
    before = structlog.get_config()
    logs.configure()
    yield
    structlog.configure(**before)


@pytest.mark.usefixtures("_configured")
def test_a_value_that_did_not_fit_is_not_written_down(capsys: pytest.CaptureFixture[str]) -> None:
    # A traceback quotes the line that failed, so the values stand elsewhere.
    parcel = {"name": "Erika, Mustermann, input", "city": "Köln\nMitte"}
    try:
        _Parcel.model_validate(parcel)
    except ValidationError as error:
        logs.logger("test").error("it did not fit", exc_info=error)
    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["room"]) == ("it did not fit", "test")
    assert "Mustermann" not in line["exception"]
    assert "Köln" not in line["exception"]
    assert "Input should be a valid integer" in line["exception"]
    assert "name" in line["exception"]
    assert "input_type=str" in line["exception"]


@pytest.mark.usefixtures("_configured")
def test_what_the_database_says_about_a_row_is_not_written_down(capsys: pytest.CaptureFixture[str]) -> None:
    refused = RuntimeError("duplicate key value violates unique constraint\nDETAIL:  Key (name)=(Mustermann) exists.")
    logs.logger("test").error("refused", exc_info=refused)
    line = json.loads(capsys.readouterr().out)
    assert "Mustermann" not in line["exception"]
    assert "unique constraint" in line["exception"]
