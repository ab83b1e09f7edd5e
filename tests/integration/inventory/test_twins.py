"""After a move: every listing of the old shop with its twin in the new one, what differs, what is missing."""

import csv
import io
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.connectors.shopware5.connector import SHOPWARE5
from services.connectors.shopware6.connector import SHOPWARE6
from services.inventory import routes_twins
from shared.connector_kit.translation import read
from shared.contracts.article import ArticleReceived, ListedArticle
from shared.contracts.money import Money
from tests.integration.inventory.stockroom import OTHER, SHOP, Stockroom, seen
from tests.wired.contract.shops import shopware5, shopware6
from tests.wired.contract.stand import open_stand

PATH = f"/twins/{SHOP}/{OTHER}"
EAN, EAN_B = "4006381333931", "4006381333948"


def eur(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


@pytest.fixture
async def moved(stockroom: Stockroom) -> Stockroom:
    """Two shops that inventory knows, without listings."""
    await stockroom.connect(SHOP)
    await stockroom.connect(OTHER)
    return stockroom


async def old(room: Stockroom, id: str, sku: str | None, **more: Any) -> None:
    await room.take(room.listed(id, sku, connection=SHOP, **more))


async def new(room: Stockroom, id: str, sku: str | None, **more: Any) -> None:
    await room.take(room.listed(id, sku, connection=OTHER, **more))


async def compared(room: Stockroom, **params: Any) -> dict[str, Any]:
    """The twins by the external id of their first listing."""
    items = (await room.get(PATH, **params))["items"]
    return {(one["old"] or one["new"])["external_id"]: one for one in items}


async def test_what_is_the_same_in_both_shops_is_said_to_be_the_same(moved: Stockroom) -> None:
    facts = {"title": "Pen", "price": eur("1.50"), "quantity": 7, "ean": EAN}
    await old(moved, "3:3", "A-1", **facts)
    await new(moved, "f00d", "A-1", **facts)
    one = (await compared(moved))["3:3"]
    assert (one["state"], one["paired_by"], one["differences"]) == ("same", "number", [])
    assert (one["old"]["external_id"], one["new"]["external_id"]) == ("3:3", "f00d")


async def test_name_price_stock_and_ean_that_differ_are_named_with_both_values(moved: Stockroom) -> None:
    await old(moved, "3:3", "A-1", title="Pen", price=eur("1.50"), quantity=7, ean=EAN)
    await new(moved, "f00d", "A-1", title="Blue pen", price=eur("1.49"), quantity=0, ean=EAN_B)
    one = (await compared(moved))["3:3"]
    assert one["state"] == "different"
    assert {row["field"]: (row["old"], row["new"]) for row in one["differences"]} == {
        "title": ("Pen", "Blue pen"),
        "price": ("1.50 EUR", "1.49 EUR"),
        "quantity": ("7", "0"),
        "ean": (EAN, EAN_B),
    }
    assert "title, price, quantity, ean" in one["said"]["sentence"]


async def test_the_same_amount_in_another_currency_is_another_price(moved: Stockroom) -> None:
    await old(moved, "1:1", "A-1", price=eur("5.00"))
    await new(moved, "n1", "A-1", price=Money(amount=Decimal("5.00"), currency="CHF"))
    one = (await compared(moved))["1:1"]
    assert [(row["old"], row["new"]) for row in one["differences"]] == [("5.00 EUR", "5.00 CHF")]


async def test_an_equal_price_is_equal_however_many_digits_a_shop_writes(moved: Stockroom) -> None:
    await old(moved, "1:1", "A-1", price=eur("5.00"))
    await new(moved, "n1", "A-1", price=eur("5"))
    one = (await compared(moved))["1:1"]
    assert (one["state"], one["differences"]) == ("same", [])


async def test_an_equal_ean_makes_a_pair_where_the_number_is_unknown_and_the_number_is_a_difference(
    moved: Stockroom,
) -> None:
    await old(moved, "1:1", "OLD-1", ean=EAN)
    await new(moved, "n1", "NEW-1", ean=EAN)
    one = (await compared(moved))["1:1"]
    assert (one["state"], one["paired_by"]) == ("different", "ean")
    assert [row["field"] for row in one["differences"]] == ["sku"]


async def test_a_listing_that_has_its_twin_by_number_is_free_for_no_other_by_ean(moved: Stockroom) -> None:
    await old(moved, "1:1", "A-1", ean=EAN)
    await old(moved, "2:2", "B-1", ean=EAN)
    await new(moved, "n1", "A-1", ean=EAN)
    found = await compared(moved)
    assert {id: one["state"] for id, one in found.items()} == {"1:1": "same", "2:2": "missing"}


async def test_a_number_that_differs_by_blanks_or_case_is_proposed_with_the_reason(moved: Stockroom) -> None:
    await old(moved, "1:1", "ab 1")
    await new(moved, "n1", "AB1")
    one = (await compared(moved))["1:1"]
    assert (one["state"], one["paired_by"], one["reason"]["code"]) == (
        "proposed", "likeness", "proposal_blanks_and_case",
    )  # fmt: skip
    assert "AB1" in one["said"]["sentence"]


async def test_what_is_missing_and_what_is_there_besides_are_listed_once_each(moved: Stockroom) -> None:
    await old(moved, "1:1", "A-1", title="Pen")
    await old(moved, "2:2", None, title="Without a number")
    await new(moved, "n1", "C-1")
    await new(moved, "n2", None)
    found = await compared(moved)
    assert {id: one["state"] for id, one in found.items()} == {
        "1:1": "missing", "2:2": "missing", "n1": "additional", "n2": "additional"
    }  # fmt: skip
    assert "“A-1”" in found["1:1"]["said"]["sentence"] or '"A-1" (Pen)' in found["1:1"]["said"]["sentence"]


async def test_a_number_that_stands_twice_in_either_shop_is_named_and_nobody_chooses(moved: Stockroom) -> None:
    await old(moved, "1:1", "A-1")
    await new(moved, "n1", "A-1")
    await new(moved, "n2", "A-1")
    await old(moved, "2:2", "B-1")
    await old(moved, "2:3", "B-1")
    await new(moved, "n3", "B-1")
    await old(moved, "4:4", "C-1")
    await old(moved, "4:5", "C-1")
    found = await compared(moved)
    assert {id: (one["state"], one["rivals"], one["same_number"]) for id, one in found.items()} == {
        "1:1": ("ambiguous", ["n1", "n2"], 1),
        "2:2": ("ambiguous", ["n3"], 2),
        "2:3": ("ambiguous", ["n3"], 2),
        "4:4": ("missing", [], 2),
        "4:5": ("missing", [], 2),
    }
    assert all(one["new"] is None for one in found.values())


async def test_a_deleted_listing_is_nobodys_twin(moved: Stockroom) -> None:
    await old(moved, "1:1", "A-1")
    await new(moved, "n1", "A-1", state="deleted")
    await old(moved, "2:2", "B-1", state="deleted")
    assert {id: one["state"] for id, one in (await compared(moved)).items()} == {"1:1": "missing"}


async def test_pages_show_every_twin_once_and_the_summary_counts_the_same(moved: Stockroom) -> None:
    for number in range(7):
        await old(moved, f"{number}:1", f"A-{number}")
        await new(moved, f"n{number}", f"A-{number + 3}")
    met: list[str] = []
    after = None
    while True:
        page = await moved.get(PATH, limit=3, **({"after": after} if after else {}))
        met += [(one["old"] or one["new"])["external_id"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert sorted(met) == sorted([*(f"{n}:1" for n in range(7)), "n4", "n5", "n6"])
    summary = await moved.get(f"{PATH}/summary")
    assert {name: summary[name] for name in ("same", "missing", "additional", "ambiguous")} == {
        "same": 4, "missing": 3, "additional": 3, "ambiguous": 0
    }  # fmt: skip
    assert set(await compared(moved, state="missing")) == {"0:1", "1:1", "2:1"}


async def test_the_file_holds_the_whole_comparison_and_no_formula(
    moved: Stockroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes_twins, "CHUNK", 2)
    for number in range(5):
        await old(moved, f"{number}:1", f"A-{number}", title="=HYPERLINK(1)", price=eur("1.50"), quantity=number)
    await new(moved, "n1", "A-1", title="=HYPERLINK(1)", price=eur("1.60"), quantity=1)
    reply = await moved.call("GET", f"{PATH}/csv", role="read")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert len(rows) == 5
    (pair,) = (row for row in rows if row["new_sku"])
    assert (pair["state"], pair["old_price"], pair["new_price"]) == ("different", "1.50 EUR", "1.60 EUR")
    assert {row["old_title"] for row in rows} == {"'=HYPERLINK(1)"}


async def test_what_a_merchant_reads_is_german_where_he_asks_for_it(moved: Stockroom) -> None:
    await old(moved, "1:1", "A-1", title="Stift")
    reply = await moved.call("GET", PATH, role="read", language="de")
    (one,) = reply.json()["items"]
    assert one["said"]["sentence"] == "„A-1“ (Stift) fehlt im neuen Shop."


async def test_a_shop_that_nobody_knows_or_may_see_is_no_shop_in_which_nothing_is_missing(moved: Stockroom) -> None:
    await old(moved, "1:1", "A-1")
    for path in (f"/twins/{SHOP}/{uuid4()}", f"/twins/{uuid4()}/{OTHER}"):
        assert (await moved.call("GET", path, role="read")).status_code == 404
    token = await moved.key("read", [SHOP])
    for end in ("", "/summary", "/csv"):
        assert (await moved.call("GET", f"{PATH}{end}", token=token)).status_code == 404


async def test_the_same_goods_in_shopware_5_and_shopware_6_are_twins_to_the_cent(moved: Stockroom) -> None:
    """Both shops read as their connectors read them; numbers that a shop made up itself are nobody's."""
    for connector, variety, connection in (
        (SHOPWARE5, shopware5.VARIETIES[0], SHOP),
        (SHOPWARE6, shopware6.VARIETIES[0], OTHER),
    ):
        stand = open_stand(variety, connector)
        for item in (await stand.items("article")).values():
            article = read(stand.stream("article"), item).contract
            assert isinstance(article, ListedArticle)
            await moved.take(moved.says(ArticleReceived(article=article, observed=seen(0)), connection=connection))
        await stand.close()
    summary = await moved.get(f"{PATH}/summary")
    assert summary["same"] > 50
    assert (summary["different"], summary["proposed"], summary["ambiguous"]) == (0, 0, 0)
    assert summary["missing"] == summary["additional"] <= 2
