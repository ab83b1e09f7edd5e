"""The operator's categories, attributes and lists in our words."""

from services.connectors.mirakl import wire
from services.connectors.mirakl.vocabulary import REQUIREMENTS, ROLES
from shared.contracts.taxonomy import Taxonomy, TaxonomyAttribute, TaxonomyCategory, TaxonomyValue

DISABLED = "DISABLED"


def taxonomy(
    hierarchies: wire.Hierarchies, attributes: wire.Attributes, lists: wire.ValueLists, catalog: wire.Catalog
) -> Taxonomy:
    """Attributes that are switched off are not asked for."""
    return Taxonomy(
        categories=tuple(
            TaxonomyCategory(code=one.code, label=one.label, parent_code=one.parent_code)
            for one in hierarchies.hierarchies
        ),
        attributes=tuple(_attribute(one) for one in attributes.attributes if one.requirement_level != DISABLED),
        values=tuple(
            TaxonomyValue(list_code=one.code, code=value.code, label=value.label)
            for one in lists.values_lists
            for value in one.values
        ),
        leaves_only=catalog.product_import_only_on_leaf,
        separator=catalog.list_of_multiple_values_separator or "|",
    )


def _attribute(raw: wire.Attribute) -> TaxonomyAttribute:
    parameters = {one.name: one.value for one in raw.type_parameters}
    listed = raw.type.startswith("LIST")
    limits = dict(one.strip().partition("|")[::2] for one in raw.validations.split(","))
    roles = [ROLES[one.type] for one in raw.roles if one.type in ROLES]
    return TaxonomyAttribute(
        code=raw.code,
        label=raw.label,
        category_code=raw.hierarchy_code,
        requirement=REQUIREMENTS.get(raw.requirement_level, "required" if raw.required else "optional"),
        kind="integer" if raw.type == "INTEGER" else "decimal" if raw.type == "DECIMAL" else "text",
        list_code=(parameters.get("LIST_CODE") or raw.type_parameter or raw.values_list) if listed else "",
        multiple=raw.type == "LIST_MULTIPLE_VALUES",
        shortest=_count(limits.get("MIN_LENGTH")) or 0,
        longest=_count(limits.get("MAX_LENGTH")),
        variant=raw.variant,
        role=roles[0] if roles else "",
    )


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
