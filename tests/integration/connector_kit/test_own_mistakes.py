"""A connector that cannot cope with one record fails at that record: its neighbours and the connection go on."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from services.connectors.woocommerce.connector import WOOCOMMERCE
from shared.connector_kit import work
from shared.connector_kit.declaration import Command, Connector, Page, Push, PushResult, RawItem
from shared.connector_kit.taking import Counts, stay
from shared.connector_kit.translation import read
from shared.contracts.article import ListedArticle
from shared.contracts.stock import StockPush
from tests.integration.connector_kit.branch import Branch, eventually
from tests.integration.connector_kit.test_retries import later, pusher, reports

BAD = "KR-1002"


def clumsy_push() -> Push:
    """Sets stock as it should, until it meets one article."""
    usual = next(push for push in WOOCOMMERCE.pushes if push.noun == "stock")

    async def send(client: Any, commands: Sequence[Command]) -> Sequence[PushResult]:
        if any(command.payload.sku == BAD for command in commands):
            raise KeyError("status")
        return await usual.send(client, commands)

    return replace(usual, send=send)


def clumsy_connector(bad: str) -> Connector:
    """Reads single orders as it should, all but one."""
    usual = WOOCOMMERCE.streams[-1]
    assert usual.noun == "order"

    async def fetch_one(client: Any, external_id: str) -> Sequence[RawItem]:
        if external_id == bad:
            raise KeyError("line_items")
        return await usual.fetch_one(client, external_id)

    return replace(WOOCOMMERCE, streams=(*WOOCOMMERCE.streams[:-1], replace(usual, fetch_one=fetch_one)))


def clumsy_translation(bad: str) -> Connector:
    """Understands every order but one."""
    usual = WOOCOMMERCE.streams[-1]

    def translate(raw: Any) -> Any:
        if str(raw.id) == bad:
            raise ZeroDivisionError
        return usual.translate(raw)

    return replace(WOOCOMMERCE, streams=(*WOOCOMMERCE.streams[:-1], replace(usual, translate=translate)))


async def wanted(branch: Branch, skus: Sequence[str]) -> None:
    stream = branch.stand.stream("article")
    articles = [read(stream, item).contract for item in (await branch.stand.items("article")).values()]
    for article in articles:
        if not isinstance(article, ListedArticle) or article.sku not in skus:
            continue
        listing: UUID = uuid4()
        command = StockPush(
            listing_id=listing, version=1, external_id=article.external_id, sku=article.sku, quantity=77,
            parent_external_id=article.parent_external_id,
        )  # fmt: skip
        new = work.NewWork(branch.connection.id, "stock", str(listing), 1, command.model_dump_json())
        async with branch.service.database.transaction() as tx:
            await work.store(tx, [new])


async def test_a_quantity_that_we_fail_at_holds_back_no_other_and_ends_some_day(branch: Branch) -> None:
    await branch.settle_in(productive=True, integration={"stock": True})
    await wanted(branch, ["KR-1001", BAD, "KR-1003"])
    before, push = branch.stand.shop.stock(), clumsy_push()
    for _ in range(3):
        await (await pusher(branch)).step(push)
    assert branch.stand.shop.stock() == before | {"KR-1001": 77, "KR-1003": 77}
    assert sorted((one.outcome, one.code) for one in await reports(branch)) == [
        ("done", ""), ("done", ""), ("retrying", "defect"),
    ]  # fmt: skip
    # It is not tried again and again meanwhile.
    assert await branch.value("SELECT count(*) FROM work WHERE due_at > now()") == 1
    for days in (1, 5, 0):
        await later(branch, days)
        await (await pusher(branch)).step(push)
    assert (await reports(branch))[-1].code == "retries_ended"
    assert await branch.value("SELECT count(*) FROM work") == 0


async def test_a_command_of_an_older_contract_holds_back_no_other_and_is_told_as_failed(branch: Branch) -> None:
    await branch.settle_in(productive=True, integration={"stock": True})
    await wanted(branch, ["KR-1001", BAD, "KR-1003"])
    async with branch.admin.transaction() as tx:
        await tx.execute("UPDATE work SET body = body - 'quantity' WHERE body ->> 'sku' = :sku", sku=BAD)
    before, push = branch.stand.shop.stock(), branch.stand.push("stock")
    for _ in range(3):
        await (await pusher(branch)).step(push)
    assert branch.stand.shop.stock() == before | {"KR-1001": 77, "KR-1003": 77}
    for days in (1, 5, 0):
        await later(branch, days)
        await (await pusher(branch)).step(push)
    assert (await reports(branch))[-1].code == "retries_ended"
    entry = (await branch.told("command_unreadable"))[-1]
    assert (entry.outcome, entry.params["code"], entry.params["subject"]) == ("error", "retries_ended", entry.subject)
    assert await branch.value("SELECT count(*) FROM work") == 0


async def test_a_record_that_we_fail_at_keeps_no_other_from_being_read(branch: Branch) -> None:
    bad, good = branch.place(2)
    branch.stand.connector = clumsy_connector(bad)
    await branch.settle_in(productive=True, integration={"orders": True})
    hints = [work.Hinted(branch.connection.id, "read:order", id) for id in (bad, good)]
    async with branch.service.database.transaction() as tx:
        # Only what webhooks name is read.
        await tx.execute(
            "INSERT INTO cursors (connection, stream, due_at) VALUES (:id, 'order', now() + interval '1 h')",
            id=branch.connection.id,
        )
        await work.hint(tx, hints)
    branch.open_for_business()

    async def read_once() -> bool:
        return [one.subject for one in branch.bus.of("order.received")] == [good]

    async def put_off() -> bool:
        return bool(await branch.value("SELECT last_error FROM work WHERE subject = :id", id=bad) == "KeyError")

    await eventually(read_once)
    await eventually(put_off)
    assert await branch.value("SELECT count(*) FROM work") == 1


async def test_an_order_that_we_cannot_translate_stops_no_other_and_is_read_once_we_can(branch: Branch) -> None:
    first, bad, last = branch.place(3)
    branch.stand.connector = clumsy_translation(bad)
    await branch.settle_in(productive=True, integration={"orders": True})
    branch.open_for_business()

    async def all_read() -> bool:
        return {one.subject for one in branch.bus.of("order.received")} == {first, last}

    await eventually(all_read)
    (unreadable,) = branch.bus.of("order.unreadable")
    assert (unreadable.subject, unreadable.data.code, unreadable.data.value) == (
        bad, "translation_failed", "ZeroDivisionError",
    )  # fmt: skip
    mended = await branch.reader(Counts())
    stream = next(one for one in WOOCOMMERCE.streams if one.noun == "order")
    page = Page(await stream.fetch_one(branch.stand.client, bad))
    await mended.take(stream, page, await mended.now(), "poll", stay)
    assert {one.subject for one in branch.bus.of("order.received")} == {first, bad, last}
