"""The whole way of a product: uploaded, sent, made by the shop, read back, changed, and known to be there."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from services.inventory import product_loop
from shared.chassis.journal import Journal
from shared.connector_kit import work
from shared.connector_kit.pushing import Pusher
from shared.connector_kit.translation import read
from shared.contracts.article import ArticleReceived, ListedArticle
from shared.contracts.catalogue import MESSAGES
from shared.contracts.envelope import decode
from shared.contracts.fulfilment import PushReported
from shared.contracts.product import ProductPush
from shared.persistence import leases
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs
from tests.integration.inventory.stockroom import Stockroom, seen
from tests.wired.contract.conftest import CONNECTORS, VARIETIES
from tests.wired.contract.stand import Stand, open_stand

FIRST = {
    one.platform: one
    for one in VARIETIES
    if one.first and any(push.noun == "product" for push in CONNECTORS[one.platform].pushes)
}
ROWS = [
    {"article_number": "K-9000", "description": "<p>Aus Leinen.</p>", "manufacturer": "Weberei"},
    {"article_number": "K-9001", "options": {"Größe": "L", "Farbe": "rot"}, "weight_grams": "210"},
    {"article_number": "K-9002", "options": {"Größe": "L", "Farbe": "blau"}, "weight_grams": "220"},
]


@pytest.mark.parametrize("platform", sorted(FIRST))
async def test_an_uploaded_product_is_made_by_the_shop_once_and_changed_from_then_on(
    stockroom: Stockroom, open_as: OpenAs, platform: str
) -> None:
    room, stand, connection = stockroom, open_stand(FIRST[platform], CONNECTORS[platform]), uuid4()
    await room.connect(connection, integration={"products": True})
    await room.articles("K-9000", title="Hemd")
    await room.articles("K-9001", "K-9002", title="Hemd", parent_number="K-9000")
    await room.priced(*({"article_number": number, "amount": "29.90"} for number in ("K-9001", "K-9002")))
    await room.call("PUT", f"/price-settings/{connection}", json={"currency": "EUR"})
    await room.call("PUT", "/article-contents", json={"rows": ROWS})
    answer = await room.call("POST", f"/products/{connection}", json={"article_numbers": ["K-9001"]})
    assert answer.json()["sent"] == 1, answer.text
    (made,) = await room.sent("product.push")
    await tell(room, stand, connection, open_as("connectors"), made)
    listed = await _listed(stand)
    assert set(listed) == {"K-9001", "K-9002"}
    view = await room.get(f"/products/{connection}/K-9000")
    assert (view["state"], bool(view["external_id"])) == ("accepted", True), view

    for one in listed.values():
        event = room.says(ArticleReceived(article=one, observed=seen(0)), connection=connection, platform=platform)
        await room.take(event)
    while await product_loop.step(room.service):
        pass
    assert await room.sent("product.push") == []
    await room.articles("K-9001", title="Hemd", parent_number="K-9000", ean="4006381333931")
    while await product_loop.step(room.service):
        pass
    (changed,) = await room.sent("product.push")
    assert changed.external_id == view["external_id"]
    assert {one.number: one.external_id for one in changed.variants} == {
        number: one.external_id for number, one in listed.items()
    }
    await tell(room, stand, connection, open_as("connectors"), changed)
    after = await _listed(stand)
    assert {number: one.external_id for number, one in after.items()} == {
        number: one.external_id for number, one in listed.items()
    }
    assert (listed["K-9001"].ean, after["K-9001"].ean) == (None, "4006381333931")
    assert (await room.get(f"/products/{connection}/K-9000"))["state"] == "accepted"
    await stand.close()


async def tell(room: Stockroom, stand: Stand, connection: UUID, database: Database, command: ProductPush) -> None:
    """The connector takes the command, tells the shop, and reports."""
    async with database.transaction() as tx:
        (lease,) = await leases.acquire(tx, [str(connection)], "test", limit=1, seconds=60)
        # As if a person had asked for it: some platforms want to hear of the rest only once an hour.
        command = command.model_copy(update={"asked_by": "anna"})
        row = work.NewWork(connection, "product", str(command.product_id), command.version, command.model_dump_json())
        await work.store(tx, [row])
    account, platform = room.owner.connections[connection], stand.variety.platform
    pusher = Pusher(account, stand.client, lease, database, Journal(platform), lambda: datetime.now(UTC), 5)
    await pusher.step(stand.push("product"))
    async with database.transaction() as tx:
        rows = await tx.rows("DELETE FROM outbox RETURNING type, body")
        await leases.release(tx, lease)
    heard = [event for row in rows for event in decode(row["body"], MESSAGES[row["type"]])]
    heard = [event for event in heard if event.connection == connection]
    (entry,) = [event.data for event in heard if event.type == "journal.recorded"]
    assert entry.code == "product_push_done", entry.params
    assert {key.value for key in entry.keys} >= {"K-9000", "K-9001", "K-9002"}
    await room.take(*[event for event in heard if isinstance(event.data, PushReported)])


async def _listed(stand: Stand) -> dict[str, ListedArticle]:
    found = [read(stand.stream("article"), item).contract for item in (await stand.items("article")).values()]
    return {
        one.sku: one
        for one in found
        if isinstance(one, ListedArticle) and one.sku is not None and one.sku.startswith("K-900")
    }
