"""Categories, tags, brands and global attributes of one shop."""

import itertools
import re
from html import escape
from typing import Any

from services.sandbox.woocommerce.errors import RestError

Row = dict[str, Any]
KINDS = ("categories", "tags", "brands")
UNSORTED = 14
"""Where the shop puts a product that is put nowhere."""


class Terms:
    """Names are kept as WordPress keeps them, with `&` written out."""

    def __init__(self) -> None:
        self._next = itertools.count(101).__next__
        self.rows: dict[str, dict[int, Row]] = {kind: {} for kind in KINDS}
        for id, name, parent in ((UNSORTED, "Unsortiert", 0), (15, "Kramladen", 0), (16, "Küche & Tisch", 15)):
            self.rows["categories"][id] = self._row(id, name, parent)
        self.attributes: dict[int, Row] = {}

    def add(self, kind: str, given: Row) -> Row:
        name = given.get("name")
        if not isinstance(name, str) or not name.strip():
            raise RestError("rest_missing_callback_param", "Missing parameter(s): name", 400, params=["name"])
        parent = given.get("parent", 0) if kind == "categories" else 0
        if parent and parent not in self.rows[kind]:
            raise RestError("woocommerce_rest_term_invalid", "Parent resource does not exist.", 404)
        for row in self.rows[kind].values():
            if (row["name"].lower(), row.get("parent", 0)) == (_kept(name).lower(), parent):
                where = "with this parent" if kind == "categories" else "in this taxonomy"
                message = f"A term with the name provided already exists {where}."
                raise RestError("term_exists", message, 400, resource_id=row["id"])
        made = self._row(self._next(), name, parent)
        self.rows[kind][made["id"]] = made
        return made

    def _row(self, id: int, name: str, parent: int) -> Row:
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        return {"id": id, "name": _kept(name), "slug": slug, "parent": parent, "description": "", "count": 0}

    def attribute(self, name: str) -> Row:
        """The global attribute of that name; made where there is none, as the merchant would."""
        for row in self.attributes.values():
            if row["name"] == name:
                return row
        id = len(self.attributes) + 1
        row = {"id": id, "name": name, "slug": f"pa_{name.lower()}", "type": "select", "order_by": "menu_order",
               "has_archives": False}  # fmt: skip
        self.attributes[id] = row
        return row

    def path(self, id: int) -> str:
        """A category's names from the top of the tree, as people write them."""
        names: list[str] = []
        while id in self.rows["categories"]:
            row = self.rows["categories"][id]
            names.insert(0, row["name"].replace("&amp;", "&"))
            id = row["parent"]
        return " > ".join(names)


def _kept(name: str) -> str:
    return escape(name.strip(), quote=False)
