"""Sets in the shops: the head goes there as one article, is offered as often as its parts allow, and an order of it
takes its parts."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.order_import.demand import demand
from services.order_import.rules.knowledge import Component
from services.sandbox.merchant import Item
from shared.chassis.journal import Journal
from shared.connector_kit import work
from shared.connector_kit.pushing import Pusher
from shared.connector_kit.translation import read
from shared.contracts.article import ArticleReceived, ListedArticle
from shared.contracts.catalogue import MESSAGES
from shared.contracts.envelope import decode
from shared.contracts.fulfilment import PushReported
from shared.contracts.order import OrderImported
from shared.persistence import leases
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs
from tests.integration.inventory.stockroom import Stockroom, seen
from tests.integration.inventory.test_sets import BILL, told
from tests.wired.complaints.test_shops import basket, bought
from tests.wired.contract.conftest import CONNECTORS, VARIETIES
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_pushes import ACCEPTED

# These take offers of products they know; the head of the set is one of them.
KNOWN = ("ebay", "kaufland", "mirakl", "otto")
FIRST = {
    one.platform: one
    for one in VARIETIES
    if one.first and one.platform in ("shopify", "woocommerce", "shopware6", "tradebyte", *KNOWN)
}


@pytest.mark.proves("article-bundle", "shopify", "woocommerce", "shopware6", "tradebyte", "mirakl", "otto")
@pytest.mark.proves("article-bundle", "ebay", "kaufland")
@pytest.mark.proves("article-bundle-assembled", "shopify", "woocommerce", "shopware6", "tradebyte", "mirakl", "otto")
@pytest.mark.proves("article-bundle-assembled", "ebay", "kaufland")
@pytest.mark.parametrize("kept", [False, True], ids=["on demand", "kept in stock"])
@pytest.mark.parametrize("platform", sorted(FIRST))
async def test_a_set_is_one_article_there_with_the_stock_of_its_parts(
    stockroom: Stockroom, open_as: OpenAs, platform: str, kept: bool
) -> None:
    room, stand, connection = stockroom, open_stand(FIRST[platform], CONNECTORS[platform]), uuid4()
    head, database = "KR-1001" if platform in KNOWN else "SET-1", open_as("connectors")
    await room.connect(connection, integration={"products": True, "stock": True})
    await room.articles(head, title="Frühstück für zwei")
    await room.articles(*BILL)
    await room.take(told(room, 1, BILL, kept=kept, head=head))
    if platform not in KNOWN:
        await room.priced({"article_number": head, "amount": "29.90"})
        await room.call("PUT", f"/price-settings/{connection}", json={"currency": "EUR"})
        assert (await room.call("POST", f"/products/{connection}", json={"article_numbers": [head]})).json()[
            "sent"
        ] == 1
        (made,) = await room.sent("product.push")
        assert [one.number for one in made.variants] == [head]
        await pushed(room, stand, connection, database, "product", str(made.product_id), made)
    one = await listed(stand, head)
    await room.take(room.says(
        ArticleReceived(article=one, observed=seen(0)), connection=connection, platform=platform
    ))  # fmt: skip
    for number, quantity in (("A-1", 7), ("A-2", 5), *([(head, 1)] if kept else [])):
        await room.count(number, quantity)
    offered = 4 if kept else 3
    assert await stock(room, stand, connection, database) == offered
    assert stand.shop.stock()[head] == offered

    order = await bought(stand, basket(stand, "guest", items=(Item(head, "Set", 2, Decimal("29.90")),)))
    bills = {} if kept else {head: tuple(Component(number, Decimal(each)) for number, each in BILL.items())}
    wants = demand(order, [line.sku or "" for line in order.line_items], bills=bills)
    pieces = Counter[str]()
    for want in wants:
        pieces[want.article_number] += int(want.quantity)
    assert pieces == ({head: 2} if kept else {"A-1": 4, "A-2": 2})
    imported = OrderImported.model_validate({
        "order_id": uuid4(), "version": 1, "external_id": order.external_id, "number": order.number,
        "status": "imported", "demand": wants,
    })  # fmt: skip
    await room.take(room.says(imported, connection=connection, platform=platform))
    left = 2 if kept else 1
    assert await stock(room, stand, connection, database) == left
    assert stand.shop.stock()[head] == left
    await stand.close()


async def stock(room: Stockroom, stand: Stand, connection: UUID, database: Database) -> int:
    """Computes and tells the number of the one listing there; answers it."""
    await room.work()
    (push,) = await room.sent("stock.push")
    await pushed(room, stand, connection, database, "stock", str(push.listing_id), push)
    quantity: int = push.quantity
    return quantity


async def pushed(
    room: Stockroom, stand: Stand, connection: UUID, database: Database, noun: Any, subject: str, command: Any
) -> None:
    """The connector takes the command and tells the shop, until it is known what became of it."""
    command = command.model_copy(update={"asked_by": "anna"})
    async with database.transaction() as tx:
        (lease,) = await leases.acquire(tx, [str(connection)], "test", limit=1, seconds=600)
        row = work.NewWork(connection, noun, subject, command.version, command.model_dump_json())
        await work.store(tx, [row])
    account, journal = room.owner.connections[connection], Journal(stand.variety.platform)
    pusher = Pusher(account, stand.client, lease, database, journal, lambda: datetime.now(UTC), 5)
    await pusher.step(stand.push(noun))
    async with database.transaction() as tx:
        rows = await tx.rows("DELETE FROM outbox RETURNING type, body")
        await leases.release(tx, lease)
    heard = [event.data for row in rows for event in decode(row["body"], MESSAGES[row["type"]])]
    (outcome,) = [one.outcome for one in heard if isinstance(one, PushReported)]
    assert outcome in ACCEPTED, heard


async def listed(stand: Stand, sku: str) -> ListedArticle:
    found = [read(stand.stream("article"), item).contract for item in (await stand.items("article")).values()]
    (one,) = [one for one in found if isinstance(one, ListedArticle) and one.sku == sku]
    return one
