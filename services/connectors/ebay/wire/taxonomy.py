"""Categories and item specifics, in eBay's words."""

from typing import Annotated

from pydantic import BeforeValidator

from services.connectors.ebay.wire.base import Text, Wire, listed


class Category(Wire):
    category_id: str
    category_name: Text = ""


class Node(Wire):
    category: Category
    child_category_tree_nodes: Annotated[tuple["Node", ...], BeforeValidator(listed)] = ()


class Tree(Wire):
    root_category_node: Node


class AspectConstraint(Wire):
    aspect_data_type: Text = ""
    aspect_format: Text = ""
    aspect_mode: Text = ""
    aspect_required: bool = False
    aspect_usage: Text = ""
    aspect_enabled_for_variations: bool = False
    aspect_max_length: int | None = None
    item_to_aspect_cardinality: Text = ""


class AspectValue(Wire):
    localized_value: Text = ""


class Aspect(Wire):
    localized_aspect_name: str
    aspect_constraint: AspectConstraint = AspectConstraint()
    aspect_values: Annotated[tuple[AspectValue, ...], BeforeValidator(listed)] = ()


class Suggestion(Wire):
    """`category_tree_node_ancestors` are from the category up."""

    category: Category
    category_tree_node_ancestors: Annotated[tuple[Category, ...], BeforeValidator(listed)] = ()
