"""The schema we serve is a part of the official one."""

from functools import cache
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    parse,
    validate,
)
from graphql.utilities import separate_operations

from services.sandbox.shopify.graph import SCHEMA, UNKNOWN_FINANCIAL_STATUS

SPECS = Path(__file__).resolve().parents[4] / "shared" / "specs" / "shopify"
OFFICIAL = SPECS / "admin_2026-10.graphql"
OPERATIONS = SPECS / "operations-2026-10.graphql"
NOT_SERVED = {"ProductUpsert", "ProductOp", "BulkRun", "BulkPoll"}

needs_specs = pytest.mark.skipif(not OFFICIAL.exists(), reason=f"The official schema is not at {OFFICIAL}.")


@cache
def official() -> GraphQLSchema:
    return build_schema(OFFICIAL.read_text(), assume_valid=True)


def own_types() -> list[str]:
    return [name for name in SCHEMA.type_map if not name.startswith("__")]


def differences(name: str) -> list[str]:
    """What one type of ours has that the official one lacks, or has otherwise."""
    ours, theirs = SCHEMA.type_map[name], official().type_map.get(name)
    if type(ours) is not type(theirs):
        return [name]
    if isinstance(ours, GraphQLEnumType) and isinstance(theirs, GraphQLEnumType):
        return [f"{name}.{word}" for word in ours.values if word not in theirs.values]
    if isinstance(ours, GraphQLUnionType) and isinstance(theirs, GraphQLUnionType):
        known = {str(type_) for type_ in theirs.types}
        return [f"{name}.{type_}" for type_ in ours.types if str(type_) not in known]
    found = []
    for field, definition in getattr(ours, "fields", {}).items():
        other = theirs.fields.get(field)  # type: ignore[union-attr]
        if other is None or str(other.type) != str(definition.type):
            found.append(f"{name}.{field}")
            continue
        for argument, given in getattr(definition, "args", {}).items():
            if argument not in other.args or str(other.args[argument].type) != str(given.type):
                found.append(f"{name}.{field}({argument})")
    return found


@needs_specs
def test_every_type_field_and_argument_of_ours_is_the_official_one() -> None:
    found = [difference for name in own_types() for difference in differences(name)]
    assert found == [f"OrderDisplayFinancialStatus.{UNKNOWN_FINANCIAL_STATUS}"]


@needs_specs
def test_arguments_that_the_official_schema_requires_are_required_here_too() -> None:
    for name in own_types():
        ours, theirs = SCHEMA.type_map[name], official().type_map[name]
        if not isinstance(ours, GraphQLObjectType) or not isinstance(theirs, GraphQLObjectType):
            continue
        for field, output in ours.fields.items():
            needed = {
                argument
                for argument, given in theirs.fields[field].args.items()
                if str(given.type).endswith("!") and given.ast_node and given.ast_node.default_value is None
            }
            assert needed <= set(output.args), (name, field)


@needs_specs
def test_the_operations_of_the_dossier_are_valid_here() -> None:
    for name, document in separate_operations(parse(OPERATIONS.read_text())).items():
        assert name in NOT_SERVED or validate(SCHEMA, document) == [], name


@needs_specs
def test_the_unknown_status_word_is_unknown_to_the_official_schema() -> None:
    theirs = official().type_map["OrderDisplayFinancialStatus"]
    assert isinstance(theirs, GraphQLEnumType)
    assert UNKNOWN_FINANCIAL_STATUS not in theirs.values
