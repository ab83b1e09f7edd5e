"""What OTTO asks of products: groups of categories with attributes, brands, and the seller's shipping profiles."""

from typing import Any

# Name, type, relevance, mandatory by law, several values, the only values, suggested values, unit.
Definition = tuple[str, str, str, bool, bool, tuple[str, ...], tuple[str, ...], str]
ATTRIBUTES: tuple[Definition, ...] = (
    ("Farbe", "STRING", "HIGH", False, False, (), ("rot", "blau", "grün", "weiß"), ""),
    ("Material", "STRING", "HIGH", True, True, ("Ton", "Holz", "Glas", "Baumwolle"), (), ""),
    ("Inhalt", "FLOAT", "MEDIUM", False, False, (), (), "l"),
    ("Anzahl Teile", "INTEGER", "LOW", False, False, (), (), ""),
    ("Besondere Merkmale", "STRING", "LOW", False, True, (), (), ""),
)
THEMES = ("Farbe", "Inhalt")
GROUPS: dict[str, tuple[tuple[str, ...], tuple[Definition, ...], tuple[str, ...]]] = {
    "Geschirr": (("Becher", "Teller"), ATTRIBUTES, THEMES),
    # A group may be named as a category of another one is.
    "Becher": (("Thermobecher",), ATTRIBUTES[:3], ("Farbe",)),
    "Wohnaccessoires": (("Haushaltswaren", "Kerze", "Vase"), ATTRIBUTES[:1], ("Farbe",)),
}
BRANDS = (("KRAMLADEN", "Kramladen", True), ("B-TOEPFEREI", "Töpferei Nord", True), ("B-NOBEL", "Nobelmarke", False))
PROFILES = (
    ("7c8a5f0e-8d3b-4f6a-9a41-2f0d6b1c9e11", "Paket, zwei Tage", "PARCEL", 1, 2),
    ("1b6f3c52-5a0e-4f0f-8a70-64e6c6c3b0a4", "Spedition", "FORWARDER_CURBSIDE", 5, 10),
)


def groups() -> list[dict[str, Any]]:
    """All groups of categories."""
    return [
        {
            "categoryGroup": group,
            "categories": list(categories),
            "variationThemes": list(themes),
            "title": "Marke + Produktlinie + Kategorie",
            "attributes": [_definition(*one) for one in attributes],
            "additionalRequirements": [],
            "lastModified": "2026-06-18T06:12:36.123Z",
        }
        for group, (categories, attributes, themes) in GROUPS.items()
    ]


def _definition(
    name: str, type: str, relevance: str, legal: bool, several: bool, only: tuple[str, ...],
    suggested: tuple[str, ...], unit: str,
) -> dict[str, Any]:  # fmt: skip
    found: dict[str, Any] = {
        "name": name, "attributeGroup": "Produktdetails", "type": type, "multiValue": several, "relevance": relevance,
        "featureRelevance": ["LEGAL"] if legal else ["FILTER"], "allowedValues": list(only),
        "recommendedValues": list(suggested), "exampleValues": [], "description": f"{name} des Artikels",
    }  # fmt: skip
    return found | ({"unit": unit, "unitDisplayName": unit} if unit else {})


def group_of(category: str) -> dict[str, Any] | None:
    """The group that a category belongs to."""
    return next((one for one in groups() if category in one["categories"]), None)


def brands() -> list[dict[str, Any]]:
    """Brands that are known, and whether the seller may use them."""
    return [{"id": id, "name": name, "usable": usable} for id, name, usable in BRANDS]


def profiles() -> list[dict[str, Any]]:
    """How the seller ships: a profile for each way."""
    return [
        {
            "shippingProfileId": id,
            "shippingProfileName": name,
            "workingDays": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
            "orderCutoff": "12:00",
            "deliveryType": type,
            "defaultProcessingTime": processing,
            "transportTime": transport,
        }
        for id, name, type, processing, transport in PROFILES
    ]
