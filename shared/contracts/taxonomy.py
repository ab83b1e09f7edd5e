"""What a channel wants to know of a product, in its own words: categories, attributes, lists of values."""

from typing import Literal

from shared.contracts.model import Contract

Requirement = Literal["required", "recommended", "optional"]
Role = Literal["", "category", "number", "ean", "title", "description", "variant_group", "brand"]


class TaxonomyCategory(Contract):
    """One category; `parent_code` is empty at the top."""

    code: str
    label: str
    parent_code: str = ""


class TaxonomyAttribute(Contract):
    """One thing that is asked of the products of a category and of all below it; of all products without a category.

    `role` says that it is something every article has. `list_code` names the list its values are taken from;
    `multiple`: several of them; `suggested`: others are taken, too. `shortest` and `longest` count characters.
    """

    code: str
    label: str
    category_code: str = ""
    requirement: Requirement = "optional"
    kind: Literal["text", "integer", "decimal", "other"] = "text"
    list_code: str = ""
    multiple: bool = False
    suggested: bool = False
    shortest: int = 0
    longest: int | None = None
    variant: bool = False
    role: Role = ""


class TaxonomyValue(Contract):
    """One value of a list."""

    list_code: str
    code: str
    label: str


class Taxonomy(Contract):
    """All of it, as it is now. `leaves_only`: products belong to categories without others below them.
    `separator` stands between several values."""

    categories: tuple[TaxonomyCategory, ...]
    attributes: tuple[TaxonomyAttribute, ...]
    values: tuple[TaxonomyValue, ...] = ()
    leaves_only: bool = False
    separator: str = "|"
