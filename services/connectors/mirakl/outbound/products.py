"""The product file, and what the reports about it say."""

import csv
import io
from collections.abc import Collection, Mapping, Sequence

DELIMITERS = {"COMMA": ",", "SEMICOLON": ";"}


def product_file(rows: Sequence[Mapping[str, str]], delimiter: str) -> str:
    """One row per product; a column is there as soon as one of them has it."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(
        out, columns, "", delimiter=DELIMITERS.get(delimiter, ";"), quoting=csv.QUOTE_ALL, lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def refused_products(report: str, numbers: Collection[str]) -> dict[str, str]:
    """Which articles a report is about, and why. Operators name their columns as they like, so an article is known by
    its number, wherever it stands; a reason may be empty."""
    text = report.removeprefix("\ufeff")
    head = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") >= head.count(",") else ",")
    found: dict[str, str] = {}
    for row in rows:
        said = {name: value or "" for name, value in row.items() if isinstance(name, str)}
        reasons = [name for name in said if "error" in name.lower() and "line" not in name.lower()]
        own = [said[name] for name in said if name not in reasons and "line" not in name.lower()]
        for number in {value for value in own if value in numbers}:
            found[number] = found.get(number) or "; ".join(said[name] for name in reasons if said[name])
    return found
