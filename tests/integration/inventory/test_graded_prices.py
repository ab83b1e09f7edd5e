"""Prices by quantity and of groups of customers: from the upload to what a shop is told, and what it believes."""

from decimal import Decimal
from typing import Any

import pytest

from shared.contracts.errors import Transient
from shared.contracts.price import GroupPrice, PricePush, PriceTier
from tests.integration.inventory.stockroom import SHOP, Stockroom
from tests.integration.inventory.test_prices import decide, eur, live, selling, the_hold, view


def row(amount: str | None, quantity: int = 1, group: str = "", **more: Any) -> dict[str, Any]:
    return {"article_number": "A-1", "amount": amount, "from_quantity": quantity, "price_list": group} | more


def tiers(**amounts: str) -> tuple[PriceTier, ...]:
    return tuple(PriceTier(from_quantity=int(of[1:]), price=eur(amount)) for of, amount in amounts.items())


async def mapped(room: Stockroom, **more: Any) -> None:
    groups = {"": "everybody", "B2B": "dealers"}
    reply = await room.call("PUT", f"/price-settings/{SHOP}", json={"groups": groups} | more)
    assert reply.status_code == 200


async def told(room: Stockroom) -> PricePush:
    (push,) = await room.price_pushes()
    await room.report_price(push)
    return push


@pytest.mark.proves("price-tiers", "shopware6")
async def test_a_price_its_tiers_and_its_groups_are_told_as_one_and_once(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1")
    await mapped(stockroom)
    rows = [row("10"), row("9", 10), row("8", 100), row("7.50", group="B2B"), row("7", 10, "B2B")]
    for outcome in ("accepted", "unchanged"):
        answer = await stockroom.priced(*rows)
        assert [one["outcome"] for one in answer["rows"]] == [outcome] * 5
    push = await told(stockroom)
    assert (push.price, push.tiers, push.tiers_group, push.sets_tiers) == (
        eur("10.00"), tiers(_10="9.00", _100="8.00"), "everybody", True,
    )  # fmt: skip
    assert push.groups == (GroupPrice(group="dealers", tiers=tiers(_1="7.50", _10="7.00")),)
    assert await stockroom.price_pushes() == []
    shown = await view(stockroom, "A-1")
    assert (shown["effect"], shown["told"]["groups"][0]["tiers"][1]["amount"]) == ("unchanged", "7.00")
    words = [one["sentence"] for one in shown["explanation"]]
    assert "From more pieces on it was told: ≥ 10: 9, ≥ 100: 8 EUR." in words
    assert "For the group of the list B2B it was told: ≥ 1: 7.5, ≥ 10: 7 EUR." in words


async def test_what_is_taken_away_here_is_taken_away_there_and_only_the_newest_is_told(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1")
    await mapped(stockroom)
    await stockroom.priced(row("10"), row("9", 10), row("7", group="B2B"))
    await told(stockroom)
    await stockroom.priced(row(None, 10))
    await stockroom.priced(row(None, group="B2B"))
    push = await told(stockroom)
    assert (push.price, push.tiers, push.groups, push.sets_tiers) == (eur("10.00"), (), (), True)
    assert push.former_groups == ("dealers", "everybody")
    await stockroom.priced(row("11"), row("7", group="B2B"))
    again = await told(stockroom)
    assert again.sets_tiers, "an earlier word of it may never have arrived"
    assert again.former_groups == ("everybody",)


async def test_a_shop_that_was_never_told_any_is_not_asked_to_look(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1")
    await stockroom.priced(row("10"), row("7", group="B2B"), row("6", 10, "B2B"))
    push = await told(stockroom)
    assert (push.tiers, push.groups, push.sets_tiers) == ((), (), False)
    (reason,) = [one for one in (await view(stockroom, "A-1"))["explanation"] if "unmapped" in one["code"]]
    assert reason["sentence"].startswith("Prices of the lists B2B are not told here")


async def test_a_mapped_group_without_a_price_of_the_article_parks_nothing_and_says_so(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1")
    await mapped(stockroom)
    await stockroom.priced(row("10"), row("9", group="B2B", currency="USD"))
    assert (await told(stockroom)).groups == ()
    words = [one["sentence"] for one in (await view(stockroom, "A-1"))["explanation"]]
    assert "For the groups of the lists B2B the article has no price in EUR; they are told none." in words


async def test_net_and_gross_of_tiers_are_made_as_those_of_the_price(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1")
    await mapped(stockroom)
    await stockroom.priced(
        row("10", basis="net", tax="reduced"), row("9", 10, basis="net"), row("8.56", group="B2B", basis="gross")
    )
    push = await told(stockroom)
    assert (push.price, push.tiers[0].price, push.groups[0].tiers[0].price) == (eur("10.70"), eur("9.63"), eur("8.56"))
    await mapped(stockroom, net=True)
    push = await told(stockroom)
    assert (push.price, push.tiers[0].price, push.groups[0].tiers[0].price) == (eur("10.00"), eur("9.00"), eur("8.00"))


async def test_tiers_that_contradict_each_other_are_refused_by_their_field_and_lose_nothing(
    stockroom: Stockroom,
) -> None:
    await selling(stockroom, "A-1")
    answer = await stockroom.priced(
        row("9", 10, "B2B"), row("8", 0), row("8", -1), row("8", "ten"),  # type: ignore[arg-type]
        row("-1", 5), row("10"), row("9", 10, strike="12"), row("9", 20, currency="USD"), row("9", 30), row("8", 30),
        row("11", 40),
    )  # fmt: skip
    assert [(one["code"], one["field"]) for one in answer["rows"]] == [
        ("price_tier_without_base", "from_quantity"), ("price_from_quantity_invalid", "from_quantity"),
        ("price_from_quantity_invalid", "from_quantity"), ("price_from_quantity_invalid", "from_quantity"),
        ("price_amount_invalid", "amount"), ("", ""), ("price_tier_strike", "strike"),
        ("price_tier_without_base", "from_quantity"), ("price_row_twice", "article_number"),
        ("price_row_twice", "article_number"), ("", ""),
    ]  # fmt: skip
    answer = await stockroom.priced(row(None))
    assert [(one["code"], one["field"]) for one in answer["rows"]] == [("price_tiers_remain", "amount")]
    assert "prices from 40 pieces" in answer["rows"][0]["detail"]
    items = (await stockroom.get("/prices"))["items"]
    assert [(one["from_quantity"], one["amount"]) for one in items] == [(1, "10"), (40, "11")]
    answer = await stockroom.priced(row(None, 40), row(None))
    assert [one["outcome"] for one in answer["rows"]] == ["accepted"] * 2


async def test_a_file_from_a_spreadsheet_may_name_group_and_quantity(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1")
    text = "Artikelnummer;Kundengruppe;Ab Menge;Preis\nA-1;;;10,00\nA-1;;10;9,00\nA-1;B2B;1;8,00\nA-1;B2B;x;7,00\n"
    reply = await stockroom.call(
        "PUT", "/prices", content=text.encode(), headers={"Content-Type": "text/csv"}, params={"currency": "EUR"},
    )  # fmt: skip
    assert [one["code"] for one in reply.json()["rows"]] == ["", "", "", "price_from_quantity_invalid"]
    first = await stockroom.get("/prices", limit=2)
    rest = await stockroom.get("/prices", limit=2, after=first["next"])
    found = [(one["price_list"], one["from_quantity"], one["amount"]) for one in first["items"] + rest["items"]]
    assert found == [("", 1, "10.00"), ("", 10, "9.00"), ("B2B", 1, "8.00")]


@pytest.mark.parametrize(
    ("quantity", "group", "amount", "counts", "where"),
    [(10, "", "0", (1, 0), "(≥ 10)"), (10, "", "5", (0, 1), "(≥ 10)"), (1, "B2B", "5", (0, 1), "(B2B ≥ 1)")],
)
async def test_a_tier_or_group_that_falls_to_zero_or_moves_too_far_is_held(
    stockroom: Stockroom, quantity: int, group: str, amount: str, counts: tuple[int, int], where: str
) -> None:
    await live(stockroom, "A-1")
    await mapped(stockroom)
    await stockroom.priced(row("9", 10), row("8", group="B2B"))
    await told(stockroom)
    await stockroom.priced(row(amount, quantity, group))
    preview = await stockroom.get(f"/price-preview/{SHOP}")
    assert (preview["sums"]["to_zero"], preview["sums"]["moved"]) == counts
    assert await stockroom.price_pushes() == []
    hold = await the_hold(stockroom)
    assert (hold["zeroed"], hold["moved"]) == counts
    assert hold["examples"][0]["price"] == f"{amount} {where}"
    await decide(stockroom, hold, "confirm")
    push = await told(stockroom)
    assert Decimal(amount) in [one.price.amount for one in (*push.tiers, *push.groups[0].tiers)]


async def test_a_group_of_the_shop_pays_one_list_only(stockroom: Stockroom) -> None:
    reply = await stockroom.call("PUT", f"/price-settings/{SHOP}", json={"groups": {"A": "x", "B": "x"}})
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, "groups")
    await mapped(stockroom)
    await stockroom.call("PUT", f"/price-settings/{SHOP}", json={"groups": {"B2B": "others"}})
    (*_, entry) = await stockroom.journalled("price_settings_changed")
    assert entry.params["changes"] == "groups.B2B dealers → others; groups.– everybody → –"


async def test_lists_are_shown_with_the_shops_groups_as_the_connector_reads_them(
    stockroom: Stockroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = [{"id": "everybody", "label": "All customers"}, {"id": "vip", "label": "Best customers"}]

    async def read(base: str, path: str) -> Any:
        assert path == f"/connections/{SHOP}/price-groups"
        if shop:
            return shop
        raise Transient("the shop rests", code="peer_unreachable")

    monkeypatch.setattr(stockroom.service.peers, "get", read)
    await selling(stockroom, "A-1")
    await mapped(stockroom)
    await stockroom.priced(row("10"), row("9", group="VIP"))
    answer = await stockroom.get(f"/price-groups/{SHOP}")
    assert [one["id"] for one in answer["choices"]] == ["everybody", "vip"]
    assert [(one["price_list"], one["articles"], one["label"], one["said"]["code"]) for one in answer["lists"]] == [
        ("", 1, "All customers", "price_group_mapped"), ("B2B", 0, None, "price_group_gone"),
        ("VIP", 1, None, "price_group_unmapped"),
    ]  # fmt: skip
    shop.clear()
    answer = await stockroom.get(f"/price-groups/{SHOP}")
    assert (answer["choices"], answer["unread"]["code"]) == ([], "price_groups_unread")
    assert [one["said"]["code"] for one in answer["lists"]] == [
        "price_group_mapped", "price_group_mapped", "price_group_unmapped",
    ]  # fmt: skip
