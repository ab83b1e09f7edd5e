"""What a platform takes to judge later is sent once, asked about until there is an answer, and told at both moments."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from shared.connector_kit import work
from shared.contracts.mapped_product import MappedProductPush
from tests.integration.connector_kit.branch import Branch
from tests.integration.connector_kit.test_retries import later, pusher, reports
from tests.wired.mirakl.test_products import GOOD
from tests.wired.mirakl.test_sending import asked
from tests.wired.otto.test_products import product

MUG = uuid4()


async def want(branch: Branch, values: dict[str, str], *, version: int = 1, article: UUID = MUG) -> None:
    wish = MappedProductPush(
        article_id=article, version=version, article_number=values["shop_sku"], format="operator", values=values,
        asked_by="anna",
    )  # fmt: skip
    async with branch.service.database.transaction() as tx:
        body = wish.model_dump_json()
        await work.store(tx, [work.NewWork(branch.connection.id, "mapped_product", str(article), version, body)])


async def step(branch: Branch, **wait: Any) -> None:
    branch.stand.sandbox.clock.shift(timedelta(**wait))
    await later(branch, 0)
    await (await pusher(branch)).step(branch.stand.push("mapped_product"))


async def outcomes(branch: Branch) -> list[tuple[int, str]]:
    return [(one.version, one.outcome) for one in await reports(branch)]


async def test_a_product_is_sent_once_and_asked_about_until_the_operator_has_judged_it(judging_branch: Branch) -> None:
    branch = judging_branch
    await branch.settle_in(productive=True)
    await want(branch, GOOD)
    await want(branch, GOOD | {"shop_sku": "A-2", "colour": ""}, article=uuid4())
    for _ in range(8):
        await step(branch, minutes=6)
    assert len(asked(branch.stand, "/products/imports")) == 1
    assert sorted(await outcomes(branch)) == [(1, "done"), (1, "failed"), (1, "waiting"), (1, "waiting")]
    (entry,) = await branch.told("mapped_product_push_failed")
    assert "Farbe" in entry.params["detail"]
    assert await branch.value("SELECT count(*) FROM work") == 0


async def test_who_takes_over_asks_about_the_number_and_sends_nothing_again(judging_branch: Branch) -> None:
    branch = judging_branch
    await branch.settle_in(productive=True)
    await want(branch, GOOD)
    await step(branch)
    assert await branch.value("SELECT ticket FROM work") == "2000"
    # Each step works with a new pusher already; the client and all it remembers is new, too.
    branch.stand.client = branch.stand.connector.client(
        branch.stand.connector.credentials.model_validate(
            {"url": f"https://sandbox.test/mirakl/{branch.stand.variety.name}", **branch.stand.shop.credentials()}
        ),
        branch.stand.outside,
    )
    for _ in range(3):
        await step(branch, minutes=15)
    assert await outcomes(branch) == [(1, "waiting"), (1, "done")]
    assert len(asked(branch.stand, "/products/imports")) == 1


async def test_a_newer_version_goes_out_although_the_older_one_is_still_being_judged(judging_branch: Branch) -> None:
    branch = judging_branch
    await branch.settle_in(productive=True)
    await want(branch, GOOD | {"colour": ""})
    await step(branch)
    await want(branch, GOOD, version=2)
    assert await branch.value("SELECT ticket FROM work") == ""
    for _ in range(4):
        await step(branch, minutes=16)
    assert await outcomes(branch) == [(1, "waiting"), (2, "waiting"), (2, "done")]
    assert len(asked(branch.stand, "/products/imports")) == 2


async def test_a_product_that_is_judged_twice_has_a_ticket_for_each_and_is_sent_once(looking_branch: Branch) -> None:
    branch = looking_branch
    await branch.settle_in(productive=True)
    taken, refused = product("N-1"), product("N-2", "4006381333948", values={"Material": "Plastik"})
    async with branch.service.database.transaction() as tx:
        for one in (taken.payload, refused.payload):
            body, subject = one.model_copy(update={"asked_by": "anna"}).model_dump_json(), str(one.article_id)
            await work.store(tx, [work.NewWork(branch.connection.id, "mapped_product", subject, 1, body)])
    await step(branch)
    tickets = {await branch.value("SELECT max(ticket) FROM work")}
    await step(branch, minutes=6)
    tickets.add(await branch.value("SELECT max(ticket) FROM work"))
    assert [ticket.startswith("market@") for ticket in sorted(tickets, key=len)] == [True, False]
    stand = branch.stand
    stand.client = stand.connector.client(stand.client.merchant, stand.outside)
    for _ in range(4):
        await step(branch, minutes=6)
    found = sorted((await reports(branch)), key=lambda one: (one.subject, one.attempts))
    mine = [one.outcome for one in found if one.subject == str(taken.payload.article_id)]
    assert mine == ["waiting", "waiting", "done"]
    assert [one.outcome for one in found if one.subject != str(taken.payload.article_id)] == ["waiting", "failed"]
    assert len([one for one in asked(stand, "/v5/products") if one["path"].endswith("/products")]) == 1
    assert await branch.value("SELECT count(*) FROM work") == 0
