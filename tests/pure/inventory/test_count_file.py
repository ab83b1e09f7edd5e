"""CSV files as spreadsheets and warehouse programs write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inventory.count_file import DecimalMark, number, read_count_file
from shared.chassis.problems import Problem


def test_a_german_spreadsheet_is_understood() -> None:
    text = "Artikel-Nr.;Lager;Bestand;Gezählt am;Bedeutung\nA 1;Haupt;1.234,5;2025-11-24T09:00:00Z;verfügbar\n"
    for body in (text.encode("utf-8-sig"), text.encode("cp1252"), text.replace("\n", "\r\n").encode()):
        assert read_count_file(body) == [
            {
                "article_number": "A 1", "warehouse": "Haupt", "quantity": "1234.5",
                "counted_at": "2025-11-24T09:00:00Z", "meaning": "available",
            }
        ]  # fmt: skip


def test_an_english_file_with_commas_and_unknown_columns_is_understood() -> None:
    body = b'sku,colour,qty,warehouse\n"A,1",red,"1,234.5",main\n'
    assert read_count_file(body) == [{"article_number": "A,1", "quantity": "1234.5", "warehouse": "main"}]


def test_blanks_around_an_article_number_stay() -> None:
    assert read_count_file(b"sku;menge\n A-1 ;3\n")[0]["article_number"] == " A-1 "


def test_empty_lines_are_no_rows() -> None:
    assert len(read_count_file(b"sku;menge\nA;3\n;\n\n")) == 1


@pytest.mark.parametrize("body", [b"", b"colour;menge\nred;3\n", b"sku;artikel;menge\nA;A;3\n", b"sku;lager\nA;x\n"])
def test_a_file_without_its_columns_is_refused_with_the_names_it_may_use(body: bytes) -> None:
    with pytest.raises(Problem) as refused:
        read_count_file(body)
    assert refused.value.code == "count_file_column"
    assert refused.value.params["known"]


@pytest.mark.parametrize(
    ("text", "mark", "result"),
    [
        ("5", None, "5"), ("12,5", None, "12.5"), ("12.5", None, "12.5"), ("-3", None, "-3"),
        ("1.234.567,8", None, "1234567.8"), ("1,234,567.8", None, "1234567.8"), ("1'234,5", None, "1234.5"),
        ("1.234", ",", "1234"), ("1.234", ".", "1.234"), ("1,234", ".", "1234"), ("1,234", ",", "1.234"),
    ],
)  # fmt: skip
def test_a_number_is_read_in_either_notation(text: str, mark: DecimalMark | None, result: str) -> None:
    assert number(text, mark) == result


@pytest.mark.parametrize("text", ["1.234", "1,234", "1.234.567"])
def test_a_number_that_may_be_a_thousand_or_one_and_a_bit_is_never_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="could not convert"):
        float(number(text))


@given(st.integers(0, 10**7), st.integers(0, 99), st.sampled_from([",", "."]))
def test_what_a_program_writes_is_what_we_read(whole: int, cents: int, mark: DecimalMark) -> None:
    thousands = "." if mark == "," else ","
    written = f"{whole:,}".replace(",", thousands) + f"{mark}{cents:02}"
    assert Decimal(number(written, mark)) == whole + Decimal(cents) / 100
