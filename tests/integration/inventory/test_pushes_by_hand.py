"""Chosen listings are sent by hand, also before the shop goes live, and each one is answered."""

from typing import Any

from tests.integration.inventory.stockroom import OTHER, SHOP, Stockroom, at, listing_id


async def push(room: Stockroom, **body: Any) -> Any:
    return await room.call("POST", "/push", json={"connection": str(SHOP)} | body)


async def test_chosen_listings_are_sent_although_the_shop_is_not_live_and_only_those(stockroom: Stockroom) -> None:
    await stockroom.connect(version=2, productive=False, integration={})
    await stockroom.articles("A-1", "A-2")
    await stockroom.take(*[stockroom.listed(name, name, quantity=9) for name in ("A-1", "A-2")])
    await stockroom.count("A-1", 5, when=at(1))
    assert await stockroom.pushes() == []
    reply = await push(stockroom, skus=["A-1"])
    assert (reply.status_code, reply.json()["sent"], reply.json()["refused"]) == (200, 1, 0)
    (sent,) = await stockroom.pushes()
    assert (sent.sku, sent.quantity, sent.asked_by, sent.expected) == ("A-1", 5, "anna (operate)", 9)
    await stockroom.report(sent)
    place = (await stockroom.get(f"/listings/{listing_id('A-1')}/quantity"))["places"][0]
    assert (place["told"], place["waits"]) == (5, False)
    (entry,) = await stockroom.journalled("stock_sent_by_hand")
    assert (entry.actor, entry.params["quantity"]) == ("anna (operate)", "5")
    await stockroom.count("A-1", 4, when=at(2))
    assert await stockroom.pushes() == []


async def test_by_hand_before_going_live_still_leaves_alone_what_the_shop_does_not_count(stockroom: Stockroom) -> None:
    await stockroom.connect(version=2, productive=False)
    await stockroom.articles("V-1")
    await stockroom.take(stockroom.listed("L3", "V-1", counts_stock=False))
    (item,) = (await push(stockroom, skus=["V-1"])).json()["items"]
    assert (item["outcome"], item["because"]["code"]) == ("refused", "stock_not_counted")
    assert await stockroom.pushes() == []


async def test_what_is_held_and_then_sent_by_hand_leaves_its_hold(stockroom: Stockroom) -> None:
    names = [f"A-{n}" for n in range(12)]
    await stockroom.articles(*names)
    await stockroom.take(*[stockroom.listed(name, name) for name in names])
    for name in names:
        await stockroom.count(name, 5, when=at(0))
    for sent in await stockroom.pushes():
        await stockroom.report(sent)
    for name in names:
        await stockroom.take(stockroom.order(f"o {name}", 1, [(name, 5)]))
    assert await stockroom.pushes() == []
    assert (await push(stockroom, skus=names[:2])).json()["sent"] == 2
    assert {(sent.sku, sent.quantity) for sent in await stockroom.pushes()} == {(names[0], 0), (names[1], 0)}
    (hold,) = (await stockroom.get("/holds", state="open"))["items"]
    assert hold["waiting"] == 10


async def test_a_push_by_hand_twice_sends_the_same_number_twice_and_changes_nothing_else(
    stockroom: Stockroom,
) -> None:
    await stockroom.shelf(quantity=9)
    await stockroom.told("L1")
    versions = []
    for _ in range(2):
        (item,) = (await push(stockroom, listings=[str(listing_id("L1"))])).json()["items"]
        versions.append(item["places"][0]["version"])
        (sent,) = await stockroom.pushes()
        assert (sent.quantity, sent.version) == (9, versions[-1])
        await stockroom.report(sent)
    assert versions[0] < versions[1]


async def test_every_choice_that_cannot_be_sent_says_why(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=9)
    await stockroom.articles("V-1")
    await stockroom.take(stockroom.listed("L2", "nobody"), stockroom.listed("L3", "V-1", counts_stock=False))
    answer = (await push(stockroom, skus=["A-1", "nobody", "V-1", "ghost"])).json()
    assert [(item["key"], item["outcome"], (item["because"] or {}).get("code")) for item in answer["items"]] == [
        ("A-1", "sent", None),
        ("nobody", "refused", "listing_article_unknown"),
        ("V-1", "refused", "stock_not_counted"),
        ("ghost", "refused", "hand_push_unknown"),
    ]
    assert (answer["sent"], answer["refused"]) == (1, 3)
    await stockroom.connect(version=2, paused_because="credentials_refused")
    (item,) = (await push(stockroom, skus=["A-1"])).json()["items"]
    assert (item["outcome"], item["because"]["code"]) == ("refused", "connection_paused")


async def test_a_test_by_hand_is_not_the_first_push_that_the_guard_watches(stockroom: Stockroom) -> None:
    names = [f"A-{n}" for n in range(12)]
    await stockroom.connect(version=2, productive=False)
    await stockroom.articles(*names)
    await stockroom.take(*[stockroom.listed(name, name, quantity=5) for name in names])
    await stockroom.pushes()
    assert (await push(stockroom, skus=names[:1])).json()["sent"] == 1
    (sent,) = await stockroom.pushes()
    assert sent.quantity == 0
    await stockroom.report(sent)
    await stockroom.connect(version=3)
    assert await stockroom.pushes() == []
    (hold,) = (await stockroom.get("/holds", state="open"))["items"]
    assert (hold["reason"], hold["zeroed"]) == ("first", 11)


async def test_a_choice_that_names_nothing_or_too_much_or_another_shop_is_refused(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=9)
    for body in ({}, {"skus": ["A-1"], "listings": [str(listing_id("L1"))]}):
        reply = await push(stockroom, **body)
        assert (reply.status_code, reply.json()["code"]) == (422, "hand_push_choice")
    for body, field in (({"skus": ["x"] * 1001}, "skus"), ({"sku": ["A-1"]}, "sku"), ({"skus": ["a\x00"]}, "skus.0")):
        reply = await push(stockroom, **body)
        assert (reply.status_code, reply.json()["field"]) == (422, field)
    token = await stockroom.key("operate", [OTHER])
    body = {"connection": str(SHOP), "skus": ["A-1"]}
    assert (await stockroom.call("POST", "/push", json=body, token=token)).status_code == 404
    assert (await stockroom.call("POST", "/push", json=body, role="support")).status_code == 403
    assert await stockroom.pushes() == []
