"""What a channel said once is known to every process that reads the order later."""

from uuid import uuid4

from services.sandbox.merchant import Change
from shared.connector_kit.declaration import Window
from shared.connector_kit.opening import Opener
from shared.connector_kit.translation import read as translated
from shared.contracts.order import Order
from tests.integration.connector_kit.branch import Branch


async def test_a_return_that_was_said_once_is_in_every_later_reading_by_whichever_process(list_branch: Branch) -> None:
    branch = list_branch
    (id,) = branch.place(1)
    stream = branch.stand.stream("order")
    branch.stand.shop.account.flag(id.partition(":")[2], None)
    branch.stand.shop.change(id, Change("refund_line", line=0, quantity=1))

    async def known(opener: Opener) -> list[str]:
        shop = opener.open(branch.connection)
        try:
            async for page in stream.fetch(shop.client, Window()):
                if page.acknowledge is not None:
                    await page.acknowledge([raw.external_id for raw in page.items])
            (raw,) = await stream.fetch_one(shop.client, id)
        finally:
            await shop.close()
        order = translated(stream, raw).contract
        assert isinstance(order, Order)
        return [one.external_id for one in order.returns]

    def opener() -> Opener:
        return Opener(branch.stand.connector, branch.service, transport=branch.opener.transport)

    first = await known(opener())
    assert len(first) == 1
    assert [one.exported for one in branch.stand.shop.account.said] == [True]
    # Another process never saw the message; the list is empty.
    assert await known(opener()) == first
    assert await branch.value("SELECT count(*) FROM connectors.notes WHERE record = :id", id=id) == 1


async def test_notes_of_another_connection_are_none_of_ours_and_the_same_note_twice_is_one(list_branch: Branch) -> None:
    shop = list_branch.opener.open(list_branch.connection)
    notes = shop.client.notes
    for body in ("first", "again"):
        await notes.add("chde:1", "900001", body)
    await notes.add("chde:1", "900002", "second")
    assert await notes.of(["chde:1", "chde:2"]) == {"chde:1": ["first", "second"]}
    other = list_branch.connection.model_copy(update={"id": uuid4()})
    sealed = list_branch.ring.seal(
        list_branch.opener.credentials(list_branch.connection).model_dump(), other.id, other.platform
    )
    stranger = list_branch.opener.open(other.model_copy(update={"sealed": sealed}))
    assert await stranger.client.notes.of(["chde:1"]) == {}
    for one in (shop, stranger):
        await one.close()
