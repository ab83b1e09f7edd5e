"""The same account by files: nothing is moved before it is safe, nothing half is fetched, nothing is told twice."""

import asyncio
import os
from typing import Any

import pytest

from services.sandbox.faults import Rule
from services.sandbox.tradebyte.exchange import FileExchange
from shared.connector_kit.translation import read
from shared.contracts.errors import Misconfigured, Transient, Unknown
from shared.contracts.order import Order
from tests.wired.contract.stand import Stand, command
from tests.wired.contract.test_cancellations import cancellation
from tests.wired.contract.test_prices import price
from tests.wired.contract.test_pushes import articles, level, order_of, parcel, settled

OLD = 1_000_000_000


def files(stand: Stand) -> FileExchange:
    found = stand.shop.files
    assert isinstance(found, FileExchange)
    return found


def names(stand: Stand, folder: str) -> list[str]:
    path = files(stand).server.folder / folder
    return sorted(one.name for one in path.iterdir() if one.is_file()) if path.exists() else []


def told(stand: Stand) -> list[tuple[str, str, int]]:
    files(stand).collect()
    return [(one.kind, str(one.item_id), one.quantity) for one in stand.shop.account.messages]


async def kept(stand: Stand) -> dict[str, Order]:
    """One run, every page of it acknowledged for what could be read, as the kit does."""
    stream, met = stand.stream("order"), {}
    for page in await stand.pages():
        orders = {raw.external_id: read(stream, raw).contract for raw in page.items}
        whole = {id: order for id, order in orders.items() if isinstance(order, Order)}
        if page.acknowledge is not None:
            await page.acknowledge(list(whole))
        met |= whole
    return met


def refitted(stand: Stand, **differing: Any) -> Any:
    """A client with other settings."""
    settings = stand.client.settings.model_copy(update=differing)
    return stand.connector.client(settings, stand.outside)


async def test_orders_come_as_one_file_for_each_channel_and_are_moved_once_they_are_kept(file_stand: Stand) -> None:
    placed = file_stand.shop.place_many(130, file_stand.sandbox.plain_baskets)
    pages = await file_stand.pages()
    waiting = names(file_stand, "orders")
    assert len(waiting) == 2
    assert {item.external_id for page in pages for item in page.items} == set(placed)
    # Nobody has said that they are kept: they are all there again.
    assert set(await kept(file_stand)) == set(placed)
    assert (names(file_stand, "orders"), names(file_stand, "orders/done")) == ([], waiting)
    assert await file_stand.items() == {}


async def test_a_file_is_not_moved_before_its_last_page_is_kept(file_stand: Stand) -> None:
    file_stand.shop.place_many(130, file_stand.sandbox.plain_baskets)
    first, second, *_ = await file_stand.pages()
    assert first.acknowledge is not None
    assert second.acknowledge is not None
    for _ in range(2):
        await first.acknowledge([item.external_id for item in first.items])
    assert len(names(file_stand, "orders")) == 2
    for _ in range(2):
        await second.acknowledge([item.external_id for item in second.items])
    assert len(names(file_stand, "orders")) == 1


async def test_the_same_file_twice_is_harmless_and_so_is_another_of_its_name(file_stand: Stand) -> None:
    placed = file_stand.shop.place_many(4, file_stand.sandbox.plain_baskets)
    first = await kept(file_stand)
    folder = files(file_stand).server.folder / "orders"
    for name in names(file_stand, "orders/done"):
        (folder / name).write_bytes((folder / "done" / name).read_bytes())
    assert await kept(file_stand) == first
    assert set(first) == set(placed)
    assert names(file_stand, "orders") == []
    assert len(names(file_stand, "orders/done")) == 4


async def test_a_file_with_an_order_that_cannot_be_read_stays_and_a_broken_one_is_shown_by_its_name(
    file_stand: Stand,
) -> None:
    stand = file_stand
    one, two = stand.shop.place_many(2, stand.sandbox.plain_baskets)
    stand.shop.account.orders[int(one.partition(":")[2])].defect = "wrong_type"
    folder = files(stand).server.folder / "orders"
    for name, body in (("ORDERS_00.xml", b"<ORDER_LIST><ORDER>"), ("ORDERS_01.xml", b"<ORDER_LIST>")):
        (folder / name).write_bytes(body)
    os.utime(folder / "ORDERS_00.xml", (OLD, OLD))
    items = await stand.items()
    # The young one may still be on its way.
    assert set(items) == {one, two, "ORDERS_00.xml"}
    broken = read(stand.stream("order"), items["ORDERS_00.xml"])
    assert broken.unreadable is not None
    assert set(await kept(stand)) == {two}
    left = names(stand, "orders")
    assert left[:2] == ["ORDERS_00.xml", "ORDERS_01.xml"]
    assert len(left) == 3


async def test_names_that_are_to_be_left_alone_are_left_alone(file_stand: Stand) -> None:
    folder = files(file_stand).server.folder / "orders"
    for name in ("ORDERS_test.xml", "ORDERS_1.progress.xml", "ORDERS_2.done.xml", "ORDERS_3.xml.tmp", "readme.txt"):
        (folder / name).write_bytes(b"<ORDER_LIST/>")
    (folder / "ORDERS_4.xml").symlink_to("/etc/passwd")
    (folder / "ORDERS_5.xml").mkdir()
    before = names(file_stand, "orders")
    assert await kept(file_stand) == {}
    assert names(file_stand, "orders") == before


async def test_stock_prices_and_messages_go_as_files_that_are_whole_when_they_are_seen(file_stand: Stand) -> None:
    stand = file_stand
    (article,) = await articles(stand, "KR-1001")
    order = await order_of(stand, "reduced rate only")
    for quantity in (5, 4):
        assert (await stand.send("stock", [level(article, quantity)]))[0].outcome == "done"
    assert (await stand.send("price", [price(article, "7.35")]))[0].outcome == "done"
    assert (
        await settled(stand, "fulfilment", parcel(order, lines=parcel(order).fulfilment.lines[:1]))
    ).outcome == "done"
    last = order.line_items[-1].external_id
    assert (await settled(stand, "cancellation", cancellation(order, (last, 1)))).outcome == "done"
    assert [len(names(stand, folder)) for folder in ("stock", "catalogue", "messages")] == [2, 1, 2]
    assert [kind for kind, _, _ in told(stand)] == ["SHIP", "NO_INVENTORY"]
    assert files(stand).refused == []
    assert stand.shop.stock()["KR-1001"] == 4
    assert stand.shop.account.articles["KR-1001"].prices["chat"].now == "7.35"


async def test_a_message_that_nobody_could_have_seen_is_sent_again_and_is_there_once(file_stand: Stand) -> None:
    stand = file_stand
    order = await order_of(stand, "engraving")
    stand.opened.faults.add(Rule("error_500", times=1, path_contains="MESSAGES_", method="RENAME"))
    one = command(parcel(order))
    with pytest.raises(Unknown):
        await stand.push("fulfilment").send(stand.client, [one])
    assert [name.endswith(".tmp") for name in names(stand, "messages")] == [True]
    assert await stand.push("fulfilment").verify(stand.client, [one]) == [None]
    assert names(stand, "messages") == []
    assert (await stand.push("fulfilment").send(stand.client, [one]))[0].outcome == "done"
    assert len(told(stand)) == 1


async def test_a_message_whose_answer_was_lost_is_found_where_it_lies(file_stand: Stand) -> None:
    stand = file_stand
    order = await order_of(stand, "engraving")
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="MESSAGES_", method="RENAME"))
    assert (await settled(stand, "fulfilment", parcel(order))).outcome == "done"
    assert len(told(stand)) == 1


async def test_a_message_whose_answer_was_lost_and_that_was_fetched_meanwhile_is_left_to_a_person(
    file_stand: Stand,
) -> None:
    stand = file_stand
    order = await order_of(stand, "engraving")
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="MESSAGES_", method="RENAME"))
    one = command(parcel(order))
    with pytest.raises(Unknown):
        await stand.push("fulfilment").send(stand.client, [one])
    assert len(told(stand)) == 1
    (found,) = await stand.push("fulfilment").verify(stand.client, [one])
    assert found is not None
    assert (found.outcome, found.code) == ("failed", "message_unsure")


async def test_what_an_earlier_try_left_half_written_does_not_speak_for_the_one_that_was_fetched(
    file_stand: Stand,
) -> None:
    stand = file_stand
    order = await order_of(stand, "engraving")
    one = command(parcel(order))
    half = files(stand).server.folder / "messages" / f"MESSAGES_20261129_101500_000001_{one.key.hex}.xml.tmp"
    half.write_bytes(b"<MESSAGES_LIST><MESS")
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="MESSAGES_", method="RENAME"))
    with pytest.raises(Unknown):
        await stand.push("fulfilment").send(stand.client, [one])
    assert len(told(stand)) == 1
    (found,) = await stand.push("fulfilment").verify(stand.client, [one])
    assert found is not None
    assert found.code == "message_unsure"


async def test_a_message_that_lies_there_already_is_not_put_there_again(file_stand: Stand) -> None:
    one = command(parcel(await order_of(file_stand, "engraving")))
    for _ in range(2):
        assert (await file_stand.push("fulfilment").send(file_stand.client, [one]))[0].outcome == "done"
    assert len(names(file_stand, "messages")) == 1


async def test_another_key_than_the_one_entered_is_refused_by_its_field_and_no_password_is_told(
    file_stand: Stand,
) -> None:
    stranger = refitted(file_stand, sftp_host_key="SHA256:" + "A" * 43)
    with pytest.raises(Misconfigured) as caught:
        await stranger.files.waiting()
    assert (caught.value.code, caught.value.field) == ("host_key_refused", "sftp_host_key")
    assert caught.value.params["shown"] == files(file_stand).server.fingerprint
    assert files(file_stand).server.logins == 0
    whole = refitted(file_stand, sftp_host_key=files(file_stand).server.key.export_public_key().decode().strip())
    assert await whole.files.waiting() == []


async def test_the_live_test_names_the_folder_the_password_and_the_address_that_are_wrong(file_stand: Stand) -> None:
    probe = file_stand.connector.probe
    assert (await probe(file_stand.client)).ok
    for field, value, code in (
        ("sftp_stock", "nowhere", "folder_refused"),
        ("sftp_password", "wrong", "credentials_refused"),
    ):
        with pytest.raises(Misconfigured) as caught:
            await probe(refitted(file_stand, **{field: value}))
        assert (caught.value.code, caught.value.field) == (code, field)
    for host in ("localhost", "10.0.0.7", "0x7f.1", "127.0.0.1"):
        with pytest.raises(Misconfigured) as caught:
            refitted(file_stand, sftp_host=host, sftp_port=2022)
        assert caught.value.field == "sftp_host"


async def test_a_server_that_is_gone_is_a_matter_of_time(file_stand: Stand) -> None:
    files(file_stand).server._acceptor.close()  # type: ignore[union-attr]
    with pytest.raises(Transient) as caught:
        await file_stand.items()
    assert caught.value.code == "unreachable"


async def test_files_of_one_moment_do_not_overwrite_each_other(file_stand: Stand) -> None:
    file_stand.shop.place_many(6, file_stand.sandbox.plain_baskets)
    (article,) = await articles(file_stand, "KR-1001")
    await asyncio.gather(kept(file_stand), *(file_stand.send("stock", [level(article, 3)]) for _ in range(3)))
    assert len(names(file_stand, "stock")) == 3
