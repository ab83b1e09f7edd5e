"""An article that is pushed for the first time is read as a listing at once, told its stock, and published then."""

from shared.connector_kit import work
from tests.integration.connector_kit.branch import Branch
from tests.integration.connector_kit.test_judged_later import step
from tests.integration.connector_kit.test_retries import reports
from tests.wired.ebay.test_products import offer_of, product


async def test_what_a_push_made_is_read_at_once_and_listed_as_soon_as_it_has_stock(listing_branch: Branch) -> None:
    branch = listing_branch
    await branch.settle_in(productive=True)
    wish = product("A-1").payload.model_copy(update={"asked_by": "anna"})
    async with branch.service.database.transaction() as tx:
        body = wish.model_dump_json()
        await work.store(tx, [work.NewWork(branch.connection.id, "mapped_product", str(wish.article_id), 1, body)])
    await step(branch)
    offer = offer_of(branch.stand, "A-1")
    hinted = await branch.value("SELECT string_agg(subject, ',') FROM work WHERE kind = 'read:article'")
    assert hinted == offer.id
    await step(branch, minutes=6)
    assert [one.outcome for one in await reports(branch)] == ["waiting"]
    branch.stand.shop.store.goods.quantities["A-1"] = 3
    for _ in range(3):
        await step(branch, minutes=6)
    assert [one.outcome for one in await reports(branch)] == ["waiting", "done"]
    assert offer.listing
    assert await branch.value("SELECT count(*) FROM work WHERE kind = 'mapped_product'") == 0
