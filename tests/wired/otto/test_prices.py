"""Prices are tasks: taken first, judged later, and "unchanged" is not always a success."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.sandbox.otto.times import shown as written
from shared.contracts.errors import Rejected
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_prices import eur, price, shown
from tests.wired.contract.test_pushes import articles


def calls(stand: Stand, method: str, end: str) -> int:
    latest = stand.opened.requests.report(500)["latest"]
    return len([one for one in latest if one["method"] == method and end in one["path"]])


async def test_a_price_that_is_taken_is_not_called_done_before_its_task_is(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    before = stand.sandbox.clock()
    (result,) = await stand.send("price", [price(article, "7.35")])
    assert result.outcome == "done"
    assert stand.sandbox.clock() - before >= timedelta(seconds=3)
    assert await shown(stand, "KR-1001") == [Decimal("7.35")]


async def test_a_task_that_does_not_end_is_asked_for_a_few_minutes_and_the_price_sent_again_later(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    (article,) = await articles(stand, "KR-1001")
    monkeypatch.setattr(stand.shop.store.tasks, "_work", lambda: None)
    (result,) = await stand.send("price", [price(article, "7.35")])
    assert (result.outcome, result.code) == ("retrying", "price_unanswered")
    assert calls(stand, "GET", "/update-tasks/") == 12
    monkeypatch.undo()
    (result,) = await stand.send("price", [price(article, "7.35")])
    # The first task came to its end meanwhile: what is shown is what was wanted.
    assert result.outcome == "unchanged"


async def test_the_same_refused_price_is_refused_again_although_the_platform_calls_it_unchanged(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    before = await shown(stand, "KR-1001")
    for _ in range(2):
        (result,) = await stand.send("price", [price(article, "0")])
        assert (result.outcome, result.code) == ("failed", "price_refused")
    assert "refused before" in result.params["detail"]
    assert await shown(stand, "KR-1001") == before


async def test_five_hundred_prices_are_one_task_and_every_row_is_judged_by_itself(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    assert stand.push("price").batch == 500
    stand.opened.requests.clear()
    pushes = [price(article, "8.00", external_id=f"GONE-{place}", sets_strike=True) for place in range(499)]
    results = await stand.send("price", [*pushes, price(article, "8.00", sets_strike=True)])
    assert [result.outcome for result in results] == [*["failed"] * 499, "done"]
    assert "GONE-7" in results[7].params["detail"]
    assert calls(stand, "POST", "/products/prices") == 1
    with pytest.raises(Rejected, match="PAYLOAD_TOO_LARGE"):
        await stand.client.set_prices([{"sku": "A", "standardPrice": {"amount": 1, "currency": "EUR"}}] * 501)


async def test_a_sale_of_the_platforms_own_goes_on_and_the_journal_says_so(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    row = stand.shop.store.goods.rows["KR-1001"]
    row.pricing["sale"] = {"salePrice": {"amount": 2.0, "currency": "EUR"}}
    (result,) = await stand.send("price", [price(article, "7.35")])
    assert (result.outcome, result.code, result.params["shown"]) == ("done", "price_of_sale_stays", "2.0")
    assert row.pricing["standardPrice"]["amount"] == 7.35
    (result,) = await stand.send("price", [price(article, "7.40", sets_strike=True)])
    assert (result.outcome, result.code, "sale" in row.pricing) == ("done", "", False)


@pytest.mark.parametrize(
    ("starts", "ends", "amount"), [(-1, 1, "2"), (1, 2, "9.50"), (-2, -1, "9.50"), (-1, None, "2"), (None, None, "2")]
)
async def test_an_article_costs_what_its_sale_says_only_within_its_period(
    stand: Stand, starts: int | None, ends: int | None, amount: str
) -> None:
    now = stand.sandbox.clock()
    sale: dict[str, Any] = {"salePrice": {"amount": 2.0, "currency": "EUR"}}
    for name, days in (("startDate", starts), ("endDate", ends)):
        sale |= {} if days is None else {name: written(now + timedelta(days=days))}
    stand.shop.store.goods.rows["KR-1001"].pricing |= {
        "standardPrice": {"amount": 9.5, "currency": "EUR"}, "sale": sale,
    }  # fmt: skip
    assert await shown(stand, "KR-1001") == [Decimal(amount)]


async def test_a_net_price_is_told_with_its_tax_and_another_currency_is_refused_alone(stand: Stand) -> None:
    one, two = await articles(stand, "KR-1001", "KR-1002")
    dollars = eur("5").model_copy(update={"currency": "USD"})
    results = await stand.send("price", [price(one, "10.00", includes_tax=False), price(two, "5", price=dollars)])
    assert [result.outcome for result in results] == ["done", "failed"]
    assert "USD" in results[1].params["detail"]
    assert await shown(stand, "KR-1001") == [Decimal("11.90")]
