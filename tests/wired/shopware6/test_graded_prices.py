"""Prices under rules: which rows are ours, what a person entered, and what one bad row would undo."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from services.connectors.shopware6.connector import SHOPWARE6
from services.sandbox.shopware6.values import DEFAULT_CURRENCY, hexid
from tests.wired.contract.shops.shopware6 import VARIETIES
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_graded_prices import amounts, asked, graded, groups
from tests.wired.contract.test_prices import price, shown
from tests.wired.contract.test_pushes import articles
from tests.wired.shopware6.test_prices import DOLLARS

EVERYBODY, DEALERS, REGULARS = (hexid("rule", name) for name in ("Alle Kunden", "Händler", "Stammkunden"))


def rows(stand: Stand, product: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stand.shop.store.catalogue.rows[product]["prices"]
    return found


def entered(stand: Stand, product: str, rule: str, gross: str, start: int = 1) -> dict[str, Any]:
    """What a person has entered in the administration."""
    own = {"currencyId": DEFAULT_CURRENCY, "gross": float(gross), "net": 1.0, "linked": True}
    row = {
        "id": hexid("by hand", product, rule, start), "productId": product, "ruleId": rule, "quantityStart": start,
        "quantityEnd": None, "price": [own], "customFields": None, "createdAt": "", "updatedAt": None,
    }  # fmt: skip
    rows(stand, product).append(row)
    return row


async def test_the_rules_of_the_shop_are_the_groups_to_choose_from(any_version: Stand) -> None:
    assert await groups(any_version) == [EVERYBODY, DEALERS, REGULARS]


async def test_what_a_person_entered_under_another_rule_stays_and_under_a_told_rule_ours_alone_hold(
    stand: Stand,
) -> None:
    (article,) = await articles(stand, "KR-1001")
    theirs, other = (entered(stand, article.external_id, rule, "7.00") for rule in (REGULARS, DEALERS))
    before = dict(theirs)
    for of in ({DEALERS: {1: "9.00", 10: "8.00"}}, {DEALERS: {1: "9.00"}}, {}):
        await stand.send("price", [graded(article, "10.00", "", {}, groups=of)])
        held = rows(stand, article.external_id)
        assert [row for row in held if row["ruleId"] == REGULARS] == [before]
        assert other not in held
        assert len(held) == 1 + len(of.get(DEALERS, ()))


async def test_what_was_never_told_a_price_by_quantity_is_not_looked_at(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    entered(stand, article.external_id, REGULARS, "7.00")
    await stand.send("price", [price(article, "10.00")])
    assert len(rows(stand, article.external_id)) == 1
    assert not [row for row in stand.opened.requests.report(100)["latest"] if "product-price" in row["path"]]


async def test_net_and_gross_stand_beside_each_other_and_ranges_end_where_the_next_begins(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    await stand.send("price", [graded(article, "11.90", EVERYBODY, {10: "9.52", 50: "8.33"})])
    told = [
        (row["quantityStart"], row["quantityEnd"], row["price"][0]["gross"], row["price"][0]["net"])
        for row in rows(stand, article.external_id)
    ]
    assert told == [(1, 9, 11.9, 10.0), (10, 49, 9.52, 8.0), (50, None, 8.33, 7.0)]
    free = graded(article, "10.00", EVERYBODY, {10: "9.00"}, tax_rate=Decimal(0))
    await stand.send("price", [free])
    assert {(one["gross"], one["net"]) for row in rows(stand, article.external_id) for one in row["price"]} == {
        (10.0, 10.0), (9.0, 9.0),
    }  # fmt: skip


async def test_another_currency_that_a_person_has_added_to_our_row_stays(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    await stand.send("price", [graded(article, "10.00", EVERYBODY, {10: "9.00"})])
    rows(stand, article.external_id)[1]["price"].append(DOLLARS)
    await stand.send("price", [graded(article, "10.00", EVERYBODY, {10: "8.00"})])
    assert rows(stand, article.external_id)[1]["price"][1] == DOLLARS
    assert asked(stand, EVERYBODY, 10) == amounts("8")


async def test_a_variant_has_rows_of_its_own_and_its_parents_stay(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-7001")
    parent = stand.shop.store.catalogue.rows[article.external_id]["parentId"]
    entered(stand, parent, EVERYBODY, "7.00")
    await stand.send("price", [graded(article, "10.00", EVERYBODY, {10: "9.00"})])
    assert len(rows(stand, parent)) == 1
    assert asked(stand, EVERYBODY, 1, 10, sku="KR-7001") == amounts("10", "9")
    assert asked(stand, EVERYBODY, 1, sku="KR-7002") == amounts("7")


async def test_a_rule_the_shop_does_not_have_holds_back_its_listing_and_no_other(stand: Stand) -> None:
    one, two = await articles(stand, "KR-1001", "KR-1002")
    before = await shown(stand, "KR-1001")
    for rule in ("f" * 32, "Händler"):
        told = [graded(one, "10.00", "", {}, groups={rule: {1: "9.00"}}), graded(two, "5.00", EVERYBODY, {10: "4.00"})]
        results = await stand.send("price", told)
        assert [(result.outcome, result.params.get("detail")) for result in results] == [
            ("failed", f"the shop has no rule {rule}"), ("done", None),
        ]  # fmt: skip
    assert await shown(stand, "KR-1001") == before
    assert asked(stand, EVERYBODY, 10, sku="KR-1002") == amounts("4")


async def test_a_value_the_shop_refuses_is_left_out_and_its_neighbours_are_told(stand: Stand) -> None:
    one, two = await articles(stand, "KR-1001", "KR-1002")
    sync = stand.client.sync

    async def spoilt(operations: Any) -> None:
        for action, entity, payload in operations:
            for row in payload:
                if (action, entity, row.get("productId")) == ("upsert", "product_price", one.external_id):
                    row["quantityStart"] = "1"
        await sync(operations)

    stand.client.sync = spoilt
    told = [graded(one, "10.00", EVERYBODY, {10: "9.00"}), graded(two, "5.00", EVERYBODY, {10: "4.00"})]
    assert [result.outcome for result in await stand.send("price", told)] == ["failed", "done"]
    assert rows(stand, one.external_id) == []
    assert asked(stand, EVERYBODY, 1, 10, sku="KR-1002") == amounts("5", "4")


async def test_without_a_rule_for_everybody_the_price_is_told_and_the_result_says_what_is_missing(
    stand: Stand,
) -> None:
    (article,) = await articles(stand, "KR-1001")
    (result,) = await stand.send("price", [graded(article, "10.00", "", {10: "9.00"})])
    assert (result.outcome, result.code) == ("done", "price_tiers_without_group")
    assert await shown(stand, "KR-1001") == amounts("10")
    assert rows(stand, article.external_id) == []


async def test_a_role_without_the_rights_has_these_prices_refused_and_no_others() -> None:
    limited = replace(VARIETIES[0], credentials=lambda shop, url: {"url": url, **shop.read_only_credentials()})
    opened = open_stand(limited, SHOPWARE6)
    store = opened.shop.store
    one, two = await articles(opened, "KR-1001", "KR-1002")
    for more, lacks in ((), "product_price:read"), (("product_price:read", "rule:read"), "product_price:create"):
        rights = store.limited_key.privileges | {"product:update", *more}
        store.door.integrations = [replace(store.limited_key, privileges=frozenset(rights))]
        store.door.expire()
        told = [graded(one, "10.00", EVERYBODY, {10: "9.00"}), price(two, "5.00")]
        results = await opened.send("price", told)
        assert [result.outcome for result in results] == ["failed", "done"]
        assert lacks in results[0].params["detail"]
    await opened.close()
