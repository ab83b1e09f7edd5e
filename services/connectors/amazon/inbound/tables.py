"""Reports are tables in plain text: a row of names, then values, with tabs between them."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Literal

from shared.contracts.errors import Untranslatable

DATES = ("%d.%m.%Y %H:%M:%S %Z", "%Y-%m-%d %H:%M:%S %Z", "%m/%d/%Y", "%d.%m.%Y", "%d-%b-%Y")


def table(content: bytes, *needed: str, mark: str = "\t") -> Iterator[dict[str, str]]:
    """The rows by their columns' names, blanks taken off; with commas between them, values may be quoted.

    Raises Untranslatable where a needed column is missing.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Tables are told in the encoding of their marketplace, which nowhere is named.
        text = content.decode("cp1252", "replace")
    quoting: Literal[0, 3] = csv.QUOTE_NONE if mark == "\t" else csv.QUOTE_MINIMAL
    lines = csv.reader(text.splitlines(), delimiter=mark, quoting=quoting)
    names = [name.strip() for name in next(lines, [])]
    for name in needed:
        if name not in names:
            raise Untranslatable(f"The report has no column {name}", code="value_missing", field=name)
    for cells in lines:
        if any(cell.strip() for cell in cells):
            row = dict.fromkeys(names, "")
            yield row | {name: cell.strip() for name, cell in zip(names, cells, strict=False)}


def amount(text: str, field: str) -> Decimal:
    """A sum in the marketplace's own way of writing: 1234.50, 1.234,50 or 1234,50. Three digits behind a mark are
    thousands. Raises Untranslatable for anything else."""
    head, mark, tail = text.rpartition("," if text.rfind(",") > text.rfind(".") else ".")
    whole, cents = (head, tail) if mark and len(tail) != 3 else (text, "")
    plain = whole.replace(",", "").replace(".", "").replace(" ", "")
    try:
        found = Decimal(f"{plain}.{cents}" if cents else plain)
    except InvalidOperation:
        raise Untranslatable(f"{text} is no sum", code="wrong_type", field=field, value=text[:40]) from None
    if not found.is_finite() or abs(found) > Decimal("1e9"):
        raise Untranslatable(f"{text} is no sum", code="absurd_value", field=field, value=text[:40])
    return found


def pieces(text: str, field: str) -> int:
    """A whole number of pieces; 0 where none is told."""
    if text and not text.isdecimal():
        raise Untranslatable(f"{text} is no number of pieces", code="wrong_type", field=field, value=text[:40])
    return int(text or 0)


def moment(text: str, field: str) -> datetime:
    """A time in one of the ways in which reports write them, UTC. Raises Untranslatable for any other."""
    try:
        found = datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        found = _written(text, field)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _written(text: str, field: str) -> datetime:
    for form in DATES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise Untranslatable(f"{text} is no time", code="wrong_type", field=field, value=text[:40])
