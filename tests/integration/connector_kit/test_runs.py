"""Chosen records read by hand: before go-live, by id or number, and each with what became of it."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from services.sandbox.faults import Rule
from tests.integration.connector_kit.branch import Branch, eventually


async def outcomes(branch: Branch, wish: dict[str, Any], language: str = "en") -> tuple[int, Sequence[dict[str, Any]]]:
    client = await branch.client()
    answer = await client.post("/runs", json=wish, headers={"Accept-Language": language}, timeout=60)
    return answer.status_code, answer.json()["items"]


async def test_chosen_orders_are_read_before_go_live_and_each_says_what_became_of_it(branch: Branch) -> None:
    (good,) = branch.place(1)
    odd = branch.place_case("unknown status word")
    branch.open_for_business()
    status, items = await outcomes(branch, {"external_ids": [good, odd, "999999", good]}, "de")
    assert status == 200
    assert [(one["external_id"], one["outcome"], one["code"]) for one in items] == [
        (good, "published", ""),
        (odd, "unreadable", "unknown_word"),
        ("999999", "not_found", "record_not_found"),
    ]
    assert items[2]["sentence"] == "Den Datensatz 999999 gibt es im Shop nicht."
    (received,) = branch.bus.of("order.received")
    assert (received.subject, received.data.observed.path) == (good, "manual")
    assert [one.subject for one in branch.bus.of("order.unreadable")] == [odd]
    (entry,) = await branch.told("run_by_hand")
    assert (entry.actor, entry.params["count"]) == ("Anna (operate)", "3")


async def test_a_record_that_has_not_changed_is_handed_on_again_when_a_person_asks(branch: Branch) -> None:
    (good,) = branch.place(1)
    branch.open_for_business()
    for n in (1, 2):
        assert (await outcomes(branch, {"external_ids": [good]}))[1][0]["outcome"] == "published"
        assert len(branch.bus.of("order.received")) == n


async def test_more_than_twenty_are_answered_with_a_run_to_ask_for(branch: Branch) -> None:
    placed = branch.place(25)
    client = await branch.client()
    answer = await client.post("/runs", json={"external_ids": placed})
    assert (answer.status_code, answer.json()["waiting"]) == (202, 25)
    branch.open_for_business()
    address = f"/runs/{answer.json()['id']}"

    async def settled() -> bool:
        return bool((await client.get(address)).json()["waiting"] == 0)

    await eventually(settled)
    run = (await client.get(address)).json()
    assert [one["outcome"] for one in run["items"]] == ["published"] * 25
    assert (await client.get(f"/runs/{uuid4()}")).status_code == 404
    assert (await (await branch.client("read", [uuid4()])).get(address)).status_code == 404


async def test_two_runs_over_one_record_both_learn_what_became_of_it(branch: Branch) -> None:
    placed = branch.place(25)
    client = await branch.client()
    first = (await client.post("/runs", json={"external_ids": placed})).json()["id"]
    second = (await client.post("/runs", json={"external_ids": placed[:21]})).json()["id"]
    branch.open_for_business()

    async def settled() -> bool:
        views = [(await client.get(f"/runs/{id}")).json() for id in (first, second)]
        return all(view["waiting"] == 0 for view in views)

    await eventually(settled)


async def test_numbers_find_their_orders(branch: Branch) -> None:
    (good,) = branch.place(1)
    branch.open_for_business()
    _, items = await outcomes(branch, {"numbers": [good, "777777", "A-1"]})
    assert [(one["number"], one["external_id"], one["outcome"], one["code"]) for one in items] == [
        (good, good, "published", ""),
        ("777777", "", "not_found", "number_unknown"),
        ("A-1", "", "not_found", "number_unknown"),
    ]


async def test_numbers_find_their_orders_where_ids_are_long(shopify_branch: Branch) -> None:
    branch = shopify_branch
    branch.place(3)
    census = {row.number: row.external_id for row in branch.stand.shop.census()}
    name, plain = sorted(census)[:2]
    branch.open_for_business()
    _, items = await outcomes(branch, {"numbers": [name, plain.removeprefix("#"), "#0", "it's"]})
    assert [(one["external_id"], one["outcome"]) for one in items] == [
        (census[name], "published"), (census[plain], "published"), ("", "not_found"), ("", "not_found"),
    ]  # fmt: skip


async def test_what_the_shop_does_not_answer_for_five_days_ends_and_says_so(branch: Branch) -> None:
    (good,) = branch.place(1)
    branch.stand.opened.faults.add(Rule("error_500"))
    client = await branch.client()
    placed = [good, *(str(n) for n in range(900000, 900020))]
    id = (await client.post("/runs", json={"external_ids": placed})).json()["id"]
    branch.open_for_business()

    async def failing() -> bool:
        return bool(await branch.value("SELECT every(failing_since IS NOT NULL) FROM work"))

    await eventually(failing)
    async with branch.admin.transaction() as tx:
        await tx.execute("UPDATE work SET failing_since = failing_since - interval '5 days', due_at = now()")

    async def ended() -> bool:
        return bool((await client.get(f"/runs/{id}")).json()["waiting"] == 0)

    await eventually(ended)
    assert {one["outcome"] for one in (await client.get(f"/runs/{id}")).json()["items"]} == {"failed"}
    assert len(await branch.told("retries_ended")) == 21
    assert await branch.value("SELECT count(*) FROM work") == 0


async def test_a_paused_connection_reads_nothing_and_says_why(branch: Branch) -> None:
    await branch.settle_in(paused_because="credentials_refused")
    client = await branch.client()
    answer = await client.post("/runs", json={"external_ids": ["1"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "run_connection_paused")
    assert await branch.value("SELECT count(*) FROM runs") == 0


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({}, "body"),
        ({"external_ids": ["1"], "numbers": ["1"]}, "body"),
        ({"external_ids": [str(n) for n in range(201)]}, "external_ids"),
        ({"external_ids": [""]}, "external_ids.0"),
        ({"external_ids": ["1"], "noun": "refund"}, "noun"),
        ({"external_ids": ["1"], "force": True}, "force"),
    ],
)
async def test_a_wish_that_cannot_be_names_its_field(branch: Branch, wish: dict[str, Any], field: str) -> None:
    answer = await (await branch.client()).post("/runs", json=wish)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_only_operators_of_the_connection_read_by_hand(branch: Branch) -> None:
    wish = {"external_ids": ["1"]}
    assert (await (await branch.client("support")).post("/runs", json=wish)).status_code == 403
    assert (await (await branch.client("operate", [uuid4()])).post("/runs", json=wish)).status_code == 404
