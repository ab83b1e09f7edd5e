"""Articles are taken from a shop's listings, once and again."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.inventory import import_book, import_work
from shared.contracts.article import ArticleContent, ArticleHead
from shared.contracts.money import Money
from tests.integration.inventory.stockroom import OTHER, SHOP, Stockroom, listing_id

RED = ArticleContent(
    head=ArticleHead(number="hemd", title="Hemd", description="<p>Aus Leinen.</p>"), options={"Farbe": "Rot"},
    description="<p>Aus Leinen.</p>", manufacturer="Kramladen", weight_grams=Decimal(350),
    categories=("Laden > Kleidung",), media=("https://shop.example/rot.jpg",),
)  # fmt: skip


async def shop(room: Stockroom, **switches: Any) -> None:
    """A shop that is not live, with a simple article and two variants of one head."""
    await room.connect(productive=False, **switches)
    price = Money(amount=Decimal("19.90"), currency="EUR")
    await room.take(
        room.listed("L1", "A-1", title="Becher", ean="4006381001007", quantity=5, price=price),
        room.listed("L2", "H-R", title="Hemd - Rot", quantity=7, price=price, content=RED),
        room.listed("L3", "H-B", title="Hemd - Blau", price=price, counts_stock=False,
                    content=RED.model_copy(update={"options": {"Farbe": "Blau"}})),
    )  # fmt: skip


async def begin(room: Stockroom, **wish: Any) -> dict[str, Any]:
    reply = await room.call("POST", "/imports", json={"connection": str(SHOP), **wish})
    assert reply.status_code == 202, reply.text
    found: dict[str, Any] = reply.json()
    return found


async def work(room: Stockroom, times: int = 50) -> None:
    for _ in range(times):
        if not await import_work.step(room.service):
            break


async def imported(room: Stockroom, **wish: Any) -> dict[str, Any]:
    """One import from its beginning to its end."""
    run = await begin(room, **wish)
    await work(room)
    found: dict[str, Any] = await room.get(f"/imports/{run['id']}")
    assert found["state"] == "finished"
    return found


def outcomes(run: dict[str, Any]) -> dict[str, int]:
    return {name: n for name, n in run["counts"].items() if n}


async def article(room: Stockroom, number: str) -> dict[str, Any]:
    found: dict[str, Any] = await room.get(f"/articles/{number}")
    return found


async def preview(room: Stockroom, **params: Any) -> Sequence[dict[str, Any]]:
    found: Sequence[dict[str, Any]] = (await room.get(f"/import-preview/{SHOP}", **params))["items"]
    return found


async def test_what_an_import_would_do_is_shown_before_and_nothing_is_changed(stockroom: Stockroom) -> None:
    await shop(stockroom)
    await stockroom.articles("a-1", "H-R")
    await stockroom.take(stockroom.listed("L4", None, title="ohne Nummer"), stockroom.listed("L5", "X", ean="1"))
    shown = {one["external_id"]: one for one in await preview(stockroom)}
    assert {key: (one["action"], one["because"]["code"]) for key, one in shown.items()} == {
        "L1": ("refuse", "import_near_article"),
        "L2": ("match", "import_matches"),
        "L3": ("create", "import_creates"),
        "L4": ("refuse", "listing_sku_missing"),
        "L5": ("refuse", "import_ean_wrong"),
    }
    assert shown["L1"]["near"] == ["a-1"]
    assert shown["L5"]["problems"][0]["field"] == "ean"
    assert shown["L3"]["content"]["head"]["number"] == "hemd"
    counts = await stockroom.get(f"/import-preview/{SHOP}/counts")
    assert (counts["create"], counts["match"], counts["refuse"]) == (1, 1, 3)
    assert counts["problems"] == {"import_near_article": 1, "listing_sku_missing": 1, "import_ean_wrong": 1}
    assert [one["external_id"] for one in await preview(stockroom, problem="import_ean_wrong")] == ["L5"]
    assert [one["external_id"] for one in await preview(stockroom, action="create", sku="H-B")] == ["L3"]
    assert len((await stockroom.get("/articles"))["items"]) == 2


async def test_a_head_without_variants_is_named_until_it_has_some(stockroom: Stockroom) -> None:
    await stockroom.connect(productive=False)
    await stockroom.take(stockroom.listed("P", None, content=ArticleContent(is_head=True)))
    (shown,) = await preview(stockroom)
    assert [one["code"] for one in shown["problems"]] == ["import_head_without_variants"]
    await stockroom.take(stockroom.listed("P1", "H-R", parent_external_id="P", content=RED))
    assert [one["external_id"] for one in await preview(stockroom)] == ["P1"]


async def test_the_view_pages_over_everything_once(stockroom: Stockroom) -> None:
    await shop(stockroom)
    seen, after = [], None
    while True:
        page = await stockroom.get(f"/import-preview/{SHOP}", limit=1, **({"after": after} if after else {}))
        seen += [one["external_id"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert sorted(seen) == ["L1", "L2", "L3"]


async def test_listings_become_articles_with_their_variants(stockroom: Stockroom) -> None:
    await shop(stockroom)
    run = await imported(stockroom)
    assert outcomes(run) == {"created": 3}
    assert run["listings"] == 3
    cup, head, red = [await article(stockroom, number) for number in ("A-1", "hemd", "H-R")]
    assert (cup["title"], cup["ean"], cup["parent_number"]) == ("Becher", "4006381001007", None)
    assert (head["title"], head["description"], head["parent_number"]) == ("Hemd", "<p>Aus Leinen.</p>", None)
    assert (red["title"], red["parent_number"]) == ("Hemd - Rot", "hemd")
    matched = await stockroom.get(f"/listings/{listing_id('L2')}")
    assert matched["article_number"] == "H-R"
    entries = await stockroom.journalled("import_created")
    assert {one.params["number"] for one in entries} == {"A-1", "H-R", "H-B"}
    assert {one.correlation for one in entries} == {run["id"]}


async def test_references_to_images_and_categories_are_kept_with_the_article(stockroom: Stockroom) -> None:
    await shop(stockroom)
    await imported(stockroom)
    kept = (await stockroom.get("/article-contents/H-R"))["content"]
    assert kept["media"] == ["https://shop.example/rot.jpg"]
    assert kept["categories"] == ["Laden > Kleidung"]
    assert (kept["options"], kept["weight_grams"], kept["manufacturer"]) == ({"Farbe": "Rot"}, "350", "Kramladen")
    assert (await stockroom.call("GET", "/article-contents/unknown")).status_code == 404


async def test_stock_and_prices_are_not_taken_unless_they_are_asked_for(stockroom: Stockroom) -> None:
    await shop(stockroom)
    await imported(stockroom)
    assert (await stockroom.get("/levels"))["items"] == []
    assert (await stockroom.get("/prices"))["items"] == []


async def test_stock_that_is_asked_for_is_a_count_with_its_ledger_entry(stockroom: Stockroom) -> None:
    await shop(stockroom)
    await stockroom.call("PUT", "/warehouses/main", json={"name": "Hauptlager"})
    await imported(stockroom, stock={"warehouse": "main", "meaning": "physical"})
    levels = {one["article_number"]: Decimal(one["quantity"]) for one in (await stockroom.get("/levels"))["items"]}
    assert levels == {"A-1": 5, "H-R": 7}
    async with stockroom.service.database.transaction() as tx:
        booked = await tx.rows("SELECT article_number, kind, quantity, reason FROM ledger ORDER BY article_number")
    assert [(one["article_number"], one["kind"], one["reason"]) for one in booked] == [
        ("A-1", "count", "import"), ("H-R", "count", "import"),
    ]  # fmt: skip
    again = await imported(stockroom, strategy="fill", stock={"warehouse": "main", "meaning": "physical"})
    assert outcomes(again) == {"unchanged": 3}
    async with stockroom.service.database.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM ledger") == 2


async def test_a_level_that_we_counted_ourselves_is_not_replaced_by_filling_in(stockroom: Stockroom) -> None:
    await shop(stockroom)
    await stockroom.articles("A-1")
    await stockroom.count("A-1", 99)
    await imported(stockroom, strategy="fill", stock={"warehouse": "main"})
    levels = {one["article_number"]: Decimal(one["quantity"]) for one in (await stockroom.get("/levels"))["items"]}
    assert levels["A-1"] == 99


async def test_prices_that_are_asked_for_go_into_the_named_list(stockroom: Stockroom) -> None:
    await shop(stockroom)
    await imported(stockroom, prices={"price_list": "Gastro", "basis": "net", "tax": "reduced"})
    prices = (await stockroom.get("/prices"))["items"]
    assert [(one["article_number"], one["price_list"], Decimal(one["amount"]), one["basis"], one["tax"])
            for one in prices] == [
        (number, "Gastro", Decimal("19.90"), "net", "reduced") for number in ("A-1", "H-B", "H-R")
    ]  # fmt: skip
    again = await imported(stockroom, strategy="fill", prices={"price_list": "Gastro"})
    assert outcomes(again) == {"unchanged": 3}


async def test_the_same_import_twice_changes_nothing(stockroom: Stockroom) -> None:
    await shop(stockroom)
    await imported(stockroom, prices={})
    versions = {one["number"]: one["version"] for one in (await stockroom.get("/articles"))["items"]}
    for strategy, outcome in (("create", "matched"), ("fill", "unchanged"), ("overwrite", "unchanged")):
        assert outcomes(await imported(stockroom, strategy=strategy, prices={})) == {outcome: 3}
    assert {one["number"]: one["version"] for one in (await stockroom.get("/articles"))["items"]} == versions


async def test_a_second_run_changes_only_what_its_strategy_allows(stockroom: Stockroom) -> None:
    await shop(stockroom)
    await stockroom.articles("A-1", title="Tasse")
    assert outcomes(await imported(stockroom)) == {"created": 2, "matched": 1}
    assert (await article(stockroom, "A-1"))["ean"] is None
    assert outcomes(await imported(stockroom, strategy="fill")) == {"updated": 1, "unchanged": 2}
    filled = await article(stockroom, "A-1")
    assert (filled["title"], filled["ean"]) == ("Tasse", "4006381001007")
    assert outcomes(await imported(stockroom, strategy="overwrite")) == {"updated": 1, "unchanged": 2}
    assert (await article(stockroom, "A-1"))["title"] == "Becher"


async def test_an_import_that_was_killed_in_the_middle_goes_on(
    stockroom: Stockroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop(stockroom)
    monkeypatch.setattr(import_work, "BATCH", 1)
    run = await begin(stockroom)
    await work(stockroom, 1)
    half = await stockroom.get(f"/imports/{run['id']}")
    assert (half["state"], outcomes(half)) == ("running", {"waiting": 2, "created": 1})

    async def dies(*_: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(import_book, "settle", dies)
        with pytest.raises(RuntimeError):
            await work(stockroom, 1)
    assert await stockroom.get(f"/imports/{run['id']}") == half | {
        "worked_at": (await stockroom.get(f"/imports/{run['id']}"))["worked_at"]
    }
    await work(stockroom)
    done = await stockroom.get(f"/imports/{run['id']}")
    assert (done["state"], outcomes(done)) == ("finished", {"created": 3})
    assert len(await stockroom.journalled("import_created")) == 3


async def test_nothing_is_imported_from_a_connection_that_is_live(stockroom: Stockroom) -> None:
    await shop(stockroom)
    await stockroom.connect(version=2, productive=True)
    reply = await stockroom.call("POST", "/imports", json={"connection": str(SHOP)})
    assert (reply.status_code, reply.json()["code"]) == (409, "import_while_live")
    await stockroom.connect(version=3, productive=False)
    run = await begin(stockroom)
    await stockroom.connect(version=4, productive=True)
    await work(stockroom)
    still = await stockroom.get(f"/imports/{run['id']}")
    assert (outcomes(still), still["waits_because"]["code"]) == ({"waiting": 3}, "import_waits")
    await work(stockroom)
    assert len(await stockroom.journalled("import_waits")) == 1
    await stockroom.connect(version=5, productive=False)
    await work(stockroom)
    assert (await stockroom.get(f"/imports/{run['id']}"))["state"] == "finished"


async def test_what_is_refused_is_named_with_its_field_and_the_others_go_on(stockroom: Stockroom) -> None:
    await shop(stockroom)
    await stockroom.take(
        stockroom.listed("L4", "S"), stockroom.listed("L5", "S"), stockroom.listed("L6", "X", ean="12")
    )
    run = await imported(stockroom)
    assert outcomes(run) == {"created": 3, "refused": 3}
    refused = (await stockroom.get(f"/imports/{run['id']}/listings", outcome="refused"))["items"]
    assert {(one["external_id"], one["said"]["code"], one["field"]) for one in refused} == {
        ("L4", "listing_sku_shared", "sku"), ("L5", "listing_sku_shared", "sku"), ("L6", "import_ean_wrong", "ean"),
    }  # fmt: skip
    entries = [one for one in await stockroom.journalled() if one.action == "rejected"]
    assert sorted(one.code for one in entries) == ["import_ean_wrong", "listing_sku_shared", "listing_sku_shared"]
    await stockroom.take(stockroom.listed("L6", "X", ean="", minute=5))
    assert outcomes(await imported(stockroom)) == {"created": 1, "matched": 3, "refused": 2}


async def two_markets(room: Stockroom) -> None:
    """A connection that sells the same number in two marketplaces, in two languages and currencies."""
    await room.connect(productive=False)
    for market, title, price in (("de", "Becher", "19.90"), ("cz", "Hrnek", "499")):
        money = Money(amount=Decimal(price), currency="EUR" if market == "de" else "CZK")
        content = ArticleContent(description=f"<p>{title}</p>")
        await room.take(
            room.listed(f"{market}:1", "A-1", title=title, market=market, ean="4006381001007", quantity=5, price=money,
                        content=content),
        )  # fmt: skip


async def test_what_several_marketplaces_list_is_one_article_with_a_price_in_each_currency(
    stockroom: Stockroom,
) -> None:
    await two_markets(stockroom)
    await stockroom.call("PUT", "/warehouses/main", json={"name": "Hauptlager"})
    shown = {one["market"]: one for one in await preview(stockroom)}
    assert {key: (one["action"], one["because"]["code"]) for key, one in shown.items()} == {
        "cz": ("create", "import_creates"), "de": ("match", "import_follows"),
    }  # fmt: skip
    wish = {"prices": {}, "stock": {"warehouse": "main"}}
    assert outcomes(await imported(stockroom, **wish)) == {"created": 1, "matched": 1}
    assert (await article(stockroom, "A-1"))["title"] == "Hrnek"
    prices = (await stockroom.get("/prices"))["items"]
    assert {(one["currency"], Decimal(one["amount"])) for one in prices} == {("CZK", 499), ("EUR", Decimal("19.90"))}
    assert [Decimal(one["quantity"]) for one in (await stockroom.get("/levels"))["items"]] == [5]
    for strategy in ("fill", "overwrite"):
        again = await imported(stockroom, strategy=strategy, **wish)
        assert outcomes(again) == {"unchanged": 1, "matched": 1}


async def test_the_marketplace_whose_texts_are_wanted_can_be_chosen(stockroom: Stockroom) -> None:
    await two_markets(stockroom)
    assert [one["market"] for one in await preview(stockroom, market="de")] == ["de"]
    assert outcomes(await imported(stockroom, choose={"market": "de"})) == {"created": 1}
    assert (await article(stockroom, "A-1"))["title"] == "Becher"


async def test_of_several_marketplaces_the_first_that_can_be_imported_makes_the_article(
    stockroom: Stockroom,
) -> None:
    await two_markets(stockroom)
    await stockroom.take(stockroom.listed("cz:1", "A-1", title="Hrnek", market="cz", ean="1", minute=2))
    assert outcomes(await imported(stockroom)) == {"created": 1, "refused": 1}
    assert (await article(stockroom, "A-1"))["title"] == "Becher"


@pytest.mark.parametrize(
    ("choice", "numbers"),
    [
        ({"skus": ["A-1"]}, {"A-1"}),
        ({"listings": [str(listing_id("L3"))]}, {"hemd", "H-B"}),
        ({"category": "Laden"}, {"hemd", "H-B", "H-R"}),
        ({"manufacturer": "Kramladen", "search": "rot"}, {"hemd", "H-R"}),
        ({"state": "active"}, {"A-1", "hemd", "H-B", "H-R"}),
    ],
)
async def test_all_listings_or_a_choice_of_them_are_imported(
    stockroom: Stockroom, choice: dict[str, Any], numbers: set[str]
) -> None:
    await shop(stockroom)
    await imported(stockroom, choose=choice)
    assert {one["number"] for one in (await stockroom.get("/articles"))["items"]} == numbers


async def test_what_is_wrong_with_a_wish_is_said_with_its_field(stockroom: Stockroom) -> None:
    await shop(stockroom)
    for wish, status, code in (
        ({"choose": {"skus": ["nothing"]}}, 422, "import_nothing_chosen"),
        ({"stock": {"warehouse": "nowhere"}}, 422, "import_warehouse_unknown"),
        ({"connection": str(uuid4())}, 404, "not_found"),
    ):
        reply = await stockroom.call("POST", "/imports", json={"connection": str(SHOP), **wish})
        assert (reply.status_code, reply.json()["code"]) == (status, code), reply.text
    assert (await stockroom.get("/imports"))["items"] == []
    unknown = await stockroom.call("POST", "/imports", json={"connection": str(SHOP), "colour": "red"})
    assert unknown.status_code == 422


async def test_one_import_of_a_connection_at_a_time_and_it_can_be_stopped(stockroom: Stockroom) -> None:
    await shop(stockroom)
    run = await begin(stockroom)
    second = await stockroom.call("POST", "/imports", json={"connection": str(SHOP)})
    assert (second.status_code, second.json()["code"]) == (409, "import_under_way")
    for _ in range(2):
        stopped = await stockroom.call("POST", f"/imports/{run['id']}/stop")
        assert (stopped.status_code, stopped.json()["state"]) == (200, "stopped")
    assert len(await stockroom.journalled("import_stopped")) == 1
    await work(stockroom)
    assert (await stockroom.get("/articles"))["items"] == []


async def test_a_key_for_other_connections_sees_none_of_it(stockroom: Stockroom) -> None:
    await shop(stockroom)
    run = await begin(stockroom)
    token = await stockroom.key("operate", connections=[OTHER])
    for path in (f"/import-preview/{SHOP}", f"/imports/{run['id']}", f"/imports/{run['id']}/listings"):
        assert (await stockroom.call("GET", path, token=token)).status_code == 404
    assert (await stockroom.call("GET", "/imports", token=token)).json()["items"] == []
    denied = await stockroom.call("POST", "/imports", token=token, json={"connection": str(SHOP)})
    assert denied.status_code == 403
    assert UUID(run["id"])
