"""An empty system is filled from a shop, over REST and with every service as a process of its own: read the shop, see
what is wrong with it, choose, import, and be killed twice on the way."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.ops.stage import StageError, wait_for
from tests.journey.account import Account
from tests.journey.system import System

OFTEN = 0.02
PREFIXES = {"shopware5": "SWF", "amazon": "AMZ", "kaufland": "KFL"}
FAMILIES, SIZES = 25, 20
PIECES = FAMILIES * SIZES
STATES = ("same", "different", "proposed", "missing", "additional", "ambiguous")
EVER = "2000-01-01T00:00:00Z"
HEADS = {"shopware5": "{}-{:06d}-01-CONTAINER", "amazon": "{}-{:06d}-01-PARENT"}
"""What the head of a family is called; at Kaufland every variant is a product of its own."""
WRONG = {"import_sku_blanks": 1, "import_near_listing": 1, "import_near_article": 1 + 2}
"""In every storefront: a number with blanks, which is nearly another one's, and two that this test makes."""
MISSING = {"kaufland": {"import_ean_wrong": 2}}
"""What the platform makes of goods without a number of their own."""
EXTRA = {"amazon": 1}
"""One of the goods lies with Amazon as well, under a number of its own."""
MARKETS = {"kaufland": {"market": "de"}}
SHOPS = {"kaufland": {"storefronts": "de at"}, "amazon": {"marketplaces": "DE FR"}}


def read_whole(system: System, account: Account, noun: str, *, kill: str = "") -> dict[str, Any]:
    """A shop that is not live is read when somebody asks for it; answers the reading that has ended."""
    path = f"/connectors/{account.platform}/connections/{account.id}/backfills"
    wait_for("the connector knows the shop", lambda: answers(system, path), seconds=60)
    span = {"noun": noun, "since": EVER, "until": datetime.now(UTC).isoformat()}
    asked = system.kontor.post(path, span)

    def state() -> dict[str, Any]:
        found: dict[str, Any] = system.kontor.get(f"{path}/{asked['id']}")
        return found

    if kill:
        wait_for("the shop is being read", lambda: state()["seen"] > 0, seconds=90, every=OFTEN)
        system.kill(kill)
        assert state()["state"] == "running", "It was read before it could be killed."
        system.restart(kill)
    wait_for(f"every {noun} is read", lambda: state()["state"] != "running", seconds=240, seen=state)
    assert state()["state"] == "done", state()
    return state()


def answers(system: System, path: str) -> bool:
    try:
        system.kontor.get(path)
    except StageError:
        return False
    return True


def imported(system: System, account: Account, *, kill: str = "", **wish: Any) -> dict[str, Any]:
    """One import from its beginning to its end; answers its report."""
    asked = system.kontor.post("/inventory/imports", {"connection": account.id, **wish})
    path = f"/inventory/imports/{asked['id']}"

    def report() -> dict[str, Any]:
        found: dict[str, Any] = system.kontor.get(path)
        return found

    if kill:
        wait_for("some are imported", lambda: waiting(report()) < asked["listings"], seconds=60, every=OFTEN)
        system.kill(kill)
        half = report()
        assert half["state"] == "running", "It was imported before it could be killed."
        assert 0 < waiting(half) < asked["listings"]
        system.restart(kill)
    wait_for("the import has ended", lambda: report()["state"] != "running", seconds=240, seen=report)
    assert report()["state"] == "finished"
    return report()


def markets(wish: dict[str, Any], account: Account) -> int:
    """In how many marketplaces the chosen goods are listed."""
    named = " ".join(SHOPS.get(account.platform, {"": "one"}).values())
    return 1 if "market" in wish.get("choose", {}) else len(named.split())


def some(**counts: int) -> dict[str, int]:
    return {name: n for name, n in counts.items() if n}


def waiting(report: dict[str, Any]) -> int:
    return int(report["counts"]["waiting"])


def outcomes(report: dict[str, Any]) -> dict[str, int]:
    return {name: n for name, n in report["counts"].items() if n}


def versions(system: System, prefix: str) -> dict[str, int]:
    return {one["number"]: one["version"] for one in system.kontor.pages("/inventory/articles", search=prefix)}


def levels(system: System, prefix: str) -> dict[str, Decimal]:
    rows = system.kontor.pages("/inventory/levels")
    mine = [one for one in rows if one["warehouse"] == "main" and one["article_number"].startswith(prefix)]
    return {one["article_number"]: Decimal(one["quantity"]) for one in mine}


def opened(system: System, platform: str, prefix: str) -> Account:
    """A shop with many families of variants beside the merchant's own goods, connected and not live."""
    account = system.connect(platform, productive=False, shop=SHOPS.get(platform))
    body = {"count": FAMILIES, "variants": SIZES, "prefix": prefix}
    system.sandbox.post(f"{account.shop}/products", body)
    return account


@pytest.mark.timeout(480)
@pytest.mark.parametrize("platform", list(PREFIXES))
def test_an_empty_system_is_filled_from_a_shop(importing_system: System, platform: str) -> None:
    system, prefix = importing_system, PREFIXES[platform]
    account = opened(system, platform, prefix)
    read_whole(system, account, "article", kill="connectors")
    near, twin = put_near_matches(system, prefix)
    counts = look_at_what_is_wrong(system, account, near, twin)
    wish = {"choose": {"search": f"{prefix}-"} | MARKETS.get(platform, {}), "prices": {"price_list": platform}}
    first = imported(system, account, kill="central", **wish)
    made, others = PIECES - 2 + EXTRA.get(platform, 0), markets(wish, account) - 1
    refused = 2 + 2 * others
    assert outcomes(first) == some(created=made, matched=made * others, refused=refused)
    told = system.kontor.pages(f"/inventory/imports/{first['id']}/listings")
    codes = some(import_created=made, import_follows=made * others, import_near_article=refused)
    assert Counter(one["said"]["code"] for one in told) == codes
    assert len({one["external_id"] for one in told}) == len(told)
    see_an_article_with_all_it_has(system, account, prefix)
    assert levels(system, prefix) == {}
    before = versions(system, prefix)
    again = imported(system, account, **wish)
    assert outcomes(again) == some(matched=made * (1 + others), refused=refused)
    again = imported(system, account, strategy="fill", **wish)
    assert outcomes(again) == some(unchanged=made, matched=made * others, refused=refused)
    assert versions(system, prefix) == before
    take_the_stock_along(system, account, prefix, near, twin)
    assert system.kontor.get(f"/inventory/import-preview/{account.id}/counts")["create"] < counts["create"]


def test_a_merchant_leaves_shopware_5_with_articles_customers_and_orders(importing_system: System) -> None:
    system = importing_system
    old = system.connect("shopware5", productive=False)
    old.place(12)
    old.place_case("guest")
    refused = refusal(system, f"/connections/{old.id}/go-live", {"features": ["orders"]})
    assert "source_only" in refused, refused
    seen = {noun: read_whole(system, old, noun)["seen"] for noun in ("article", "customer", "order")}
    take_the_customers_over(system, old, seen["customer"])
    wait_for("every order is here", lambda: not old.ledger().missing, seconds=60, seen=lambda: old.ledger().missing)
    assert (len(old.census()), old.ledger().faults) == (13, [])
    new = system.connect("shopware6", productive=False)
    read_whole(system, new, "article")
    line_up_the_twins(system, old, new)


def refusal(system: System, path: str, body: dict[str, Any]) -> str:
    """Why something is refused."""
    with pytest.raises(StageError) as caught:
        system.kontor.post(path, body)
    return str(caught.value)


def take_the_customers_over(system: System, old: Account, read: int) -> None:
    """Those who bought, and those who never did: each once, however often they are read, and by their e-mail."""
    path = f"/orders/shop-customers/{old.id}"

    def report() -> dict[str, Any]:
        found: dict[str, Any] = system.kontor.get(f"{path}/summary")
        return found

    wait_for("the customers are here", lambda: report()["customers"] == read > 3, seconds=60, seen=report)
    accounts = system.kontor.pages(path)
    wilma = next(one for one in accounts if one["customer"]["person"]["email"] == "wilma.neugier@post.example")
    assert (wilma["outcome"], wilma["customer_number"]) == ("created", "20001")
    assert [one["code"] for one in accounts if one["outcome"] == "waiting"] == ["shop_customer_number_missing"]
    (known,) = system.kontor.get("/orders/master-data/customers", email="wilma.neugier@post.example")["items"]
    assert known["number"] == "20001"
    before = report()
    read_whole(system, old, "customer")
    assert report() == before


def line_up_the_twins(system: System, old: Account, new: Account) -> None:
    """Every article of the old shop has its line, with its twin or the reason why there is none to be found."""
    path = f"/inventory/twins/{old.id}/{new.id}"
    listed = system.kontor.pages("/inventory/listings", connection=old.id)
    twins = system.kontor.pages(path)
    assert Counter(one["old"]["external_id"] for one in twins if one["old"]) == Counter(
        one["external_id"] for one in listed
    )
    summary = system.kontor.get(f"{path}/summary")
    assert summary["same"] + summary["different"] > 40
    assert all(one["said"]["sentence"] for one in twins)
    assert summary == {"old": old.id, "new": new.id, **dict.fromkeys(STATES, 0), **Counter(
        one["state"] for one in twins)}  # fmt: skip


def put_near_matches(system: System, prefix: str) -> tuple[str, str]:
    """The merchant has two of the shop's goods already, under numbers that are not quite the shop's."""
    ean = next(
        one["ean"]
        for one in system.kontor.pages("/inventory/listings", search=f"{prefix}-000002-02")
        if one["sku"] == f"{prefix}-000002-02"
    )
    near, twin = f"{prefix.lower()}-000001-01", f"own {prefix}"
    rows = [{"number": near, "title": "Nearly"}, {"number": twin, "title": "The same EAN", "ean": ean}]
    assert system.kontor.put("/inventory/articles", {"articles": rows})["refused"] == 0
    return near, twin


def look_at_what_is_wrong(system: System, account: Account, near: str, twin: str) -> dict[str, Any]:
    """Structure problems, duplicates, numbers that are missing or nearly those of an article, in words."""
    path = f"/inventory/import-preview/{account.id}"
    counts: dict[str, Any] = system.kontor.get(f"{path}/counts")
    places = markets({}, account)
    wrong = WRONG | MISSING.get(account.platform, {})
    assert counts["problems"] == {code: n * places for code, n in wrong.items()}
    assert counts["listings"] == sum(counts[one] for one in ("create", "update", "match", "refuse"))
    refused = system.kontor.pages(path, action="refuse")
    assert len(refused) == counts["refuse"]
    assert all(one["because"]["sentence"] and one["problems"][0]["advice"] for one in refused)
    alike = system.kontor.pages(path, problem="import_near_article")
    assert {tuple(one["near"]) for one in alike} == {(near,), (twin,), ("KR-1004",)}
    return counts


def see_an_article_with_all_it_has(system: System, account: Account, prefix: str) -> None:
    """A variant, its head, what is kept beside them, and its price."""
    number = f"{prefix}-000002-03"
    article = system.kontor.get(f"/inventory/articles/{number}")
    head = HEADS.get(account.platform, "").format(prefix, 2) or None
    assert (article["parent_number"], article["title"]) == (head, f"Artikel {prefix} 2 - 3")
    if head:
        assert system.kontor.get(f"/inventory/articles/{head}")["title"] == f"Artikel {prefix} 2"
    content = system.kontor.get(f"/inventory/article-contents/{number}")["content"]
    assert content["media"]
    assert bool(content.get("categories")) == (account.platform != "amazon")
    prices = system.kontor.pages("/inventory/prices", article=number, price_list=account.platform)
    assert [(one["price_list"], one["currency"], Decimal(one["amount"])) for one in prices] == [
        (account.platform, "EUR", Decimal("9.90"))
    ]


def take_the_stock_along(system: System, account: Account, prefix: str, near: str, twin: str) -> None:
    """Only because it was asked for: what the shop shows is counted into the named warehouse."""
    wish = {"choose": {"search": f"{prefix}-"} | MARKETS.get(account.platform, {}), "strategy": "fill"}
    imported(system, account, stock={"warehouse": "main"}, **wish)
    shown = system.sandbox.get(f"{account.shop}/stock")
    nearly = {f"{prefix}-000001-01", f"{prefix}-000002-02"}
    expected = {sku: n for sku, n in shown.items() if sku.startswith(f"{prefix}-0") and sku not in nearly}
    assert {number: int(n) for number, n in levels(system, prefix).items()} == expected
    assert not {near, twin} & set(levels(system, ""))
