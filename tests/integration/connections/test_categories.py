"""What a channel asks of articles, from its own interface through the connector into the inventory."""

from uuid import UUID

import pytest

from services.inventory import connection_replica
from shared.contracts.connection import Connection
from tests.integration.connections.conftest import SERVICE_KEY
from tests.integration.connections.house import House

pytestmark = pytest.mark.integration
MUGS = "20696"


async def connected(house: House, platform: str) -> UUID:
    """A connection that the connector and the inventory know."""
    made = await house.connect(platform)
    service = house.service("inventory")
    body = await service.peers.get(service.settings.connections_url, f"/connections/internal/{made['id']}")
    async with service.database.transaction() as tx:
        await connection_replica.keep(service, tx, Connection.model_validate(body))
    return UUID(made["id"])


async def test_a_category_is_suggested_mapped_and_what_it_asks_is_read(house: House) -> None:
    shop = await connected(house, "ebay")
    base = f"/inventory/taxonomies/{shop}"
    read = await house.call("POST", f"{base}/readings")
    assert read.status_code == 200, read.text
    assert (read.json()["by_category"], read.json()["unread"]) == (True, [])
    article = {"number": "A-1", "title": "Becher aus Ton"}
    assert (await house.call("PUT", "/inventory/articles", {"articles": [article]})).status_code == 200
    found = await house.call("POST", f"{base}/suggestions", {"article_number": "A-1"})
    assert found.json() == [
        {"code": MUGS, "label": "Möbel & Wohnen > Kochen & Genießen > Becher & Tassen", "known": True}
    ]
    rows = [
        {"kind": "category", "key": "Tassen", "target": MUGS},
        {"kind": "category", "key": "Alles", "target": "20625"},
    ]
    mapped = await house.call("PUT", f"/inventory/mappings/{shop}", {"rows": rows})
    assert mapped.json()["changed"] == 2
    (unread,) = mapped.json()["unread"]
    assert unread["code"] == "taxonomy_category_unread"
    assert "leaf" in unread["sentence"]
    asked = (await house.call("GET", f"{base}/attributes?category={MUGS}")).json()
    assert {"Marke", "Produktart", ".title"} <= {one["code"] for one in asked}
    values = (await house.call("GET", f"{base}/values?list_code={MUGS}:Produktart")).json()
    assert [one["code"] for one in values["items"]] == ["Becher", "Tasse"]
    mine = await house.call(
        "GET", f"/connectors/ebay/connections/{shop}/taxonomy/category?code={MUGS}", key=SERVICE_KEY
    )
    assert (mine.status_code, mine.json()["by_category"]) == (200, True)


async def test_a_channel_without_categories_says_so(house: House) -> None:
    shop = await connected(house, "woocommerce")
    article = {"number": "A-1", "title": "Becher"}
    assert (await house.call("PUT", "/inventory/articles", {"articles": [article]})).status_code == 200
    for path in ("readings", "suggestions"):
        said = await house.call("POST", f"/inventory/taxonomies/{shop}/{path}", {"article_number": "A-1"})
        assert said.status_code == 422, said.text
        assert "no categories of its own" in said.json()["detail"]
