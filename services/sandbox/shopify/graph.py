"""The served part of the Admin GraphQL schema (2026-10), and queries read against it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    Node,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    build_schema,
    parse,
    validate,
)

UNKNOWN_FINANCIAL_STATUS = "UNDER_REVIEW"
"""A word of OrderDisplayFinancialStatus that the published schema lacks; a later version might add it."""

SCHEMA = build_schema("\n".join(file.read_text() for file in sorted((Path(__file__).parent / "schema").iterdir())))


class Refused(Exception):
    """The query is not one that the schema allows; nothing of it is executed."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of a valid document. `nested` names the variables that are used below the root fields."""

    node: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    nested: tuple[str, ...]

    @property
    def root(self) -> GraphQLObjectType:
        found = SCHEMA.mutation_type if self.mutates else SCHEMA.query_type
        assert found is not None
        return found

    @property
    def mutates(self) -> bool:
        return self.node.operation is OperationType.MUTATION


@lru_cache(maxsize=512)
def read(query: str, name: str | None) -> Operation:
    """Parses and validates a query text, once per text. Raises Refused."""
    try:
        document = parse(query)
    except GraphQLError as error:
        raise Refused([error]) from error
    if errors := validate(SCHEMA, document):
        raise Refused(errors)
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    chosen = [node for node in operations if name is None or (node.name and node.name.value == name)]
    if len(chosen) != 1:
        raise Refused([GraphQLError("An operation name is required" if operations else "No operation was given")])
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    return Operation(chosen[0], fragments, tuple(sorted(_nested_variables(chosen[0], document))))


def _nested_variables(operation: OperationDefinitionNode, document: DocumentNode) -> set[str]:
    below: list[Node] = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
    for selection in operation.selection_set.selections:
        below.extend(selection.directives or ())
        if isinstance(selection, FieldNode):
            below.extend([selection.selection_set] if selection.selection_set else [])
        else:
            below.append(selection)
    return {name for node in below for name in _variables(node)}


def _variables(node: Node) -> Iterator[str]:
    if isinstance(node, VariableNode):
        yield node.name.value
        return
    for key in node.keys:
        found = getattr(node, key)
        for child in found if isinstance(found, list | tuple) else (found,):
            if isinstance(child, Node):
                yield from _variables(child)
