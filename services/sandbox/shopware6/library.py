"""What products refer to: taxes, units, makers, categories, tags, properties, definitions of custom fields, media.

A row holds what hangs on it, so that a search may filter through it.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.sandbox.shopware6.values import DEFAULT_LANGUAGE, hexid, stamp

Row = dict[str, Any]

ROOT = "Kramladen"
LANGUAGES = (("de-DE", "Deutsch"), ("en-GB", "English"), ("fr-FR", "Français"))
"""The first one is the shop's own."""
TAXES = (("Standardsatz", Decimal("0.19")), ("Ermäßigter Satz", Decimal("0.07")), ("Ohne Steuer", Decimal(0)))
DELIVERY_TIMES = (
    ("1-3 Tage", 1, 3, "day"),
    ("2-3 Tage", 2, 3, "day"),
    ("2-5 Tage", 2, 5, "day"),
    ("1-2 Wochen", 1, 2, "week"),
)
RULES = ("Alle Kunden", "Händler", "Stammkunden")
"""What customers' prices may depend on, by name."""
UNITS = (("Stk.", "Stück"), ("l", "Liter"), ("kg", "Kilogramm"))
CUSTOM_FIELDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("pflege_hinweis", "text", {"customFieldType": "text"}),
    ("pflege_text", "html", {"customFieldType": "textEditor"}),
    ("spuelfest", "bool", {"customFieldType": "switch"}),
    ("garantie_monate", "int", {"customFieldType": "number", "numberType": "int"}),
    ("fuellmenge", "float", {"customFieldType": "number", "numberType": "float"}),
    ("lieferbar_ab", "datetime", {"customFieldType": "date", "dateType": "datetime"}),
    ("guete", "select", {
        "customFieldType": "select", "componentName": "sw-single-select",
        "options": [{"value": "a", "label": {"de-DE": "Erste Wahl"}}, {"value": "b", "label": {"de-DE": "Zweite"}}],
    }),
    ("siegel", "select", {
        "customFieldType": "select", "componentName": "sw-multi-select",
        "options": [{"value": "bio", "label": {"de-DE": "Bio"}}, {"value": "fair", "label": {"de-DE": "Fair"}}],
    }),
)  # fmt: skip
"""Name, the type that the shop checks, and how its administration shows it."""
OF_CUSTOMERS = "lieblingsfarbe"
"""A custom field that products do not have."""


class Library:
    """All rows by entity and id. Names are compared as the database does: capital letters are the same."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.rows: dict[str, dict[str, Row]] = {}
        self.sources: dict[str, str] = {}
        """Where the file of each medium was taken from."""
        self._languages()
        for position, (name, rate) in enumerate(TAXES, 1):
            self.put("tax", hexid("tax", rate), name=name, taxRate=rate * 100, position=position)
        for short, name in UNITS:
            self.put("unit", hexid("unit", name), shortCode=short, name=name)
        for name, least, most, unit in DELIVERY_TIMES:
            self.put("delivery_time", hexid("delivery time", name), name=name, min=least, max=most, unit=unit)
        root = self.category([ROOT])
        for name in (ROOT, "Großhandel"):
            id = hexid("channel") if name == ROOT else hexid("channel", name)
            self.put("sales_channel", id, name=name, active=True, navigationCategoryId=root["id"])
        self._fields()
        for name, kind in (("Produktseite", "product_detail"), ("Werkstatt", "product_detail"), ("Start", "page")):
            self.put("cms_page", hexid("page", name), name=name, type=kind, locked=False)
        folder = self.put("media_folder", hexid("folder", "product"), name="Product Media", parentId=None)
        self.put("media_folder", hexid("folder", "Warenwirtschaft"), name="Warenwirtschaft", parentId=None)
        self.put("media_default_folder", hexid("default folder", "product"), entity="product", folder=folder)

        for name in RULES:
            self.put("rule", hexid("rule", name), name=name, priority=1, invalid=False)

    def _languages(self) -> None:
        for place, (code, name) in enumerate(LANGUAGES):
            id = hexid("language", code) if place else DEFAULT_LANGUAGE
            locale = self.put("locale", hexid("locale", code), code=code, name=name, territory=code[3:])
            self.put("language", id, name=name, localeId=locale["id"], locale=locale)

    def _fields(self) -> None:
        owners = (("product", CUSTOM_FIELDS), ("customer", ((OF_CUSTOMERS, "text", {"customFieldType": "text"}),)))
        for entity, fields in owners:
            id = hexid("custom field set", entity)
            relation = {"id": hexid("relation", id), "customFieldSetId": id, "entityName": entity}
            held = self.put("custom_field_set", id, name=f"kramladen_{entity}", active=True, relations=[relation])
            for name, kind, config in fields:
                self.put(
                    "custom_field", hexid("custom field", name),
                    name=name, type=kind, config=config, active=True, customFieldSetId=id, customFieldSet=held,
                )  # fmt: skip

    def all(self, entity: str) -> dict[str, Row]:
        return self.rows.setdefault(entity, {})

    def put(self, entity: str, id: str, /, **fields: Any) -> Row:
        """A row made or changed."""
        held = self.all(entity).get(id)
        if held is None:
            held = self.all(entity)[id] = {"id": id, "createdAt": stamp(self._clock()), "updatedAt": None}
        else:
            held["updatedAt"] = stamp(self._clock())
        held |= fields
        if "name" in held and entity not in (
            "tag",
            "tax",
            "language",
            "media_folder",
            "custom_field",
            "custom_field_set",
            "rule",
        ):
            held["translated"] = {"name": held["name"], "customFields": []}
        if entity == "category":
            self._placed(held)
        return held

    def category(self, path: list[str]) -> Row:
        """A category with those above it."""
        above = self.category(path[:-1])["id"] if path[1:] else None
        id = hexid("category", *path)
        return self.all("category").get(id) or self.put("category", id, name=path[-1], parentId=above, active=True)

    def _placed(self, row: Row) -> None:
        above = self.all("category").get(row.get("parentId") or "")
        row.setdefault("parentId", None)
        row["level"] = above["level"] + 1 if above else 1
        row["breadcrumb"] = [*(above["breadcrumb"] if above else ()), row["name"]]
        row["translated"] |= {"breadcrumb": row["breadcrumb"]}

    def manufacturer(self, name: str) -> Row:
        return self.put("product_manufacturer", hexid("manufacturer", name), name=name)

    def option(self, group: str, name: str) -> Row:
        """One value of a property, with its group."""
        held = self.put("property_group", hexid("group", group), name=group, filterable=True, displayType="text")
        id = hexid("option", group, name)
        return self.put("property_group_option", id, name=name, groupId=held["id"], group=held, position=1)
