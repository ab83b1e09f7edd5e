"""Login with Amazon, roles, and what is told before a connection is stored."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest

from services.connectors.amazon.connector import AMAZON
from services.sandbox import seeds
from services.sandbox.amazon.access import made_up
from shared.connector_kit.outside import as_archive, recorded
from shared.contracts.errors import Misconfigured
from tests.wired.amazon.calls import asked
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_documents import document, handed
from tests.wired.contract.test_pushes import order_of

Account = Callable[..., Stand]


async def test_an_access_token_is_used_for_its_hour_and_renewed_before_it_ends(stand: Stand) -> None:
    for _ in range(3):
        await stand.pages("article")
    assert len(asked(stand, "POST", "/auth/o2/token")) == 1


async def test_a_token_that_ended_too_early_is_renewed_once_and_the_call_goes_on(stand: Stand) -> None:
    await stand.pages("article")
    stand.sandbox.clock.shift(timedelta(hours=2))
    assert await stand.items("article")
    assert len(asked(stand, "POST", "/auth/o2/token")) == 2


@pytest.mark.parametrize("field", ["client_id", "client_secret", "refresh_token"])
async def test_a_wrong_entry_in_the_form_is_named_by_its_field(account: Account, field: str) -> None:
    stand = account({field: "wrong"})
    with pytest.raises(Misconfigured) as caught:
        await AMAZON.probe(stand.client)
    named = {"client_id": "client_secret"}.get(field, field)
    assert (caught.value.code, caught.value.field) == ("credentials_refused", named)


@pytest.mark.parametrize(
    ("lacking", "field", "words"),
    [("orders", "orders", "Inventory and Order Tracking"), ("listings", "listings", "Product Listing")],
)
async def test_a_role_that_the_application_lacks_is_named_with_what_does_not_work(
    account: Account, lacking: str, field: str, words: str
) -> None:
    result = await AMAZON.probe(account(lacking=lacking).client)
    (finding,) = result.findings
    assert not result.ok
    assert (finding.code, finding.field) == ("scope_missing", field)
    assert words in finding.params["detail"]


async def test_names_and_addresses_that_are_withheld_are_told_and_hold_nothing_else_up(account: Account) -> None:
    stand = account(lacking="personal")
    result = await AMAZON.probe(stand.client)
    assert result.ok
    assert [finding.code for finding in result.findings] == ["personal_data_withheld"]
    id = stand.shop.place(seeds.case("guest", stand.sandbox.clock()))
    (item,) = await stand.stream("order").fetch_one(stand.client, id)
    order = AMAZON.streams[1].translate(AMAZON.streams[1].wire.model_validate_json(item.body))
    assert (order.customer, order.shipping_address, order.total.amount > 0) == (None, None, True)


async def test_a_sellers_number_that_is_another_ones_is_named(account: Account) -> None:
    result = await AMAZON.probe(account({"seller_id": "A1SOMEBODYELSE"}).client)
    assert not result.ok
    assert [(finding.code, finding.field) for finding in result.findings] == [("scope_missing", "seller_id")]


async def test_a_marketplace_in_which_the_account_does_not_sell_is_named(account: Account) -> None:
    result = await AMAZON.probe(account({"marketplaces": "DE IT"}, marketplaces="DE FR").client)
    missing = next(finding for finding in result.findings if finding.code == "marketplace_not_joined")
    assert missing.params == {"marketplace": "IT", "there": "DE, FR"}


async def test_the_test_of_the_credentials_asks_the_dear_list_of_orders_for_nothing(stand: Stand) -> None:
    await AMAZON.probe(stand.client)
    assert not [row for row in asked(stand, "GET", "/2026-01-01/orders") if row["path"].endswith("/orders")]


async def test_no_secret_stands_in_what_is_kept_of_the_calls(stand: Stand) -> None:
    with recorded() as calls:
        order = await order_of(stand, "engraving")
        assert (await handed(stand, document(order))).outcome == "done"
    kept = as_archive(calls).decode()
    assert "/auth/o2/token" in kept
    assert "/files/" in kept
    access = stand.shop.store.access
    tokens = list(access._issued)
    signatures = [made_up(id, 8) for id in stand.shop.store.feeds.documents]
    assert tokens
    assert signatures
    for secret in (access.client_secret, access.refresh_token, *tokens, *signatures):
        assert secret not in kept
        assert quote(secret, safe="") not in kept
