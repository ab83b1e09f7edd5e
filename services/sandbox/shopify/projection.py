"""Turns a selection set into a function that picks the selected fields out of stored records.

graphql-core parses, validates and coerces; only the walk over the result is ours, because its own takes some
milliseconds per order. A test holds both walks against each other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionSetNode,
    get_argument_values,
    get_directive_values,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    type_from_ast,
)
from graphql.execution.values import VariableValues

from services.sandbox.shopify import cost, derived
from services.sandbox.shopify.graph import SCHEMA
from services.sandbox.shopify.paging import Page, size, window

Tally = list[int]
"""One number: the objects met so far, for the actual cost."""
Project = Callable[[Any, Tally], Any]
Get = Callable[[dict[str, Any]], Any]
Path = tuple[str, ...]
NeedsScope = Mapping[tuple[str, str], str]
"""Type and field to the scope without which it is not shown."""


@dataclass(frozen=True)
class Plan:
    """A compiled selection: how to project a value, and what it may cost at most. `project` is None for a leaf."""

    project: Project | None
    cost: int


@dataclass
class Compiler:
    """Compiles selections for one operation with given variable values and the fields a client may not see."""

    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues
    forbidden: NeedsScope
    denied: dict[Path, tuple[str, FieldNode]] = field(default_factory=dict)
    """Forbidden fields that were selected: path to the scope they need. A forbidden list is silently empty instead."""

    def collect(self, type_: GraphQLObjectType, sets: list[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """The selected fields of a type by their key in the answer, fragments resolved."""
        found: dict[str, list[FieldNode]] = {}
        for selection_set in sets:
            self._collect(type_, selection_set, found)
        return found

    def _collect(self, type_: GraphQLObjectType, sets: SelectionSetNode, found: dict[str, list[FieldNode]]) -> None:
        for node in sets.selections:
            skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
            include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
            if (skip and skip["if"]) or (include and not include["if"]):
                continue
            if isinstance(node, FieldNode):
                found.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
                continue
            fragment = node if isinstance(node, InlineFragmentNode) else self.fragments[node.name.value]  # type: ignore[attr-defined]
            wanted = type_from_ast(SCHEMA, fragment.type_condition) if fragment.type_condition else type_
            if wanted is type_ or (is_abstract_type(wanted) and SCHEMA.is_sub_type(wanted, type_)):
                self._collect(type_, fragment.selection_set, found)

    def field(self, parent: GraphQLObjectType, nodes: list[FieldNode], path: Path) -> tuple[Get | None, Plan]:
        """How to get one field's stored value (None: by its name), how to project it, and what it costs at most."""
        name = nodes[0].name.value
        definition = parent.fields[name]
        args = get_argument_values(definition, nodes[0], self.variables) if definition.args else {}
        value = self.value(definition, nodes, path)
        plan = Plan(value.project, value.cost * times(definition, args, name))
        scope = self.forbidden.get((parent.name, name))
        if scope and is_connection(definition):
            return partial(_constant, Page([])), plan
        if scope:
            self.denied[path] = (scope, nodes[0])
            return partial(_constant, None), plan
        own = derived.FIELDS.get((parent.name, name))
        get: Get | None = partial(_call, own, args) if own else None
        if is_connection(definition):
            get = partial(_page, get or partial(_stored, name), args, name)
        return get, plan

    def value(self, definition: GraphQLField, nodes: list[FieldNode], path: Path) -> Plan:
        """How to project a field's value, and what one of it costs."""
        named = get_named_type(definition.type)
        if is_leaf_type(named):
            return Plan(None, 0)
        sets = [node.selection_set for node in nodes if node.selection_set]
        plan = self._connection(named, sets, path) if is_connection(definition) else self._object(named, sets, path)
        assert plan.project is not None
        return Plan(_completed(definition.type, plan.project), plan.cost)

    def _object(self, named: GraphQLNamedType, sets: list[SelectionSetNode], path: Path) -> Plan:
        if isinstance(named, GraphQLObjectType):
            return self.selection(named, sets, path)
        possible = [(type_.name, self.selection(type_, sets, path)) for type_ in SCHEMA.get_possible_types(named)]  # type: ignore[arg-type]
        by_name = {name: plan.project for name, plan in possible}
        return Plan(partial(_by_type, by_name), max(plan.cost for _, plan in possible))

    def _connection(self, named: GraphQLNamedType, sets: list[SelectionSetNode], path: Path) -> Plan:
        assert isinstance(named, GraphQLObjectType)
        parts: list[tuple[str, str, Project | None]] = []
        most = 0
        for key, nodes in self.collect(named, sets).items():
            name = nodes[0].name.value
            if name == "__typename":
                parts.append((key, named.name, None))
                continue
            plan = self._object(
                get_named_type(named.fields[name].type),
                [node.selection_set for node in nodes if node.selection_set],
                (*path, key),
            )
            parts.append((key, name, plan.project))
            most = max(most, plan.cost)
        return Plan(partial(_project_page, parts), most)

    def selection(self, type_: GraphQLObjectType, sets: list[SelectionSetNode], path: Path) -> Plan:
        fields: list[tuple[str, str, Get | None, Project | None]] = []
        total = cost.weight(type_.name)
        for key, nodes in self.collect(type_, sets).items():
            name = nodes[0].name.value
            if name == "__typename":
                fields.append((key, name, partial(_constant, type_.name), None))
                continue
            get, plan = self.field(type_, nodes, (*path, key))
            fields.append((key, name, get, plan.project))
            total += plan.cost
        return Plan(partial(_project_object, fields, cost.weight(type_.name)), total)


def is_connection(definition: GraphQLField) -> bool:
    return get_named_type(definition.type).name.endswith("Connection")


def times(definition: GraphQLField, args: dict[str, Any], name: str) -> int:
    """For how many values a field counts. Raises GraphQLError where a page's size is missing or too large."""
    if "ids" in args:
        return len(args["ids"])
    return cost.size(size(args, name)) if is_connection(definition) or args.get("first") is not None else 1


def _completed(type_: GraphQLOutputType, project: Project) -> Project:
    if is_non_null_type(type_):
        return _completed(type_.of_type, project)
    if is_list_type(type_):
        return partial(_project_list, _completed(type_.of_type, project))
    return project


def _call(own: derived.Field, args: dict[str, Any], record: dict[str, Any]) -> Any:
    return own(record, args)


def _stored(name: str, record: dict[str, Any]) -> Any:
    return record.get(name) or []


def _constant(value: Any, _record: dict[str, Any]) -> Any:
    return value


def _page(get: Get, args: dict[str, Any], name: str, record: dict[str, Any]) -> Page:
    return window(get(record), args, name)


def _by_type(projects: dict[str, Project | None], value: dict[str, Any], tally: Tally) -> Any:
    project = projects.get(value["__typename"])
    if project is None:
        raise GraphQLError(f"No selection fits a {value['__typename']}.")
    return project(value, tally)


def _project_list(project: Project, values: list[Any], tally: Tally) -> list[Any]:
    return [None if value is None else project(value, tally) for value in values]


def _project_page(parts: list[tuple[str, str, Project | None]], page: Page, tally: Tally) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for key, name, project in parts:
        if project is None:
            answer[key] = name
        elif name == "nodes":
            answer[key] = [project(node, tally) for node in page.nodes]
        elif name == "edges":
            pairs = zip(page.nodes, page.cursors, strict=True)
            answer[key] = [project({"node": node, "cursor": cursor}, tally) for node, cursor in pairs]
        else:
            answer[key] = project(page.info(), tally)
    return answer


def _project_object(
    fields: list[tuple[str, str, Get | None, Project | None]], weight: int, record: dict[str, Any], tally: Tally
) -> dict[str, Any]:
    tally[0] += weight
    answer: dict[str, Any] = {}
    for key, name, get, project in fields:
        value = record.get(name) if get is None else get(record)
        answer[key] = value if project is None or value is None else project(value, tally)
    return answer
