"""The tree of categories of a marketplace, what is asked in each leaf, and which leaf may fit some words."""

from dataclasses import dataclass
from typing import Any

from services.sandbox.ebay.errors import taxonomy

TREES = {"EBAY_DE": "77", "EBAY_AT": "16", "EBAY_GB": "3"}
VERSION = "125"


@dataclass(frozen=True)
class Aspect:
    """One item specific. `chosen`: only one of the values is taken, else they are suggestions."""

    name: str
    values: tuple[str, ...] = ()
    required: bool = False
    chosen: bool = False
    multiple: bool = False
    varies: bool = False
    recommended: bool = False
    kind: str = "STRING"
    longest: int = 65

    def body(self) -> dict[str, Any]:
        return {
            "localizedAspectName": self.name,
            "aspectConstraint": {
                "aspectDataType": self.kind,
                "itemToAspectCardinality": "MULTI" if self.multiple else "SINGLE",
                "aspectMode": "SELECTION_ONLY" if self.chosen else "FREE_TEXT",
                "aspectRequired": self.required,
                "aspectUsage": "RECOMMENDED" if self.required or self.recommended else "OPTIONAL",
                "aspectEnabledForVariations": self.varies,
                "aspectApplicableTo": ["PRODUCT"],
                "aspectMaxLength": self.longest,
            },
            "aspectValues": [{"localizedValue": one} for one in self.values],
        }


@dataclass(frozen=True)
class Category:
    id: str
    name: str
    below: "tuple[Category, ...]" = ()
    aspects: tuple[Aspect, ...] = ()

    def body(self, level: int) -> dict[str, Any]:
        found: dict[str, Any] = {
            "category": {"categoryId": self.id, "categoryName": self.name},
            "categoryTreeNodeLevel": level,
        }
        if not self.below:
            return found | {"leafCategoryTreeNode": True}
        return found | {"childCategoryTreeNodes": [one.body(level + 1) for one in self.below]}


BRAND = Aspect("Marke", ("Markenlos", "Kramladen"), required=True)
COLOUR = Aspect("Farbe", ("Rot", "Blau", "Grün", "Mehrfarbig"), varies=True, multiple=True, recommended=True)
ROOT = Category(
    "0",
    "Root",
    (
        Category(
            "11700",
            "Möbel & Wohnen",
            (
                Category(
                    "20625",
                    "Kochen & Genießen",
                    (
                        Category(
                            "20696",
                            "Becher & Tassen",
                            aspects=(
                                BRAND,
                                Aspect("Produktart", ("Becher", "Tasse"), required=True, chosen=True),
                                COLOUR,
                                Aspect("Fassungsvermögen", ("300 ml", "500 ml")),
                                Aspect("Anzahl der Einheiten", kind="NUMBER"),
                                Aspect("Maßeinheit", ("Stück", "Paar")),
                                Aspect("Herstellungsland und -region", ("Deutschland", "Italien"), chosen=True),
                            ),
                        ),
                        Category("20697", "Teller", aspects=(BRAND, COLOUR)),
                    ),
                ),
                Category("30120", "Sonstige", aspects=()),
            ),
        ),
        Category(
            "11450",
            "Kleidung & Accessoires",
            (
                Category(
                    "15687",
                    "T-Shirts",
                    aspects=(
                        BRAND,
                        Aspect("Größe", ("S", "M", "L", "XL"), required=True, varies=True),
                        Aspect("Farbe", ("Rot", "Blau"), required=True, varies=True),
                    ),
                ),
            ),
        ),
    ),
)


def leaf(id: str) -> Category | None:
    """The category, where nothing lies below it."""
    found = _paths(ROOT, ()).get(id)
    return found[-1] if found and not found[-1].below else None


def tree(id: str) -> dict[str, Any]:
    """Raises ApiError for a tree that no marketplace has."""
    markets = [market for market, one in TREES.items() if one == id]
    if not markets:
        raise taxonomy(62004, "The specified category tree ID was not found.", 404)
    return {
        "categoryTreeId": id,
        "categoryTreeVersion": VERSION,
        "applicableMarketplaceIds": markets,
        "rootCategoryNode": ROOT.body(0),
    }


def aspects(tree_id: str, category: str) -> list[dict[str, Any]]:
    """Raises ApiError for a category that is not there, or has others below it."""
    tree(tree_id)
    path = _paths(ROOT, ()).get(category)
    if path is None:
        raise taxonomy(62005, "The specified category ID does not belong to specified category tree.")
    if category == ROOT.id:
        raise taxonomy(62008, "The specified category ID is the root for the category tree.")
    if path[-1].below:
        raise taxonomy(62009, "The specified category ID must be a leaf category.")
    return [one.body() for one in path[-1].aspects]


def suggestions(tree_id: str, words: str) -> list[dict[str, Any]]:
    """Leaves whose name shares the beginning of a word with what was asked, the closest first."""
    tree(tree_id)
    asked = {word.lower()[:4] for word in words.split() if len(word) > 3}
    found = []
    for path in _paths(ROOT, ()).values():
        own = {word.lower()[:4] for word in path[-1].name.replace("-", " ").split()}
        if not path[-1].below and asked & own:
            found.append((len(asked & own), path))
    return [_suggested(path) for _, path in sorted(found, key=lambda one: -one[0])]


def _suggested(path: tuple[Category, ...]) -> dict[str, Any]:
    above = [
        {"categoryId": one.id, "categoryName": one.name, "categoryTreeNodeLevel": level}
        for level, one in enumerate(path[:-1])
    ]
    return {
        "category": {"categoryId": path[-1].id, "categoryName": path[-1].name},
        "categoryTreeNodeLevel": len(path) - 1,
        "categoryTreeNodeAncestors": above[::-1],
    }


def _paths(at: Category, above: tuple[Category, ...]) -> dict[str, tuple[Category, ...]]:
    found = {at.id: (*above, at)}
    for one in at.below:
        found |= _paths(one, (*above, at))
    return found
