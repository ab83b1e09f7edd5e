"""Stock against a shop that takes all or nothing and does not say which item was wrong."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.connectors.shopify.sending.stock import stock
from shared.connector_kit.declaration import Command
from shared.contracts.errors import Transient
from shared.contracts.stock import StockPush


class Shop:
    """Refuses a whole call for one bad item, without naming it; remembers keys."""

    def __init__(self, bad: set[str], used_keys: int = 0, busy: bool = False) -> None:
        self.bad = bad
        self.levels: dict[str, int] = {}
        self.keys: list[str] = []
        self.used_keys = used_keys
        self.busy = busy

    async def location(self) -> str:
        return "here"

    async def set_stock(self, given: dict[str, Any], key: str) -> list[dict[str, Any]]:
        self.keys.append(key)
        if self.busy:
            return [{"code": "IDEMPOTENCY_CONCURRENT_REQUEST", "field": ["input"], "message": "busy"}]
        if self.used_keys:
            self.used_keys -= 1
            return [{"code": "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED", "field": ["input"], "message": "again"}]
        wanted = {pair["inventoryItemId"]: pair["quantity"] for pair in given["quantities"]}
        if self.bad & set(wanted):
            return [{"code": None, "field": None, "message": "Something is wrong."}]
        self.levels |= wanted
        return []


def command(item: str, key: int = 0) -> Command:
    push = StockPush(
        listing_id=uuid4(), version=1, external_id=item, stock_external_id=item, sku=item, quantity=5, expected=1
    )
    return Command(item, 1, UUID(int=key) if key else uuid4(), push)


async def test_the_bad_items_are_found_by_halving() -> None:
    shop = Shop(bad={"i7", "i30"})
    results = await stock(shop, [command(f"i{n}") for n in range(40)])  # type: ignore[arg-type]
    failed = [place for place, result in enumerate(results) if result.outcome == "failed"]
    assert failed == [7, 30]
    assert len(shop.levels) == 38
    assert {results[place].code for place in failed} == {"stock_refused"}
    assert results[7].params["detail"] == "Something is wrong."
    assert len(shop.keys) < 30


async def test_the_key_is_the_same_for_the_same_commands_and_new_after_a_failure() -> None:
    first, second = Shop(set()), Shop(set(), used_keys=1)
    await stock(first, [command("a", 1), command("b", 2)])  # type: ignore[arg-type]
    await stock(second, [command("a", 1), command("b", 2)])  # type: ignore[arg-type]
    assert first.keys == second.keys[:1]
    assert len(set(second.keys)) == 2
    assert second.levels == {"a": 5, "b": 5}
    other = Shop(set())
    await stock(other, [command("a", 1), command("b", 3)])  # type: ignore[arg-type]
    assert other.keys != first.keys


async def test_a_key_that_is_still_at_work_waits() -> None:
    with pytest.raises(Transient):
        await stock(Shop(set(), busy=True), [command("a")])  # type: ignore[arg-type]


async def test_a_shop_that_never_settles_is_tried_again_later() -> None:
    (result,) = await stock(Shop(set(), used_keys=99), [command("a")])  # type: ignore[arg-type]
    assert (result.outcome, result.code) == ("retrying", "stock_unanswered")
