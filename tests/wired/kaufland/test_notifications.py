"""Push notifications: subscribed in every storefront, verified by a call, and only where someone can be written to."""

from collections.abc import Callable

import pytest

from services.connectors.kaufland import webhooks
from services.connectors.kaufland.vocabulary import EVENTS
from services.sandbox import seeds
from shared.contracts.errors import Rejected
from tests.wired.contract.stand import HOOK, Stand
from tests.wired.contract.test_webhooks import Postbox

Account = Callable[..., Stand]


def listening(stand: Stand) -> Postbox:
    box = Postbox()
    stand.opened.webhooks.transport = box
    return box


async def test_every_event_is_subscribed_in_every_storefront(account: Account) -> None:
    stand = account(storefronts="de cz")
    box = listening(stand)
    made = await webhooks.subscribe(stand.client, HOOK, "")
    assert sorted(made) == sorted(f"{storefront}: {event}" for storefront in ("de", "cz") for event in EVENTS)
    # The platform calls each address before it believes it, and that call names no record.
    assert len(box.calls) == len(made)
    assert all(webhooks.verify(*call, [stand.shop.store.access.secret_key]) for call in box.calls)
    assert {webhooks.hint(*call) for call in box.calls} == {None}


async def test_more_subscriptions_than_a_page_holds_are_all_known(account: Account) -> None:
    stand = account(storefronts="de cz")
    listening(stand)
    for number in range(4):
        assert len(await webhooks.subscribe(stand.client, f"{HOOK}/{number}", "")) == 2 * len(EVENTS)
    for number in range(4):
        assert await webhooks.subscribe(stand.client, f"{HOOK}/{number}", "") == []


async def test_without_an_address_to_write_to_nothing_is_subscribed(account: Account) -> None:
    stand = account(entered={"fallback_email": ""})
    assert await webhooks.subscribe(stand.client, HOOK, "") == []
    assert not stand.shop.store.hooks.rows


async def test_a_storefront_that_was_never_set_up_holds_back_no_other(account: Account) -> None:
    stand = account(entered={"storefronts": "pl, de"}, storefronts="de", unfinished="pl")
    listening(stand)
    assert len(await webhooks.subscribe(stand.client, HOOK, "")) == len(EVENTS)
    assert {row.storefront for row in stand.shop.store.hooks.rows.values()} == {"de"}


async def test_an_address_that_does_not_answer_is_told_in_the_platforms_words(stand: Stand) -> None:
    listening(stand).status = 401
    with pytest.raises(Rejected) as caught:
        await webhooks.subscribe(stand.client, HOOK, "")
    assert caught.value.params["platform_code"] == "/problems/subscriptions/unverified-callback-url"


async def test_a_changed_quantity_is_a_hint_to_the_listing(stand: Stand) -> None:
    box = listening(stand)
    await webhooks.subscribe(stand.client, HOOK, "")
    box.calls.clear()
    stand.opened.place(seeds.case("engraving", stand.sandbox.clock().replace(microsecond=0)))
    await stand.sandbox.drain_webhooks()
    hints = [hint for call in box.calls if (hint := webhooks.hint(*call)) and hint.noun == "article"]
    (hint,) = hints
    (item,) = await stand.stream("article").fetch_one(stand.client, hint.external_id)
    assert b'"KR-7301"' in item.body
