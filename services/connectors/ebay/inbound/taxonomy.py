"""eBay's categories and item specifics in our words.

What a listing is told besides its item specifics goes by names of ours that no item specific has.
"""

from collections.abc import Iterator, Sequence

from services.connectors.ebay import wire
from services.connectors.ebay.vocabulary import (
    BRAND,
    BRANDS,
    CONDITION,
    CONDITION_TEXT,
    CONDITIONS,
    DESCRIPTION,
    EAN,
    MPN,
    SEPARATOR,
    SUBTITLE,
    TITLE,
)
from shared.contracts.taxonomy import Taxonomy, TaxonomyAttribute, TaxonomyCategory, TaxonomyValue

SHARED = (
    TaxonomyAttribute(code=TITLE, label="Titel / Title", requirement="required", longest=80, role="title"),
    TaxonomyAttribute(code=DESCRIPTION, label="Beschreibung / Description", longest=500_000, role="description"),
    TaxonomyAttribute(code=SUBTITLE, label="Untertitel / Subtitle", longest=55),
    TaxonomyAttribute(code=CONDITION, label="Artikelzustand / Condition", list_code=CONDITION),
    TaxonomyAttribute(code=CONDITION_TEXT, label="Zustandsbeschreibung / Condition description", longest=1000),
    TaxonomyAttribute(code=EAN, label="EAN", role="ean"),
    TaxonomyAttribute(code=BRAND, label="Marke / Brand", longest=65, role="brand"),
    TaxonomyAttribute(code=MPN, label="Herstellernummer / MPN", longest=65),
)


def categories(tree: wire.Tree) -> Taxonomy:
    """The tree without its root, and what is asked in all of it."""
    return Taxonomy(
        categories=tuple(_nodes(tree.root_category_node)),
        attributes=SHARED,
        values=tuple(TaxonomyValue(list_code=CONDITION, code=code, label=label) for code, label in CONDITIONS.items()),
        leaves_only=True,
        separator=SEPARATOR,
    )


def category(code: str, aspects: Sequence[wire.Aspect]) -> Taxonomy:
    """What one category asks. Values of a free text are suggestions."""
    return Taxonomy(
        categories=(),
        attributes=tuple(_attribute(code, one) for one in aspects),
        values=tuple(
            TaxonomyValue(list_code=_list(code, one), code=value, label=value)
            for one in aspects
            for value in dict.fromkeys(each.localized_value for each in one.aspect_values)
            if value
        ),
        leaves_only=True,
        separator=SEPARATOR,
    )


def suggestion(raw: wire.Suggestion) -> TaxonomyCategory:
    """A category under its whole path, without the root."""
    above = [one.category_name for one in reversed(raw.category_tree_node_ancestors[:-1])]
    parent = raw.category_tree_node_ancestors[0].category_id if above else ""
    label = " > ".join([*above, raw.category.category_name])
    return TaxonomyCategory(code=raw.category.category_id, label=label, parent_code=parent)


def _nodes(root: wire.Node) -> Iterator[TaxonomyCategory]:
    waiting = [(one, "") for one in root.child_category_tree_nodes]
    while waiting:
        node, parent = waiting.pop()
        own = node.category
        yield TaxonomyCategory(code=own.category_id, label=own.category_name, parent_code=parent)
        waiting += [(one, own.category_id) for one in node.child_category_tree_nodes]


def _attribute(category: str, raw: wire.Aspect) -> TaxonomyAttribute:
    rule, name = raw.aspect_constraint, raw.localized_aspect_name
    recommended = rule.aspect_usage == "RECOMMENDED"
    listed = bool(raw.aspect_values)
    number = rule.aspect_data_type == "NUMBER" and not listed
    return TaxonomyAttribute(
        code=name,
        label=name,
        category_code=category,
        requirement="required" if rule.aspect_required else "recommended" if recommended else "optional",
        kind=("integer" if rule.aspect_format.startswith("int") else "decimal") if number else "text",
        list_code=_list(category, raw) if listed else "",
        multiple=rule.item_to_aspect_cardinality == "MULTI",
        suggested=listed and rule.aspect_mode != "SELECTION_ONLY",
        longest=rule.aspect_max_length,
        variant=rule.aspect_enabled_for_variations,
        role="brand" if name in BRANDS else "",
    )


def _list(category: str, raw: wire.Aspect) -> str:
    """A list of its own per category: the same name has other values elsewhere."""
    return f"{category}:{raw.localized_aspect_name}"[:500]
