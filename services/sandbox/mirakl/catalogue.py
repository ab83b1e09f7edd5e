"""What the operator asks of products: H11, PM11 and VL11, and what a product file comes to."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.sandbox.mirakl.errors import Refusal
from services.sandbox.mirakl.options import Options
from services.sandbox.mirakl.times import seconds

HIERARCHIES = (
    ("HOME", "Haus und Garten", 1, ""),
    ("KITCHEN", "Küche", 2, "HOME"),
    ("MUGS", "Becher", 3, "KITCHEN"),
    ("GARDEN", "Garten", 2, "HOME"),
)
LISTS = {
    "COLOURS": {"C-RED": "Rot", "C-BLUE": "Blau", "C-GREEN": "Grün"},
    "MATERIALS": {"M-CLAY": "Ton", "M-WOOD": "Holz"},
}
# Code, label, category ("" for all), requirement, type, parameters, validations, role.
ATTRIBUTES: tuple[tuple[str, str, str, str, str, dict[str, str], str, str], ...] = (
    ("category", "Kategorie", "", "REQUIRED", "TEXT", {}, "", "CATEGORY"),
    ("shop_sku", "Artikelnummer", "", "REQUIRED", "TEXT", {}, "", "SHOP_SKU"),
    ("title", "Titel", "", "REQUIRED", "TEXT", {}, "MIN_LENGTH|3, MAX_LENGTH|40", "TITLE"),
    ("ean", "EAN", "", "RECOMMENDED", "TEXT", {}, "", "EAN"),
    ("colour", "Farbe", "KITCHEN", "REQUIRED", "LIST", {"LIST_CODE": "COLOURS"}, "", ""),
    ("material", "Werkstoff", "MUGS", "OPTIONAL", "LIST_MULTIPLE_VALUES", {"LIST_CODE": "MATERIALS"}, "", ""),
    ("volume", "Inhalt", "MUGS", "REQUIRED", "DECIMAL", {}, "", ""),
    ("description", "Beschreibung", "", "OPTIONAL", "LONG_TEXT", {}, "MAX_LENGTH|2000", "DESCRIPTION"),
    ("group", "Variantengruppe", "", "OPTIONAL", "TEXT", {}, "", "VARIANT_GROUP_CODE"),
    ("teaser", "Kurztext", "", "OPTIONAL", "TEXT", {}, "", ""),
    ("brand", "Marke", "", "OPTIONAL", "TEXT", {}, "", ""),
    ("mpn", "Herstellernummer", "", "OPTIONAL", "TEXT", {}, "", ""),
    ("unit", "Einheit", "", "OPTIONAL", "TEXT", {}, "", ""),
    ("weight", "Gewicht in g", "", "OPTIONAL", "DECIMAL", {}, "", ""),
    ("length", "Länge in mm", "", "OPTIONAL", "DECIMAL", {}, "", ""),
    ("width", "Breite in mm", "", "OPTIONAL", "DECIMAL", {}, "", ""),
    ("height", "Höhe in mm", "", "OPTIONAL", "DECIMAL", {}, "", ""),
    ("image", "Bild", "", "OPTIONAL", "MEDIA", {}, "", ""),
    ("image_2", "Zweites Bild", "", "OPTIONAL", "MEDIA", {}, "", ""),
    ("legacy", "Früher", "MUGS", "DISABLED", "TEXT", {}, "", ""),
)
SEPARATOR = "|"


def hierarchies() -> dict[str, Any]:
    """H11."""
    rows = [
        {"code": code, "label": label, "label_translations": [], "level": level, "parent_code": parent}
        for code, label, level, parent in HIERARCHIES
    ]
    return {"hierarchies": rows}


def attributes() -> dict[str, Any]:
    """PM11."""
    return {"attributes": [_attribute(*row) for row in ATTRIBUTES]}


def _attribute(
    code: str, label: str, category: str, level: str, type: str, parameters: dict[str, str], checks: str, role: str
) -> dict[str, Any]:
    return {
        "code": code,
        "label": label,
        "label_translations": [],
        "description": None,
        "description_translations": [],
        "hierarchy_code": category or None,
        "required": level == "REQUIRED",
        "requirement_level": level,
        "roles": [{"type": role, "parameters": []}] if role else [],
        "type": type,
        "type_parameter": None,
        "type_parameters": [{"name": name, "value": value} for name, value in parameters.items()],
        "validations": checks or None,
        "variant": False,
        "channels": [],
    }


def lists() -> dict[str, Any]:
    """VL11."""
    return {
        "values_lists": [
            {
                "code": code,
                "label": code,
                "label_translations": [],
                "values": [{"code": one, "label": label, "label_translations": []} for one, label in values.items()],
            }
            for code, values in LISTS.items()
        ]
    }


@dataclass
class ProductImport:
    """Sources are checked soon; whether the operator takes a product he says at the end."""

    id: int
    created_at: datetime
    seconds: float
    header: list[str]
    rows: list[dict[str, str]]
    wrong: dict[int, str]
    refused: dict[int, str] = field(default_factory=dict)

    def state(self, now: datetime) -> str:
        share = (now - self.created_at) / timedelta(seconds=self.seconds)
        steps = ((0.1, "TRANSFORMATION_WAITING"), (0.2, "TRANSFORMATION_RUNNING"), (0.3, "RUNNING"), (1.0, "SENT"))
        return next((name for until, name in steps if share < until), "COMPLETE")

    def shown(self, shop_id: int, now: datetime) -> dict[str, Any]:
        """P42."""
        state = self.state(now)
        checked, judged = state in ("SENT", "COMPLETE"), state == "COMPLETE"
        return {
            "import_id": self.id,
            "shop_id": shop_id,
            "date_created": seconds(self.created_at),
            "import_status": state,
            "has_error_report": judged and bool(self.refused),
            "has_new_product_report": judged and len(self.rows) > len(self.wrong) + len(self.refused),
            "has_transformation_error_report": checked and bool(self.wrong),
            "has_transformed_file": checked,
            "transform_lines_read": len(self.rows) if checked else 0,
            "transform_lines_in_success": len(self.rows) - len(self.wrong) if checked else 0,
            "transform_lines_in_error": len(self.wrong) if checked else 0,
            "transform_lines_with_warning": 0,
        }

    def source_errors(self, delimiter: str) -> str:
        """P47: the rows as they were sent, with what is wrong."""
        rows = [{**self.rows[place], "errors": reason} for place, reason in self.wrong.items()]
        return _written([*self.header, "errors"], rows, delimiter)

    def refusals(self, delimiter: str) -> str:
        """P44: the seller's numbers and the operator's words."""
        rows = [{"shop_sku": number(self.rows[place]), "error": reason} for place, reason in self.refused.items()]
        return _written(["shop_sku", "error"], rows, delimiter)


def number(row: dict[str, str]) -> str:
    return row.get("shop_sku") or row.get("number") or ""


def take(
    text: str, id: int, now: datetime, options: Options, *, operator_format: bool, delimiter: str
) -> ProductImport:
    """P41."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter)
    rows = [{name: value or "" for name, value in row.items() if name} for row in reader]
    if not rows:
        raise Refusal(400, "The file is empty")
    check = _wrong if operator_format else _unmapped
    wrong = {place: reason for place, row in enumerate(rows) if (reason := check(row, options))}
    taste = dict(options.refused_products)
    refused = {
        place: taste[number(row)] for place, row in enumerate(rows) if place not in wrong and number(row) in taste
    }
    return ProductImport(id, now, options.product_seconds, list(reader.fieldnames or ()), rows, wrong, refused)


def _unmapped(row: dict[str, str], options: Options) -> str:
    """Columns of the shop's own: what he did not map in the operator's wizard is not imported."""
    if row.get("category") not in options.mapped_categories:
        return f"The category '{row.get('category')}' is not mapped"
    return ""


def _wrong(row: dict[str, str], options: Options) -> str:
    above = _above(row.get("category", ""))
    if not above:
        return f"The category '{row.get('category')}' does not exist"
    if any(parent == above[0] for _, _, _, parent in HIERARCHIES):
        return f"The category '{above[0]}' is not a leaf"
    problems = []
    for code, label, category, level, type, parameters, _, _ in ATTRIBUTES:
        if category and category not in above:
            continue
        value = row.get(code, "")
        if level == "REQUIRED" and not value:
            problems.append(f"The attribute '{label}' ({code}) is required")
        for word in value.split(SEPARATOR) if value and type.startswith("LIST") else ():
            if word not in LISTS[parameters["LIST_CODE"]]:
                problems.append(f"The value '{word}' of '{label}' ({code}) is not in the list")
    return ", ".join(problems)


def _above(code: str) -> list[str]:
    parents = {one: parent for one, _, _, parent in HIERARCHIES}
    path = []
    while code in parents:
        path.append(code)
        code = parents[code]
    return path


def _written(header: Sequence[str], rows: Sequence[dict[str, str]], delimiter: str) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, header, "", delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
