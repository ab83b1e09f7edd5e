"""An older interface's export is understood as JSON and as CSV alike, and what is wrong with it is named."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError

from services.connections.takeover import export as module
from services.connections.takeover.export import read_export
from shared.chassis.problems import Problem

EXAMPLE = Path(module.__file__).parent / "example"
HEAD: dict[str, Any] = json.loads((EXAMPLE / "head.json").read_text("utf-8"))


def document(**more: Any) -> bytes:
    return json.dumps(HEAD | more).encode()


def tables() -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in EXAMPLE.glob("*.csv")}


def test_the_example_says_the_same_as_json_and_as_csv() -> None:
    whole = read_export((EXAMPLE / "export.json").read_bytes())
    assert read_export(document(), tables()) == whole
    assert whole.settings["stock.buffer"] == 2
    assert [one.active for one in whole.external_numbers] == [True, True]


@pytest.mark.parametrize("encode", [lambda t: "﻿" + t, lambda t: t.replace(";", ","), lambda t: t.replace("\n", "\r\n")])
def test_a_spreadsheets_way_of_writing_csv_changes_nothing(encode: Any) -> None:
    plain = {"external_numbers": (EXAMPLE / "external_numbers.csv").read_bytes()}
    other = {name: encode(text.decode()).encode() for name, text in plain.items()}
    assert read_export(document(), other) == read_export(document(), plain)


def test_the_hash_tells_contents_apart_and_knows_nothing_of_credentials() -> None:
    first = read_export(document())
    assert read_export(document(credentials={"url": "elsewhere"})).content_hash() == first.content_hash()
    assert read_export(document(active=False)).content_hash() != first.content_hash()


@pytest.mark.parametrize(
    ("table", "text", "code"),
    [
        ("articles", "number\n1", "takeover_table_unknown"),
        ("payment_methods", "shop;theirs\na;b", "takeover_table_columns"),
        ("payment_methods", "shop\na", "takeover_table_columns"),
        ("payment_methods", "shop;ours\na;b\nc;d;e", "takeover_table_columns"),
        ("external_numbers", "label;number;article_number;active;colour\na;b;c;;red", "takeover_table_columns"),
        ("settings", b"name;value\n\xff\xfe;1", "takeover_table_unreadable"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused_by_its_name(table: str, text: str | bytes, code: str) -> None:
    with pytest.raises(Problem) as caught:
        read_export(document(), {table: text if isinstance(text, bytes) else text.encode()})
    assert (caught.value.code, caught.value.field) == (code, table)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"format": NaN}', b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(Problem) as caught:
        read_export(body)
    assert (caught.value.code, caught.value.field) == ("takeover_document_unreadable", "export")


def test_the_same_table_twice_is_refused() -> None:
    with pytest.raises(Problem) as caught:
        read_export(document(payment_methods=[]), {"payment_methods": b"shop;ours\na;b"})
    assert caught.value.code == "takeover_table_twice"


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"surprise": 1}, "surprise"),
        ({"format": 2}, "format"),
        ({"external_numbers": [{"label": "a", "number": "b"}]}, "article_number"),
        ({"settings": {"orders.editor": "x", "orders.editor.name": "y"}}, "body"),
        ({"settings": {"orders.payments.rows": {}}, "payment_methods": [{"shop": "a", "ours": "b"}]}, "body"),
    ],
)
def test_what_is_wrong_in_the_document_is_named(more: dict[str, Any], named: str) -> None:
    with pytest.raises(RequestValidationError) as caught:
        read_export(document(**more))
    assert named in caught.value.errors()[0]["loc"]
    assert "ck_" not in str(caught.value.errors())


def test_a_cell_that_is_no_json_is_text() -> None:
    rows = b'name;value\na;true\nb;"[""x"", ""y""]"\nc;DHL Paket\nd;NaN\ne;007\n'
    assert read_export(document(), {"settings": rows}).settings == {
        "a": True, "b": ["x", "y"], "c": "DHL Paket", "d": "NaN", "e": "007"
    }  # fmt: skip
