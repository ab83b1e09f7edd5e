"""The platform's categories, what it asks of products of each, and the lists that values are taken from."""

from typing import Any

from services.sandbox.kaufland.errors import unheard_of

Row = dict[str, Any]
ROOT, HOUSEHOLD, CUPS, APRONS = 1, 34_000, 34_401, 34_402
NAMES = {
    ROOT: ("Root", ROOT),
    HOUSEHOLD: ("Haushalt", ROOT),
    CUPS: ("Becher", HOUSEHOLD),
    APRONS: ("Schürzen", HOUSEHOLD),
}
ATTRIBUTES = {
    1: ("title", "Titel", False, False, "Text"),
    2: ("description", "Beschreibung", False, False, "Text"),
    3: ("picture", "Bild", True, False, "Picture"),
    4: ("manufacturer", "Hersteller", False, True, "Company"),
    5: ("material", "Material", False, True, "Enum"),
    6: ("color", "Farbe", True, True, "Enum"),
    7: ("capacity", "Fassungsvermögen", False, False, "Number"),
    8: ("size", "Größe", False, False, "Text"),
}
ALWAYS = (1, 2, 3, 4)
REQUIRED = {CUPS: (*ALWAYS, 5), APRONS: (*ALWAYS, 8)}
OPTIONAL = {CUPS: (6, 7), APRONS: (5, 6)}
COLOURS = ("Rot", "Blau", "Grün", *(f"Farbton {n}" for n in range(1, 121)))
SHARED = {5: ("Emaille", "Holz", "Ton", "Baumwolle"), 6: COLOURS}
"""Of manufacturers there are too many to list: any name is one."""
FIRMS = tuple(f"Firma {n}" for n in range(1, 1301))


def category(id: int) -> Row:
    """Raises ApiError for one that does not exist."""
    if id not in NAMES:
        raise unheard_of("The category")
    name, parent = NAMES[id]
    return {
        "name": name.lower(), "title_singular": name, "title_plural": name, "level": float(_level(id)),
        "url": f"/{name.lower()}/", "is_leaf": id in REQUIRED, "id_category": id, "id_parent_category": parent,
        "shipping_category": "D", "variable_fee": 11.0, "fixed_fee": 0.0, "vat": 19.0,
    }  # fmt: skip


def tree(id: int = ROOT) -> Row:
    row = {name: value for name, value in category(id).items() if name != "is_leaf"}
    children = [one for one, (_, parent) in NAMES.items() if parent == id and one != id]
    return row | {"children": [tree(one) for one in children]}


def attribute(id: int) -> Row:
    name, title, multiple, shared, kind = ATTRIBUTES[id]
    return {
        "id": id, "name": name, "is_multiple": multiple, "is_sharedset": shared, "explanation": title,
        "seller_instructions": "", "title": title, "type": kind,
    }  # fmt: skip


def shared_set(id: int) -> list[Row]:
    return [{"label": one, "value": one} for one in (FIRMS if id == 4 else SHARED.get(id, ()))]


def decided(title: str) -> int | None:
    """The category that a title sounds like; None where it says nothing."""
    if len(title.strip()) < 3:
        return None
    return APRONS if "schürze" in title.lower() else CUPS


def _level(id: int) -> int:
    return 0 if id == ROOT else 1 + _level(NAMES[id][1])
