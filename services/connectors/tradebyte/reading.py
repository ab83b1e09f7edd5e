"""Reading what TB.One hands out: orders until they are flagged, articles by their change, one order by its id."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

import orjson

from services.connectors.tradebyte.client import Client
from services.connectors.tradebyte.client.files import Files
from services.connectors.tradebyte.inbound import UNDATED
from services.connectors.tradebyte.vocabulary import HEARD
from shared.connector_kit.declaration import Page, RawItem, Window
from shared.contracts.errors import Transient
from shared.http.sftp import Entry

ORDERS_PER_PAGE = 50
ARTICLES_PER_PAGE = 500
UNFINISHED = timedelta(minutes=10)
NOTED = ("MESSAGE_ID", "MESSAGE_TYPE", "TB_ORDER_ITEM_ID", "QUANTITY", "DATE_CREATED")
T = TypeVar("T")


async def orders(client: Client, window: Window) -> AsyncIterator[Page]:
    """Everything that is not flagged yet, whatever the window: a list that is worked off has no place in time."""
    if client.files is not None:
        async for page in _filed(client, client.files):
            yield page
        async for page in _changed_by_messages(client):
            yield page
        return
    first: datetime | None = None
    for channel in client.settings.channel_ids:
        rows, asked_at = await client.open_orders(channel)
        first = first or asked_at
        for part in _batched(rows, ORDERS_PER_PAGE):
            yield Page(await _order_items(client, part), acknowledge=_flag(client, part))
    async for page in _changed_by_messages(client):
        yield page
    yield Page([], first)


async def _filed(client: Client, files: Files) -> AsyncIterator[Page]:
    """Orders file by file. A file is moved away when all that is in it is kept; one with an order that cannot be read
    stays, as such an order stays on the list. A broken one is shown by its name and holds nobody back."""
    started = datetime.now(UTC)
    for entry in await files.waiting():
        try:
            rows = await files.orders(entry.name)
        except Transient as error:
            if error.code != "not_xml":
                raise
            # Young, it is still being written.
            if entry.changed_at < started - UNFINISHED:
                yield Page([_broken(client, entry, error.detail)])
            continue
        left = {_external_id(row) for row in rows}
        for part in _batched(rows, ORDERS_PER_PAGE):
            yield Page(await _order_items(client, part), acknowledge=_moving(files, entry.name, left))
        if not rows:
            await files.keep(entry.name)
    yield Page([], started)


async def _changed_by_messages(client: Client) -> AsyncIterator[Page]:
    """Orders that a channel has said something about, each with all that was ever said. What was said is kept first,
    the order handed out with it, and only then the message comes off the list. Where TB.One does not show the order any
    more, its messages stay there."""
    heard: dict[str, list[str]] = {}
    for channel in client.settings.channel_ids:
        for message in await client.open_messages(channel):
            if message.get("MESSAGE_TYPE") in HEARD and message.get("MESSAGE_ID") and message.get("TB_ORDER_ID"):
                record = f"{message.get('CHANNEL_SIGN', '')}:{message['TB_ORDER_ID']}"
                said = {name: message[name] for name in NOTED if isinstance(message.get(name), str)}
                await client.notes.add(record, message["MESSAGE_ID"], orjson.dumps(said).decode())
                heard.setdefault(record, []).append(message["MESSAGE_ID"])
    for record, messages in heard.items():
        if items := await order(client, record):
            yield Page(items, acknowledge=_hearing(client, record, messages))


async def order(client: Client, external_id: str) -> list[RawItem]:
    """One order by its id, flagged or not."""
    tb_id = external_id.rpartition(":")[2]
    row = await client.order(tb_id) if tb_id.isdecimal() else None
    items = [] if row is None else await _order_items(client, [row])
    return [item for item in items if item.external_id == external_id]


async def articles(client: Client, window: Window) -> AsyncIterator[Page]:
    """The catalogue by its change, channel by channel; an article that several of them sell comes once."""
    first: datetime | None = None
    seen: set[str] = set()
    for channel in client.settings.channel_ids:
        products, asked_at = await client.products(channel, window.since)
        first = first or asked_at
        rows = (row | {"PRICE": _price(client, row)} for product in products for row in _variants(product))
        for part in _batched(rows, ARTICLES_PER_PAGE):
            fresh = {number: row for row in part if (number := _number(row)) not in seen}
            seen.update(fresh)
            yield Page([RawItem(number, UNDATED, orjson.dumps(row)) for number, row in fresh.items()])
    yield Page([], first)


async def article(client: Client, external_id: str) -> list[RawItem]:
    """One article. TB.One cannot be asked for it alone: the catalogue is read until it comes."""
    async for page in articles(client, Window()):
        if found := [item for item in page.items if item.external_id == external_id]:
            return found
    return []


def _flag(client: Client, rows: Sequence[dict[str, Any]]) -> Callable[[Collection[str]], Awaitable[None]]:
    async def acknowledge(external_ids: Collection[str]) -> None:
        wanted = frozenset(external_ids)
        for row in rows:
            if _external_id(row) in wanted:
                # In the state it was read in: one that was confirmed meanwhile must be listed again.
                await client.exported(str(row["ORDER_DATA"]["TB_ID"]), pending=_pending(row))

    return acknowledge


def _moving(files: Files, name: str, left: set[str]) -> Callable[[Collection[str]], Awaitable[None]]:
    async def acknowledge(external_ids: Collection[str]) -> None:
        left.difference_update(external_ids)
        if not left:
            await files.keep(name)

    return acknowledge


def _hearing(client: Client, record: str, messages: Sequence[str]) -> Callable[[Collection[str]], Awaitable[None]]:
    async def acknowledge(external_ids: Collection[str]) -> None:
        for message in messages if record in external_ids else ():
            await client.heard(message)

    return acknowledge


def _broken(client: Client, entry: Entry, detail: str) -> RawItem:
    body = {"FILE": entry.name, "PROBLEM": detail, "CURRENCY": client.settings.currency}
    return RawItem(entry.name, entry.changed_at, orjson.dumps(body))


def _pending(row: dict[str, Any]) -> bool:
    return str(_head(row).get("APPROVED", "")).strip() == "0"


async def _order_items(client: Client, rows: Sequence[dict[str, Any]]) -> list[RawItem]:
    """Orders with everything that channels have said about them: a message is listed once only."""
    notes = await client.notes.of([_external_id(row) for row in rows])
    return [_order_item(client, row, notes.get(_external_id(row), ())) for row in rows]


def _order_item(client: Client, row: dict[str, Any], notes: Sequence[str]) -> RawItem:
    head = _head(row)
    if notes:
        row["MESSAGES"] = [orjson.loads(note) for note in notes]
    row["CURRENCY"] = client.settings.currency_of(str(head.get("CHANNEL_SIGN", "")))
    return RawItem(_external_id(row), stamp(row), orjson.dumps(row), str(head.get("CHANNEL_NO", "")))


def _external_id(row: dict[str, Any]) -> str:
    """Channel and TB.One's number. Without the latter the order cannot be read, and is seen under the channel's own."""
    head = _head(row)
    return f"{head.get('CHANNEL_SIGN', '')}:{head.get('TB_ID') or ':' + str(head.get('CHANNEL_ID', ''))}"


def _head(row: dict[str, Any]) -> dict[str, Any]:
    head = row.get("ORDER_DATA")
    return head if isinstance(head, dict) else {}


def stamp(row: dict[str, Any]) -> datetime:
    """The latest moment an order speaks of: that of its last event or message. TB.One writes UTC and no offset."""
    later = [one for name in ("HISTORY", "MESSAGES") if isinstance(row.get(name), list) for one in row[name]]
    written = [one.get("DATE_CREATED") for one in (_head(row), *later) if isinstance(one, dict)]
    return max((moment for text in written if (moment := _moment(text)) is not None), default=UNDATED)


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _variants(product: dict[str, Any]) -> Iterator[dict[str, Any]]:
    listed = product.get("ARTICLEDATA")
    for row in listed if isinstance(listed, list) else []:
        if isinstance(row, dict):
            # P_NR is TB.One's own here; the merchant's number, by which it is written to, stands beside it.
            number = product.get("P_NR_EXTERNAL") or product.get("P_NR", "")
            shared = {
                name: product.get(name, empty) for name, empty in (("P_NAME", []), ("P_TEXT", []), ("P_BRAND", ""))
            }
            yield row | shared | {"P_NR": number, "MEDIA": [*_media(row, "A"), *_media(product, "P")]}


def _media(row: dict[str, Any], level: str) -> list[str]:
    """Addresses of images in their places; their attributes stand beside them."""
    data = row.get(f"{level}_MEDIADATA")
    if not isinstance(data, dict):
        return []
    name = f"{level}_MEDIA"
    addresses, kinds, places = (_many(data.get(one)) for one in (name, f"{name}@type", f"{name}@sort"))
    if len(kinds) == len(addresses):
        addresses = [one if kind.lower() == "image" else "" for one, kind in zip(addresses, kinds, strict=True)]
    if len(places) == len(addresses) and all(place.isdecimal() for place in places):
        addresses = [one for _, one in sorted(zip(map(int, places), addresses, strict=True), key=lambda pair: pair[0])]
    return [one for one in addresses if isinstance(one, str) and one.startswith(("http://", "https://"))]


def _price(client: Client, row: dict[str, Any]) -> dict[str, Any] | None:
    """What an article costs in the channel whose price is taken for its own. Prices stand one beside the other, and
    their attributes beside them."""
    data, sign = row.get("A_PRICEDATA"), next(iter(client.settings.price_signs), "")
    if not isinstance(data, dict) or not sign:
        return None
    prices, signs, currencies = (_many(data.get(name)) for name in ("A_PRICE", "A_PRICE@channel", "A_PRICE@currency"))
    for place, price in enumerate(prices if len(prices) == len(signs) else []):
        if signs[place] == sign and isinstance(price, dict):
            said = currencies[place] if len(currencies) == len(prices) else ""
            return {"CURRENCY": said or client.settings.currency_of(sign), "A_VK": price.get("A_VK")}
    return None


def _many(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _number(row: dict[str, Any]) -> str:
    return str(row.get("A_NR", ""))


def _batched(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(rows)
    while part := list(islice(rest, size)):
        yield part
