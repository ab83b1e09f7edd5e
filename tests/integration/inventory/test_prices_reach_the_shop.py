"""The whole way of a price: uploaded, computed, commanded, sent, shown by the shop, and known to be there."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from shared.chassis.journal import Journal
from shared.connector_kit import work
from shared.connector_kit.pushing import Pusher
from shared.connector_kit.translation import read
from shared.contracts.article import ArticleReceived, ListedArticle
from shared.contracts.catalogue import MESSAGES
from shared.contracts.envelope import decode
from shared.contracts.fulfilment import PushReported
from shared.contracts.identity import record_id
from shared.persistence import leases
from tests.integration.conftest import OpenAs
from tests.integration.inventory.stockroom import Stockroom, seen
from tests.wired.contract.conftest import CONNECTORS, VARIETIES
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_prices import shown

FIRST = {one.platform: one for one in VARIETIES if one.first and one.price_writes}


@pytest.mark.parametrize("platform", sorted(FIRST))
async def test_an_uploaded_price_is_shown_by_the_shop_and_the_way_there_is_written_down(
    stockroom: Stockroom, open_as: OpenAs, platform: str
) -> None:
    stand = open_stand(FIRST[platform], CONNECTORS[platform])
    connection = uuid4()
    await stockroom.connect(connection, integration={"prices": True})
    await stockroom.articles("KR-1001", "KR-7001")
    (one,) = [item for item in await _listed(stand) if item.sku == "KR-7001"]
    await stockroom.take(
        stockroom.says(ArticleReceived(article=one, observed=seen(0)), connection=connection, platform=platform)
    )
    await stockroom.priced({"article_number": "KR-7001", "amount": "0.84", "basis": "net"})
    await stockroom.call("PUT", f"/price-settings/{connection}", json={"guard": {"moved_share": None}})
    (command,) = await stockroom.price_pushes()

    database = open_as("connectors")
    account = stockroom.owner.connections[connection]
    async with database.transaction() as tx:
        (lease,) = await leases.acquire(tx, [str(connection)], "test", limit=1, seconds=60)
        row = work.NewWork(connection, "price", str(command.listing_id), command.version, command.model_dump_json())
        await work.store(tx, [row])
    pusher = Pusher(account, stand.client, lease, database, Journal(platform), lambda: datetime.now(UTC), 5)
    await pusher.step(stand.push("price"))
    assert await shown(stand, "KR-7001") == [Decimal("1.00")]

    async with database.transaction() as tx:
        rows = await tx.rows("DELETE FROM outbox RETURNING type, body")
    heard = [event for row in rows for event in decode(row["body"], MESSAGES[row["type"]])]
    heard = [event for event in heard if event.connection == connection]
    (entry,) = [event.data for event in heard if event.type == "journal.recorded"]
    assert (entry.code, entry.params["price"], entry.params["sku"]) == ("price_push_done", "1.00 EUR", "KR-7001")
    await stockroom.take(*[event for event in heard if isinstance(event.data, PushReported)])
    view = await stockroom.get(f"/listings/{record_id('listing', connection, one.external_id)}/price")
    assert (view["told"]["amount"], view["last_push"]["outcome"], view["effect"]) == ("1.00", "done", "unchanged")
    await stand.close()


async def _listed(stand: Stand) -> list[ListedArticle]:
    found = [read(stand.stream("article"), item).contract for item in (await stand.items("article")).values()]
    return [one for one in found if isinstance(one, ListedArticle)]


@pytest.mark.proves("price-groups", "shopware6", "shopify")
@pytest.mark.parametrize(
    ("platform", "code"), [("shopware6", ""), ("shopify", ""), ("woocommerce", "price_groups_untold")]
)
async def test_prices_by_quantity_and_of_groups_go_the_whole_way_or_the_result_says_what_was_left_out(
    stockroom: Stockroom, open_as: OpenAs, platform: str, code: str
) -> None:
    stand = open_stand(FIRST[platform], CONNECTORS[platform])
    connection = uuid4()
    await stockroom.connect(connection, integration={"prices": True})
    await stockroom.articles("KR-7001")
    (one,) = [item for item in await _listed(stand) if item.sku == "KR-7001"]
    await stockroom.take(
        stockroom.says(ArticleReceived(article=one, observed=seen(0)), connection=connection, platform=platform)
    )
    read = stand.connector.price_groups
    everybody, dealers = [group.id for group in await read(stand.client)][:2] if read else ("all", "dealers")
    groups = {"": everybody, "B2B": dealers}
    settings = {"groups": groups, "guard": {"moved_share": None}}
    await stockroom.call("PUT", f"/price-settings/{connection}", json=settings)
    prices = [("", 1, "10"), ("", 10, "9"), ("B2B", 1, "8"), ("B2B", 5, "7")]
    rows = [
        {"article_number": "KR-7001", "price_list": name, "from_quantity": count, "amount": amount}
        for name, count, amount in prices
    ]
    await stockroom.priced(*rows)
    (command,) = await stockroom.price_pushes()

    account, database = stockroom.owner.connections[connection], open_as("connectors")
    async with database.transaction() as tx:
        (lease,) = await leases.acquire(tx, [str(connection)], "test", limit=1, seconds=60)
        row = work.NewWork(connection, "price", str(command.listing_id), command.version, command.model_dump_json())
        await work.store(tx, [row])
    pusher = Pusher(account, stand.client, lease, database, Journal(platform), lambda: datetime.now(UTC), 5)
    await pusher.step(stand.push("price"))
    assert await shown(stand, "KR-7001") == [Decimal(10)]
    if not code:
        asked = [(everybody, 9), (everybody, 10), (dealers, 4), (dealers, 5)]
        assert [stand.shop.price_of("KR-7001", group, count) for group, count in asked] == [10, 9, 8, 7]

    async with database.transaction() as tx:
        heard = await tx.rows("DELETE FROM outbox RETURNING type, body")
    events = [event for row in heard for event in decode(row["body"], MESSAGES[row["type"]])]
    mine = [event for event in events if event.connection == connection]
    await stockroom.take(*[event for event in mine if isinstance(event.data, PushReported)])
    view = await stockroom.get(f"/listings/{record_id('listing', connection, one.external_id)}/price")
    assert (view["told"]["groups"][0]["group"], view["last_push"]["outcome"]) == (dealers, "done")
    assert (view["last_push"]["said"] or {"code": ""})["code"] == code
    await stand.close()
