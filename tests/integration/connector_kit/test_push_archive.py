"""What was said to a shop about several orders at once belongs to all of them."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared.connector_kit import work
from shared.contracts.fulfilment import Fulfilment, FulfilmentPush, ShippedLine
from shared.persistence import archive
from tests.integration.connector_kit.branch import Branch
from tests.integration.connector_kit.test_retries import pusher


async def archived_for(branch: Branch, orders: list[UUID]) -> dict[UUID, archive.Payload]:
    """Parcels of these orders are told in one step; answers what was archived of it, by id."""
    await branch.settle_in(productive=True, integration={"fulfilments": True})
    rows = []
    for number, order in zip(branch.place(len(orders)), orders, strict=True):
        line = ShippedLine(line_external_id="1", quantity=1)
        parcel = Fulfilment(id=uuid4(), order_external_id=number, lines=(line,), carrier="DHL", tracking_number="T-1",
                            shipped_at=datetime.now(UTC))  # fmt: skip
        body = FulfilmentPush(order_id=order, fulfilment=parcel).model_dump_json()
        rows.append(work.NewWork(branch.connection.id, "fulfilment", str(parcel.id), 1, body))
    async with branch.service.database.transaction() as tx:
        await work.store(tx, rows)
    await (await pusher(branch)).step(branch.stand.push("fulfilment"))
    async with branch.admin.transaction() as tx:
        ids = [row["id"] for row in await tx.rows("SELECT id FROM archive.payloads")]
        return await archive.load(tx, ids)


async def test_parcels_of_several_orders_told_at_once_are_archived_under_the_keys_of_all(branch: Branch) -> None:
    orders = [uuid4() for _ in range(3)]
    (payload,) = (await archived_for(branch, orders)).values()
    assert payload.state == "readable"
    for gone in orders:
        async with branch.admin.transaction() as tx:
            key = await tx.value("SELECT key FROM archive.keys WHERE id = :id", id=gone)
            assert key is not None
            await tx.execute("UPDATE archive.keys SET key = NULL WHERE id = :id", id=gone)
            assert (await archive.load(tx, [payload.id]))[payload.id].state == "erased"
            await tx.execute("UPDATE archive.keys SET key = :key WHERE id = :id", id=gone, key=key)


async def test_a_parcel_told_alone_is_archived_under_its_own_orders_key(branch: Branch) -> None:
    order = uuid4()
    (payload,) = (await archived_for(branch, [order])).values()
    async with branch.admin.transaction() as tx:
        row = await tx.row("SELECT key_id, further_keys FROM archive.payloads WHERE id = :id", id=payload.id)
    assert row == {"key_id": order, "further_keys": []}
