"""The groups of a shop's customers, from its own interface through the connector into the inventory."""

import pytest

from tests.integration.connections.house import House
from tests.integration.connections.test_categories import connected

pytestmark = pytest.mark.integration


async def test_the_price_lists_of_a_shop_are_read_chosen_and_shown_with_their_lists(house: House) -> None:
    shop = await connected(house, "shopify")
    path = f"/inventory/price-groups/{shop}"
    first = (await house.call("GET", path)).json()
    assert first["unread"] is None
    choices = {one["label"]: one["id"] for one in first["choices"]}
    assert set(choices) == {"Händler (EUR)", "Kataloge für alle (EUR)", "Stammkunden (EUR)"}
    settings = {"groups": {"": choices["Kataloge für alle (EUR)"], "B2B": choices["Händler (EUR)"], "Alt": "gone"}}
    assert (await house.call("PUT", f"/inventory/price-settings/{shop}", settings)).status_code == 200
    shown = (await house.call("GET", path)).json()["lists"]
    assert [(one["price_list"], one["label"], one["said"]["code"]) for one in shown] == [
        ("", "Kataloge für alle (EUR)", "price_group_mapped"), ("Alt", None, "price_group_gone"),
        ("B2B", "Händler (EUR)", "price_group_mapped"),
    ]  # fmt: skip


async def test_a_connector_that_tells_no_such_prices_says_so(house: House) -> None:
    shop = await connected(house, "woocommerce")
    answer = (await house.call("GET", f"/inventory/price-groups/{shop}")).json()
    assert (answer["choices"], answer["unread"]["code"]) == ([], "price_groups_unread")
    assert "no prices of groups" in answer["unread"]["sentence"]
