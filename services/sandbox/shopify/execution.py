"""Answers one GraphQL request: reads it, prices it, takes the points, resolves the root fields one after another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import FieldNode, GraphQLError, GraphQLField, get_argument_values, get_directive_values, is_non_null_type
from graphql.execution.values import VariableValues, get_variable_values

from services.sandbox.shopify import cost
from services.sandbox.shopify.access import CUSTOMER_DATA, NODE_SCOPES, ROOT_SCOPES, Access
from services.sandbox.shopify.bucket import Bucket
from services.sandbox.shopify.graph import SCHEMA, Operation, Refused, read
from services.sandbox.shopify.identity import kind_of
from services.sandbox.shopify.projection import Compiler, Plan, times

LIMITS = "https://shopify.dev/api/usage/rate-limits"
SCOPES = "https://shopify.dev/api/usage/access-scopes"
_IDEMPOTENT = SCHEMA.get_directive("idempotent")


@dataclass
class Call:
    """One root field as it is called. `search` collects what is to be said about the search terms."""

    args: dict[str, Any]
    path: str
    idempotency_key: str | None
    sees_all_orders: bool
    search: list[dict[str, Any]] = field(default_factory=list)


Resolve = Callable[[Call], Any]


@dataclass(frozen=True)
class Root:
    key: str
    nodes: list[FieldNode]
    definition: GraphQLField
    plan: Plan

    @property
    def name(self) -> str:
        return self.nodes[0].name.value


@dataclass(frozen=True)
class Compiled:
    roots: tuple[Root, ...]
    denied: tuple[GraphQLError, ...]


class Executor:
    """Executes against the `resolvers` of one shop; remembers compiled operations."""

    def __init__(self, resolvers: Mapping[str, Resolve], access: Access, bucket: Bucket) -> None:
        self._resolvers = resolvers
        self._access = access
        self._bucket = bucket
        self._compiled: dict[tuple[Operation, bytes, frozenset[str]], Compiled] = {}

    def run(
        self, query: str, inputs: dict[str, Any], name: str | None, throttled: Callable[[], bool]
    ) -> tuple[dict[str, Any], float]:
        """The answer's body and what it cost. `throttled` is asked once, before it is executed."""
        try:
            operation = read(query, name)
            variables = get_variable_values(SCHEMA, operation.node.variable_definitions or (), inputs)
            if isinstance(variables, list):
                raise Refused(variables)
            compiled = self._compile(operation, variables)
            calls = [self._call(root, variables) for root in compiled.roots]
            asked = sum(_price(operation, root, call) for root, call in zip(compiled.roots, calls, strict=True))
        except Refused as refusal:
            return {"errors": [error.formatted for error in refusal.errors]}, 0
        except GraphQLError as error:
            return {"errors": [error.formatted]}, 0
        if asked > cost.MOST:
            return {"errors": [_too_expensive(asked)], "extensions": self._cost(asked, None)}, 0
        if throttled() or not self._bucket.reserve(asked):
            return {"errors": [THROTTLED], "extensions": self._cost(asked, None)}, 0
        tally = [0]
        errors = [error.formatted for error in compiled.denied]
        data: dict[str, Any] | None = {}
        for root, call in zip(compiled.roots, calls, strict=True):
            value, problem = self._value(root, call, tally)
            if problem:
                errors.append(problem.formatted)
            if data is not None:
                data = None if value is None and is_non_null_type(root.definition.type) else {**data, root.key: value}
        spent = asked if operation.mutates else min(asked, tally[0])
        self._bucket.give_back(asked - spent)
        body: dict[str, Any] = {"data": data}
        if errors:
            body["errors"] = errors
        body["extensions"] = self._cost(asked, spent)
        if search := [entry for call in calls for entry in call.search]:
            body["extensions"]["search"] = search
        return body, spent

    def _compile(self, operation: Operation, variables: VariableValues) -> Compiled:
        used = {name: variables.coerced[name] for name in operation.nested if name in variables.coerced}
        key = (operation, orjson.dumps(used, option=orjson.OPT_SORT_KEYS), frozenset(self._access.scopes))
        found = self._compiled.get(key)
        if found is None:
            if len(self._compiled) >= 512:
                self._compiled.clear()
            found = self._compiled[key] = self._compile_now(operation, variables)
        return found

    def _compile_now(self, operation: Operation, variables: VariableValues) -> Compiled:
        compiler = Compiler(operation.fragments, variables, self._access.forbidden())
        roots = []
        for key, nodes in compiler.collect(operation.root, [operation.node.selection_set]).items():
            definition = operation.root.fields[nodes[0].name.value]
            roots.append(Root(key, nodes, definition, compiler.value(definition, nodes, (key,))))
        denied = [_denied(path, scope, node) for path, (scope, node) in compiler.denied.items()]
        return Compiled(tuple(roots), tuple(denied))

    def _call(self, root: Root, variables: VariableValues) -> Call:
        args = get_argument_values(root.definition, root.nodes[0], variables)
        assert _IDEMPOTENT is not None
        directive = get_directive_values(_IDEMPOTENT, root.nodes[0], variables)
        return Call(args, root.key, directive["key"] if directive else None, "read_all_orders" in self._access.scopes)

    def _value(self, root: Root, call: Call, tally: list[int]) -> tuple[Any, GraphQLError | None]:
        scope = self._missing_scope(root.name, call.args)
        if scope:
            return None, _denied((root.key,), scope, root.nodes[0])
        try:
            found = self._resolvers[root.name](call)
            project = root.plan.project
            return found if project is None or found is None else project(found, tally), None
        except GraphQLError as error:
            return None, GraphQLError(error.message, root.nodes[0], path=[root.key], extensions=error.extensions)

    def _missing_scope(self, name: str, args: dict[str, Any]) -> str | None:
        wanted = {ROOT_SCOPES[name]} if name in ROOT_SCOPES else set()
        if name in ("node", "nodes"):
            wanted = {NODE_SCOPES.get(kind_of(found), "") for found in args.get("ids") or [args["id"]]} - {""}
        return next((scope for scope in sorted(wanted) if scope not in self._access.scopes), None)

    def _cost(self, asked: int, spent: int | None) -> dict[str, Any]:
        status = self._bucket.status()
        return {"cost": {"requestedQueryCost": asked, "actualQueryCost": spent, "throttleStatus": status}}


def _price(operation: Operation, root: Root, call: Call) -> int:
    return cost.MUTATION if operation.mutates else times(root.definition, call.args, root.name) * root.plan.cost


THROTTLED = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": LIMITS}}


def _too_expensive(asked: int) -> dict[str, Any]:
    return {
        "message": f"Query cost is {asked}, which exceeds the single query max cost limit ({cost.MOST}).",
        "extensions": {"code": "MAX_COST_EXCEEDED", "cost": asked, "maxCost": cost.MOST, "documentation": LIMITS},
    }


def _denied(path: tuple[str, ...], scope: str, node: FieldNode) -> GraphQLError:
    needed = "permission to read protected customer data" if scope == CUSTOMER_DATA else f"`{scope}` access scope"
    return GraphQLError(
        f"Access denied for {node.name.value} field. Required access: {needed}.",
        node,
        path=list(path),
        extensions={"code": "ACCESS_DENIED", "documentation": SCOPES, "requiredAccess": f"{needed}."},
    )
