"""What a channel asks is read anew once a day: what has changed is told, and articles are judged by it."""

from datetime import timedelta
from typing import Any

import pytest

from services.inventory import taxonomy_reading
from shared.contracts.errors import Transient
from shared.contracts.taxonomy import Taxonomy, TaxonomyAttribute
from tests.integration.inventory.stockroom import SHOP, Stockroom
from tests.integration.inventory.test_mapping import OPERATORS, map_rows, mug, report, rows, say, send, state

DAY = timedelta(days=1)


class Channel:
    """What the connector answers, at most once an hour."""

    def __init__(self) -> None:
        self.taxonomy, self.down, self.asked = OPERATORS, False, 0

    async def get(self, _base: str, _path: str, **_params: Any) -> Any:
        self.asked += 1
        if self.down:
            raise Transient("the channel does not answer", code="peer_unreachable")
        return {"taxonomy": self.taxonomy.model_dump(mode="json"), "every_seconds": 3600}


@pytest.fixture
def channel(stockroom: Stockroom, monkeypatch: pytest.MonkeyPatch) -> Channel:
    found = Channel()
    monkeypatch.setattr(stockroom.service.peers, "get", found.get)
    return found


async def night(room: Stockroom, later: timedelta = DAY) -> int:
    """So much time goes by; answers how many channels were read. The database's own clock stands still."""
    async with room.service.database.transaction() as tx:
        driver = await tx.driver()
        await driver.execute(
            "UPDATE taxonomies SET asked_at = asked_at - $1::interval, read_at = read_at - $1::interval", later
        )
    count = 0
    while await taxonomy_reading.daily(room.service):
        count += 1
    return count


def asks(taxonomy: Taxonomy = OPERATORS, **more: Any) -> Taxonomy:
    return taxonomy.model_copy(update=more)


async def test_a_channel_is_read_once_a_day_and_one_that_nobody_read_never(
    stockroom: Stockroom, channel: Channel
) -> None:
    room = stockroom
    assert await night(room) == 0
    await mug(room)
    assert await night(room, timedelta(hours=23)) == 0
    assert [await night(room, timedelta(hours=2)), await night(room, timedelta(hours=2))] == [1, 0]
    assert await night(room) == 1
    assert channel.asked == 2
    assert await room.journalled("taxonomy_changed") == []


async def test_what_is_newly_required_and_what_is_gone_is_told_and_the_articles_are_judged_by_it(
    stockroom: Stockroom, channel: Channel
) -> None:
    room = stockroom
    await mug(room)
    await map_rows(room, ("category", "", "Tassen", "MUGS"))
    assert await send(room, "A-1") == {"A-1": []}
    await report(room, "A-1", 1, "done")
    glaze = TaxonomyAttribute(code="glaze", label="Glasur", category_code="MUGS", requirement="required")
    channel.taxonomy = asks(attributes=(*OPERATORS.attributes, glaze), values=OPERATORS.values[1:])
    await night(room)
    (told,) = await room.journalled("taxonomy_changed")
    assert (told.outcome, told.actor) == ("warning", "")
    assert told.params == {
        "required": "Glasur (MUGS: glaze)", "categories": "–", "attributes": "–", "values": "Rot (COLOURS: C-1)",
        "articles": "A-1",
    }  # fmt: skip
    found = await state(room, "A-1")
    assert found["state"] == "accepted"
    assert {one["code"] for one in found["problems"]} == {"product_value_unmapped", "product_attribute_unmapped"}
    assert ("attribute", "MUGS", "glaze", None) in await rows(room, state="open")
    await night(room)
    assert await room.journalled("taxonomy_changed") == []
    await say(room, "A-1", Farbe="blau", Glasur="matt")
    assert await send(room, "A-1") == {"A-1": []}


async def test_an_article_that_lacked_what_is_asked_no_more_lacks_nothing(
    stockroom: Stockroom, channel: Channel
) -> None:
    room = stockroom
    await mug(room)
    await map_rows(room, ("category", "", "Tassen", "MUGS"), ("attribute", "", "volume", None))
    assert await send(room, "A-1") == {"A-1": ["product_attribute_unmapped"]}
    channel.taxonomy = asks(attributes=OPERATORS.attributes[:3])
    await night(room)
    (told,) = await room.journalled("taxonomy_changed")
    assert (told.outcome, told.params["attributes"], told.params["articles"]) == (
        "ok", "Inhalt (MUGS: volume), Tiefe (PLATES: depth)", "–",
    )  # fmt: skip
    assert (await state(room, "A-1"))["problems"] == []


async def test_articles_in_our_own_columns_are_not_judged_by_the_channels_attributes(
    stockroom: Stockroom, channel: Channel
) -> None:
    room = stockroom
    await mug(room)
    assert await send(room, "A-1", format="own") == {"A-1": []}
    channel.taxonomy = asks(categories=OPERATORS.categories[:1])
    await night(room)
    (told,) = await room.journalled("taxonomy_changed")
    assert (told.params["categories"], told.params["articles"]) == ("Becher (MUGS), Teller (PLATES)", "–")
    assert (await state(room, "A-1"))["problems"] == []


async def test_a_channel_that_does_not_answer_is_told_and_asked_again_after_six_hours(
    stockroom: Stockroom, channel: Channel
) -> None:
    room = stockroom
    await mug(room)
    channel.down = True
    assert await night(room) == 1
    assert await night(room, timedelta(hours=5)) == 0
    (told,) = await room.journalled("taxonomy_unread")
    assert told.params == {"detail": "the channel does not answer"}
    channel.down = False
    assert await night(room, timedelta(hours=2)) == 1
    assert await room.journalled("taxonomy_unread") == []


async def test_whoever_reads_by_hand_hears_of_the_same_difference(stockroom: Stockroom, channel: Channel) -> None:
    room = stockroom
    await mug(room)
    channel.taxonomy = asks(categories=OPERATORS.categories[:2])
    async with room.service.database.transaction() as tx:
        await tx.execute("UPDATE taxonomies SET asked_at = asked_at - interval '2 hours'")
    assert (await room.call("POST", f"/taxonomies/{SHOP}/readings")).status_code == 200
    (told,) = await room.journalled("taxonomy_changed")
    assert (told.actor, told.params["categories"]) == ("anna (operate)", "Teller (PLATES)")
