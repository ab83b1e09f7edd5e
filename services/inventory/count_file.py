"""Stock uploads as CSV files, as spreadsheets and warehouse programs in Germany and elsewhere write them."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from shared.chassis.problems import Problem

DecimalMark = Literal[",", "."]
HEADERS = {
    "article_number": ("articlenumber", "article", "artikelnummer", "artikelnr", "artikel", "artnr", "sku", "number"),
    "warehouse": ("warehouse", "lager", "lagername", "lagerort", "lagernummer", "location"),
    "quantity": ("quantity", "qty", "stock", "menge", "bestand", "lagerbestand", "anzahl", "stueck", "stück"),
    "counted_at": ("countedat", "counted", "timestamp", "gezähltam", "gezaehltam", "zeitpunkt", "stichtag", "stand"),
    "meaning": ("meaning", "kind", "bedeutung", "art", "bestandsart"),
    "reason": ("reason", "grund", "bemerkung", "note"),
}
MEANINGS = {
    "physical": "physical", "physisch": "physical", "real": "physical",
    "available": "available", "verfügbar": "available", "verfuegbar": "available",
}  # fmt: skip
_THOUSANDS = re.compile(r"-?\d{1,3}([.,]\d{3})+")


def read_count_file(body: bytes, decimal_mark: DecimalMark | None = None) -> list[dict[str, str]]:
    """The file's rows by our field names, quantities with a point. Raises a 422 problem without a usable header."""
    return [_row(row, decimal_mark) for row in read_table(body, HEADERS, needed=("article_number", "quantity"))]


def read_table(body: bytes, headers: Mapping[str, Sequence[str]], *, needed: Sequence[str]) -> list[dict[str, str]]:
    """A file's rows by our names of its columns; columns that `headers` does not know are left out.

    Separated by semicolon, comma or tab; UTF-8 or Windows-1252. Raises a 422 problem when a column is `needed` and is
    not there exactly once.
    """
    names = {spelling: name for name, spellings in headers.items() for spelling in spellings}
    text = _decoded(body)
    head = text.split("\n", 1)[0]
    delimiter = max((";", "\t", ","), key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [names.get(_key(cell), "") for cell in next(reader, [])]
        rows = [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise Problem(422, "count_file_unreadable", detail=str(error)) from error
    for one in needed:
        if header.count(one) != 1:
            known = ", ".join(headers[one])
            raise Problem(422, "count_file_column", field=one, column=one, known=known, header=head[:200])
    return [{name: cell for name, cell in zip(header, row, strict=False) if name} for row in rows]


def _row(row: dict[str, str], mark: DecimalMark | None) -> dict[str, str]:
    row["quantity"] = number(row.get("quantity", ""), mark)
    if "meaning" in row:
        row["meaning"] = MEANINGS.get(row["meaning"].strip().lower(), row["meaning"])
    if "counted_at" in row:
        row["counted_at"] = row["counted_at"].strip()
    return row


def number(text: str, mark: DecimalMark | None = None) -> str:
    """A number with a decimal point, or the text as it is where it could mean two things.

    "1.234" and "1,234" can be a thousand or one and a bit: only the stated decimal mark settles it.
    """
    text = text.strip().replace("\u00a0", "").replace("'", "")
    if mark is None:
        if "," in text and "." in text:
            mark = "," if text.rfind(",") > text.rfind(".") else "."
        elif _THOUSANDS.fullmatch(text):
            return f"{text}?"
        else:
            return text.replace(",", ".")
    thousands = "." if mark == "," else ","
    if thousands in text and not _THOUSANDS.fullmatch(text.split(mark, 1)[0]):
        return f"{text}?"
    return text.replace(thousands, "").replace(mark, ".")


def _key(cell: str) -> str:
    return re.sub(r"[\s_.\-]", "", cell).lower()


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")
