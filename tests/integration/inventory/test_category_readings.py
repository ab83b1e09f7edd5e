"""A channel that tells what it asks category by category: read when a category is mapped, and when all is read anew."""

from typing import Any

import pytest

from shared.chassis.problems import not_found
from shared.contracts.errors import Transient
from shared.contracts.taxonomy import Taxonomy, TaxonomyAttribute, TaxonomyCategory, TaxonomyValue
from tests.integration.inventory.stockroom import SHOP, Stockroom
from tests.integration.inventory.test_mapping import map_rows, rows, say, send

TREE = Taxonomy(
    categories=(
        TaxonomyCategory(code="HOME", label="Haus"),
        TaxonomyCategory(code="MUGS", label="Becher", parent_code="HOME"),
        TaxonomyCategory(code="PLATES", label="Teller", parent_code="HOME"),
    ),
    attributes=(TaxonomyAttribute(code="title", label="Titel", requirement="required", role="title"),),
    leaves_only=True,
)


class Channel:
    """What the connector answers. `colours` are those of mugs; `lost` categories cannot be asked about."""

    def __init__(self) -> None:
        self.tree = TREE
        self.colours = ["Rot", "Blau"]
        self.lost: set[str] = set()
        self.down = False
        self.asked: list[str] = []

    async def get(self, base: str, path: str, **params: Any) -> Any:
        told = path.removeprefix(f"/connections/{SHOP}/taxonomy").strip("/")
        self.asked.append(params.get("code") or params.get("title") or told)
        if self.down:
            raise Transient("the channel does not answer", code="peer_unreachable")
        if told == "suggestions":
            return [{"code": "MUGS", "label": "Haus > Becher"}, {"code": "X", "label": "Haus > Neu"}]
        if told == "category" and params["code"] in self.lost:
            raise not_found(params["code"])
        found = self.category(params["code"]) if told == "category" else self.tree
        return {"taxonomy": found.model_dump(mode="json"), "every_seconds": 0, "by_category": True}

    def category(self, code: str) -> Taxonomy:
        colour = TaxonomyAttribute(
            code="Farbe", label="Farbe", category_code=code, requirement="required", list_code=f"{code}:Farbe"
        )
        values = tuple(TaxonomyValue(list_code=f"{code}:Farbe", code=one, label=one) for one in self.colours)
        return Taxonomy(categories=(), attributes=(colour,), values=values)


@pytest.fixture
def channel(stockroom: Stockroom, monkeypatch: pytest.MonkeyPatch) -> Channel:
    found = Channel()
    monkeypatch.setattr(stockroom.service.peers, "get", found.get)
    return found


async def read(room: Stockroom) -> dict[str, Any]:
    reply = await room.call("POST", f"/taxonomies/{SHOP}/readings")
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


async def asked_of(room: Stockroom, category: str) -> list[str]:
    return [one["code"] for one in await room.get(f"/taxonomies/{SHOP}/attributes", category=category)]


async def test_mapping_a_category_reads_what_is_asked_of_it_once(stockroom: Stockroom, channel: Channel) -> None:
    room = stockroom
    first = await read(room)
    assert (first["by_category"], first["categories"], first["attributes"]) == (True, 3, 1)
    assert channel.asked == [""]
    found = await room.get(f"/taxonomies/{SHOP}/categories", search="MUGS")
    assert found["items"][0]["read"] is False
    assert await map_rows(room, ("category", "", "Tassen", "MUGS")) == {"changed": 1, "unchanged": 0, "unread": []}
    await map_rows(room, ("category", "", "Tassen", "MUGS"), ("category", "", "Humpen", "MUGS"))
    assert channel.asked == ["", "MUGS"]
    assert await asked_of(room, "MUGS") == ["title", "Farbe"]
    assert await asked_of(room, "PLATES") == ["title"]
    found = await room.get(f"/taxonomies/{SHOP}/categories", search="MUGS")
    assert found["items"][0]["read"] is True
    await room.articles("A-1", title="Becher")
    await say(room, "A-1", category="Tassen", Farbe="rot")
    assert await send(room, "A-1") == {"A-1": []}
    (push,) = await room.sent("mapped_product.push")
    assert push.values == {"title": "Becher", "Farbe": "Rot"}


async def test_all_read_anew_reads_known_and_mapped_categories_and_forgets_what_is_gone(
    stockroom: Stockroom, channel: Channel
) -> None:
    room = stockroom
    await read(room)
    await map_rows(room, ("category", "", "Tassen", "MUGS"), ("value", "MUGS:Farbe", "azur", "Blau"))
    channel.colours = ["Rot", "Gelb"]
    await read(room)
    assert channel.asked == ["", "MUGS", "", "MUGS"]
    values = await room.get(f"/taxonomies/{SHOP}/values", list_code="MUGS:Farbe")
    assert [one["code"] for one in values["items"]] == ["Gelb", "Rot"]
    assert await rows(room, state="gone") == [("value", "MUGS:Farbe", "azur", "Blau")]
    channel.tree = TREE.model_copy(update={"categories": TREE.categories[:1]})
    assert (await read(room))["values"] == 0
    assert await asked_of(room, "MUGS") == ["title"]
    read_of = await room.journalled("taxonomy_read")
    assert [one.params["values"] for one in read_of] == ["0", "2", "0"]


async def test_what_cannot_be_read_is_named_keeps_what_was_known_and_is_tried_when_an_article_is_sent(
    stockroom: Stockroom, channel: Channel
) -> None:
    room = stockroom
    await read(room)
    channel.lost = {"MUGS"}
    body = {"rows": [{"kind": "category", "key": "Tassen", "target": "MUGS"}]}
    reply = await room.call("PUT", f"/mappings/{SHOP}", json=body)
    assert [one["code"] for one in reply.json()["unread"]] == ["taxonomy_category_unread"]
    assert await rows(room, kind="category") == [("category", "", "Tassen", "MUGS")]
    await room.articles("A-1", title="Becher")
    await say(room, "A-1", category="Tassen", Farbe="rot")
    assert await send(room, "A-1") == {"A-1": ["product_category_unread"]}
    channel.lost = set()
    assert await send(room, "A-1") == {"A-1": []}
    channel.lost = {"MUGS"}
    assert [one["code"] for one in (await read(room))["unread"]] == ["taxonomy_category_unread"]
    assert await asked_of(room, "MUGS") == ["title", "Farbe"]
    assert await send(room, "A-1") == {"A-1": []}


async def test_the_channel_is_asked_which_category_may_fit_by_the_articles_title(
    stockroom: Stockroom, channel: Channel
) -> None:
    room = stockroom
    await read(room)
    await room.articles("A-1", title="Roter Becher")
    await room.articles("A-2", title="")
    path = f"/taxonomies/{SHOP}/suggestions"
    reply = await room.call("POST", path, json={"article_number": "A-1"})
    assert reply.json() == [
        {"code": "MUGS", "label": "Haus > Becher", "known": True},
        {"code": "X", "label": "Haus > Neu", "known": False},
    ]
    assert channel.asked[-1] == "Roter Becher"
    untitled = await room.call("POST", path, json={"article_number": "A-2"})
    assert (untitled.status_code, untitled.json()["code"]) == (422, "article_without_title")
    assert (await room.call("POST", path, json={"article_number": "NONE"})).status_code == 404
    channel.down = True
    assert (await room.call("POST", path, json={"article_number": "A-1"})).status_code == 503
