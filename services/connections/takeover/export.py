"""An older interface's export, as JSON or as JSON with CSV files. The README beside this file shows both."""

import csv
import io
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Any, Literal

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shared.chassis.problems import Problem

Word = Annotated[str, Field(min_length=1, max_length=500)]
COLUMNS = {
    "settings": ("name", "value"),
    "external_numbers": ("label", "number", "article_number", "active"),
    "payment_methods": ("shop", "ours"),
    "shipping_methods": ("shop", "ours"),
}
OPTIONAL = frozenset({"active"})


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ExternalNumber(Part):
    """The shop's SKU of an article, under the label the older interface had for it."""

    label: Word
    number: Word
    article_number: Word
    active: bool = True


class Method(Part):
    """A payment or shipping method: the shop's word, and ours."""

    shop: Word
    ours: Word


class Export(Part):
    """Everything that is to be taken over. `active`: the older interface still runs."""

    format: Literal[1]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    platform: Annotated[str, Field(pattern=r"^[a-z0-9]{2,30}$")]
    project: Annotated[str, Field(max_length=100)] = ""
    active: bool
    credentials: dict[str, Any]
    settings: Annotated[dict[Word, Any], Field(max_length=1000)] = {}
    external_numbers: Annotated[list[ExternalNumber], Field(max_length=100_000)] = []
    payment_methods: Annotated[list[Method], Field(max_length=2000)] = []
    shipping_methods: Annotated[list[Method], Field(max_length=2000)] = []

    @model_validator(mode="after")
    def _one_place_for_each(self) -> "Export":
        names = [*self.settings]
        names += ["orders.payments.rows"] if self.payment_methods else []
        names += ["orders.shipping.rows"] if self.shipping_methods else []
        for name in names:
            if names.count(name) > 1 or any(other.startswith(f"{name}.") for other in names):
                raise ValueError(f"{name} is said twice: as a whole and in parts, or as a setting and as a table")
        return self

    def content_hash(self) -> str:
        """The same for the same content. Credentials do not belong to it: a hash of them would help who guesses."""
        content = self.model_dump(mode="json", exclude={"credentials"})
        return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def read_export(document: bytes, tables: Mapping[str, bytes] | None = None) -> Export:
    """The export in a JSON document, with tables that came as CSV. Raises a 422 that names the field."""
    try:
        content = json.loads(document, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Problem(422, "takeover_document_unreadable", field="export") from error
    if not isinstance(content, dict):
        raise Problem(422, "takeover_document_unreadable", field="export")
    for name, table in (tables or {}).items():
        if name not in COLUMNS:
            raise Problem(422, "takeover_table_unknown", field=name, name=name, known=", ".join(COLUMNS))
        if name in content:
            raise Problem(422, "takeover_table_twice", field=name, name=name)
        rows = _rows(name, table)
        content[name] = {row["name"]: _value(row["value"]) for row in rows} if name == "settings" else rows
    try:
        return Export.model_validate(content)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False, include_context=False)
        raise RequestValidationError([one | {"loc": ("body", *one["loc"])} for one in errors]) from error


def _rows(name: str, table: bytes) -> list[dict[str, str]]:
    try:
        text = table.decode("utf-8-sig")
        head = text.split("\n", 1)[0]
        lines = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=max((";", "\t", ","), key=head.count)))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Problem(422, "takeover_table_unreadable", field=name, name=name) from error
    known = set(COLUMNS[name])
    # A row with more cells than the header has them under None.
    found: set[str | None] = {column for line in lines for column in line} or {*known}
    if not (known - OPTIONAL <= found <= known):
        raise Problem(422, "takeover_table_columns", field=name, name=name, known=", ".join(COLUMNS[name]))
    return [{column: cell for column, cell in line.items() if cell not in ("", None)} for line in lines]


def _value(text: str) -> Any:
    """A setting's value in a CSV file is written as in JSON; what is no JSON is text."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return text


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number in JSON")
