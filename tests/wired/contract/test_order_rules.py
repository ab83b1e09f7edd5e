"""What a merchant's rules make of an order as it comes from a shop, on every platform alike."""

import pytest

from services.order_import.rules.contents import Contents
from services.order_import.rules.knowledge import KnownCustomer, Matches, Project
from services.order_import.rules.model_customers import CustomerRules
from services.order_import.rules.model_lines import LineRules
from shared.contracts.order import Order
from tests.pure.order_import.rules.asked import Rules, decided
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_pushes import order_of

NORTH, SOUTH = KnownCustomer("N-1", "North"), KnownCustomer("S-1", "South")


def known(order: Order, *customers: KnownCustomer, narrow: bool = False) -> Contents:
    """The contents for a merchant in the project North, whose ERP finds these customers by the buyer's address."""
    rules = Rules(customers=CustomerRules(only_within_project=narrow))
    return decided(order, rules, project=Project("North"), matches=Matches(address=customers))[0]


@pytest.mark.proves("customer-created")
async def test_a_buyer_whom_the_erp_does_not_know_is_to_be_created_with_his_addresses(any_stand: Stand) -> None:
    order = await order_of(any_stand, "guest")
    found = known(order).customer
    assert (found.action, found.number) == ("create", "")
    assert found.billing_address is not None
    assert (found.billing_address, found.shipping_address) == (order.billing_address, order.shipping_address)


@pytest.mark.proves("customer-across-projects")
async def test_a_customer_of_another_project_is_the_buyer_unless_the_merchant_looks_in_one_only(
    any_stand: Stand,
) -> None:
    found = known(await order_of(any_stand, "guest"), SOUTH).customer
    assert (found.action, found.number) == ("existing", "S-1")


@pytest.mark.proves("customer-within-project")
async def test_where_the_merchant_looks_within_the_project_others_are_not_the_buyer(any_stand: Stand) -> None:
    order = await order_of(any_stand, "guest")
    assert known(order, SOUTH, narrow=True).customer.action == "create"
    both = known(order, SOUTH, NORTH, narrow=True).customer
    assert (both.action, both.number) == ("existing", "N-1")


@pytest.mark.proves("line-name-from-article")
async def test_lines_are_named_as_the_erp_names_its_articles_if_the_merchant_wants_that(any_stand: Stand) -> None:
    order = await order_of(any_stand, "engraving")
    as_in_the_shop, _ = decided(order)
    as_in_the_erp, _ = decided(order, Rules(lines=LineRules(name="erp")))
    assert [one.name for one in as_in_the_shop.lines] == [one.title for one in order.line_items]
    assert [one.name for one in as_in_the_erp.lines] == [f"{one.sku} of the ERP" for one in order.line_items]


@pytest.mark.proves("line-description-from-article")
async def test_lines_are_described_as_the_merchants_articles_are_or_by_their_title(any_stand: Stand) -> None:
    order = await order_of(any_stand, "engraving")
    rules = Rules(lines=LineRules(description="erp"))
    (bare,) = (one.description for one in decided(order, rules)[0].lines)
    assert bare == f"{order.line_items[0].sku} of the ERP"
    number = order.line_items[0].sku or ""
    (described,) = (one.description for one in decided(order, rules, descriptions={number: "Holds 0.3 l"})[0].lines)
    assert described == "Holds 0.3 l"


@pytest.mark.proves("line-description-from-channel")
async def test_lines_are_described_as_in_the_shop_with_what_the_buyer_wrote(any_stand: Stand) -> None:
    order = await order_of(any_stand, "engraving")
    contents, _ = decided(order, Rules(lines=LineRules(description="channel")))
    (described,) = (one.description for one in contents.lines)
    assert described.startswith(order.line_items[0].title)
    assert all(f"{one.name}: {one.value}" in described for one in order.line_items[0].properties if one.name[0] != "_")
    assert "_motiv_id" not in described
