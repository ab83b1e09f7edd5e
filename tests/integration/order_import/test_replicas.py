"""What the order book keeps of its neighbours: article numbers, and the projects of connections."""

from typing import Any
from uuid import UUID, uuid4, uuid5

from httpx2 import MockTransport, Request, Response

from services.order_import import connection_replica
from shared.chassis.peers import Peers
from shared.chassis.settings import Settings
from shared.contracts.connection import Connection, ConnectionChanged
from shared.contracts.envelope import event
from shared.contracts.identity import KONTOR
from tests.integration.order_import.book import Book, received, unreadable
from tests.pure.order_import.samples import NOON, OTHER_SHOP, SHOP, line, observed, order


def neighbours(book: Book, connections: list[Connection], numbers: list[str]) -> list[str]:
    """Lets the owners answer with these; answers the list of the paths that were asked."""
    asked: list[str] = []

    def answer(request: Request) -> Response:
        path = request.url.path
        asked.append(path)
        if path.startswith("/connections/internal/"):
            (one,) = [c for c in connections if str(c.id) == path.rsplit("/", 1)[1]]
            return Response(200, json=one.model_dump(mode="json"))
        if path == "/connections/internal":
            return Response(200, json={"items": [one.model_dump(mode="json") for one in connections]})
        if path == "/inventory/external-numbers/snapshot":
            meanings = {"shop-4": "KR-4", "shop-5": None}
            return Response(200, json={"next": None, "items": [
                {"connection": str(SHOP), "number": number, "version": 2, "article_number": article}
                for number, article in meanings.items()
            ]})  # fmt: skip
        start = int(request.url.params.get("after") or 0)
        page: list[dict[str, Any]] = [
            {"id": str(uuid5(KONTOR, number)), "version": 3, "number": number, "ean": None, "title": "",
             "deleted": number.startswith("-")}
            for number in numbers[start : start + 2]
        ]  # fmt: skip
        more = str(start + 2) if start + 2 < len(numbers) else None
        return Response(200, json={"items": page, "next": more})

    book.service.peers = Peers(Settings(), transport=MockTransport(answer))
    return asked


def shop(version: int = 1, project: str = "North", id: UUID = SHOP) -> Connection:
    return Connection(id=id, version=version, platform="shop", name="My shop", project=project)


async def test_an_order_carries_the_project_of_its_connection(book: Book) -> None:
    await book.know("KR-1")
    neighbours(book, [shop()], [])
    changed = event(
        ConnectionChanged(id=SHOP, version=1, platform="shop"), id=uuid4(), source="connections", subject=str(SHOP),
        time=NOON,
    )  # fmt: skip
    await book.apply(lambda tx, fresh: connection_replica.apply(book.service, tx, fresh), [changed])
    await book.take(received(order("1"), observed(0)), received(order("2"), observed(0), OTHER_SHOP))
    client = await book.client("read")
    found = (await client.get("/orders", params={"project": "North"})).json()["items"]
    assert [one["external_id"] for one in found] == ["1"]


async def test_an_older_state_of_a_connection_does_not_overwrite_a_newer_one(book: Book) -> None:
    async with book.service.database.transaction() as tx:
        await connection_replica.put(tx, shop(2, "South"))
        await connection_replica.put(tx, shop(1, "North"))
    assert await book.value("SELECT project FROM connections") == "South"


async def test_the_replicas_can_be_read_again_from_their_owners(book: Book) -> None:
    await book.take(received(order("1", line("KR-4")), observed(0)), received(order("2", line("-KR-5")), observed(0)))
    await book.take(received(order("3", line("shop-4")), observed(0)))
    asked = neighbours(book, [shop()], ["KR-1", "KR-2", "KR-3", "KR-4", "-KR-5"])
    assert (await (await book.client()).post("/orders/internal/replicas")).status_code == 403
    answer = await (await book.client("service")).post("/orders/internal/replicas")
    assert answer.json() == {"connections": 1, "articles": 5, "external_numbers": 2}
    assert asked == [
        "/connections/internal", *["/inventory/articles/snapshot"] * 3, "/inventory/external-numbers/snapshot"
    ]  # fmt: skip
    await book.sweep()
    assert (await book.row("1"))["status"] == "imported"
    assert (await book.row("2"))["status"] == "parked"
    assert (await book.row("3"))["status"] == "imported"


async def test_a_list_of_the_shops_ids_is_answered_with_those_we_hold(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1"), observed(0)), received(order("2", line("NEW")), observed(0)))
    await book.take_unreadable(unreadable("3", observed(0)))
    client = await book.client("service")
    answer = await client.post(f"/orders/known/{SHOP}", json={"external_ids": ["1", "2", "3", "4"]})
    held = {one["external_id"]: one["status"] for one in answer.json()["items"]}
    assert held == {"1": "imported", "2": "parked", "3": "unreadable"}
