"""Every document we send is one that the platform understands."""

from collections.abc import Mapping

import pytest
from graphql import GraphQLEnumType, parse, validate

from services.connectors.shopify import queries, vocabulary
from services.sandbox.shopify.graph import SCHEMA, UNKNOWN_FINANCIAL_STATUS
from tests.wired.sandbox_shopify.test_schema import OFFICIAL, official


@pytest.mark.parametrize("name", queries.operations())
def test_a_document_fits_the_schema_that_the_sandbox_serves(name: str) -> None:
    assert not validate(SCHEMA, parse(queries.document(name)))


@pytest.mark.thorough
def test_every_document_fits_the_official_schema() -> None:
    assert queries.API_VERSION in OFFICIAL.name
    if not OFFICIAL.exists():
        pytest.skip(f"The official schema of {queries.API_VERSION} is not on this machine.")
    found = {name: validate(official(), parse(queries.document(name))) for name in queries.operations()}
    assert not {name: errors for name, errors in found.items() if errors}


def test_a_document_carries_the_fragments_it_uses_and_no_other() -> None:
    text = queries.document("OrderLines")
    assert "fragment Line " in text
    assert "fragment Amount " in text
    assert "fragment Postal " not in text
    assert queries.document("Clock").count("fragment") == 0


def test_what_changes_the_shop_is_known_from_its_document() -> None:
    changing = {name for name in queries.operations() if queries.changes(name)}
    assert changing == {
        "SetProduct",
        "DeleteProduct",
        "SetFields",
        "Publish",
        "Translate",
        "SetStock",
        "SetPrices",
        "SetListPrices",
        "CarryAt",
        "Ship",
        "ReadyForPickup",
        "Subscribe",
        "CancelOrder",
        "MakeRefund",
        "MakeReturn",
        "CloseReturn",
    }
    repeatable = {name for name in changing if "@idempotent" in queries.document(name)}
    assert repeatable == {"SetStock", "CarryAt", "MakeRefund"}


@pytest.mark.parametrize(
    ("enum", "table"),
    [
        ("OrderDisplayFinancialStatus", vocabulary.PAYMENT_STATES),
        ("OrderDisplayFulfillmentStatus", vocabulary.FULFILMENT_STATES),
        ("FulfillmentOrderStatus", vocabulary.HELD),
        ("DeliveryMethodType", vocabulary.DELIVERIES),
        ("OrderTransactionKind", vocabulary.PAYMENT_KINDS),
        ("OrderTransactionStatus", vocabulary.PAYMENT_STEPS),
        ("ProductStatus", vocabulary.ARTICLE_STATES),
        ("RefundLineItemRestockType", vocabulary.NEVER_LEFT),
    ],
)
def test_every_word_of_the_schema_is_in_a_table(enum: str, table: Mapping[str | None, object]) -> None:
    type_ = SCHEMA.type_map[enum]
    assert isinstance(type_, GraphQLEnumType)
    assert set(type_.values) - {UNKNOWN_FINANCIAL_STATUS} == set(table) - {None}


def test_every_webhook_topic_is_one_of_the_schema() -> None:
    type_ = SCHEMA.type_map["WebhookSubscriptionTopic"]
    assert isinstance(type_, GraphQLEnumType)
    assert {topic.replace("/", "_").upper() for topic in vocabulary.TOPICS} <= set(type_.values)
