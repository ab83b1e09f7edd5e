"""A connector in front of one sandbox shop, in process. Time is the sandbox's: whoever waits moves its clock."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

import httpx2
from fastapi import FastAPI

from services.sandbox.main import create_sandbox
from services.sandbox.world import OpenShop, Sandbox
from shared.connector_kit.declaration import Command, Connector, Noun, Page, Push, RawItem, Stream, Window
from shared.connector_kit.outside import Outside
from shared.contracts.errors import Transient
from shared.contracts.product import ProductPush
from shared.http.guard import Guard
from shared.http.limits import Bucket

HOST = "sandbox.test"
LONG = timedelta(minutes=1)
BROKEN = ("not_json", "not_xml")
HOOK = "https://kontor.test/hooks/here"


def _unspoilt(told: ProductPush) -> ProductPush:
    raise AssertionError("This platform is told products and does not say which ones its shop refuses.")


def _nothing(stand: "Stand", topic: str) -> None:
    raise AssertionError(f"{stand.variety} has webhooks and does not say how its shop drops {topic}.")


@dataclass(frozen=True)
class Variety:
    """One way a platform's shop is set up. `lists`, `stock_writes`, `shipment_writes`, `cancellation_writes`,
    `price_writes`, `document_writes`, `refund_writes` and `return_writes` are what a fault's `path_contains` must name
    to strike there, `cancellation_method` its method where it is neither POST nor PUT, `return_method` where it is not
    POST; `ping` is a call the
    platform makes without a signature. Of `untimed` records the platform tells no time of change; the moment of
    reading stands for it. Only the `first` variety of a platform goes through every fault. With `names_parts` its
    webhooks name a piece of an order; `product_writes` and `product_method` are the same for what makes a product,
    `spoilt` makes of a product one that the shop refuses, and `property` and `free_field` are what the merchant calls
    a property and a free field there. The shop of a platform that is told products answers `products()`, a list of
    `merchant.ShownProduct`: all it lists, on sale or not; it knows measures in steps of so many `millimetres`, and the
    next larger one is told. `shipping_method` is its own word for the pretend merchant's parcels. `handshake` are
    statuses by which the platform asks a caller to prove who he is; `marks_refunds`: what we write with a refund can be
    read there; `delay` is how many seconds after a change the platform's lists show it at all. A page of its list of
    orders holds at most `listed`, and the connector hands out at most `handed` at once. `answering` is what the
    credentials say where returns that buyers open are to be answered, `returning` is how the shop is set up then."""

    platform: str
    credentials: Callable[[Any, str], dict[str, Any]]
    wrong_credentials: Callable[[Any, str], dict[str, Any]]
    lists: str
    stock_writes: str = ""
    shipment_writes: str = ""
    cancellation_writes: str = ""
    cancellation_method: str = ""
    price_writes: str = ""
    document_writes: str = ""
    refund_writes: str = ""
    return_writes: str = ""
    return_method: str = "POST"
    product_writes: str = ""
    product_method: str = ""
    spoilt: Callable[[ProductPush], ProductPush] = _unspoilt
    property: str = ""
    free_field: str = ""
    millimetres: int = 1
    name: str = "usual"
    first: bool = True
    scheme: str = "https"
    options: dict[str, Any] = field(default_factory=dict)
    own_faults: tuple[str, ...] = ()
    drop_subscription: "Callable[[Stand, str], None]" = _nothing
    signature: str = ""
    ping: bytes = b""
    untimed: tuple[Noun, ...] = ()
    shipping_method: str = "DHL Paket"
    names_parts: bool = False
    handshake: tuple[str, ...] = ()
    marks_refunds: bool = True
    delay: float = 0
    listed: int = 100
    handed: int = 100
    answering: dict[str, Any] = field(default_factory=dict)
    returning: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.platform}-{self.name}"


class Dated(httpx2.AsyncBaseTransport):
    """Stamps answers with the shop's time, as the web server in front of every real shop does; its clock may lag."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, clock: Callable[[], datetime]) -> None:
        self._inner = inner
        self._clock = clock
        self.lag = timedelta(0)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        response.headers.setdefault("Date", format_datetime(self._clock() - self.lag, usegmt=True))
        return response


@dataclass
class Stand:
    """A client with its shop. `opened` is the sandbox's side of it."""

    variety: Variety
    connector: Connector
    app: FastAPI
    outside: Outside
    client: Any
    sleep: Callable[[float], Awaitable[None]]
    answers: Dated

    @property
    def sandbox(self) -> Sandbox:
        found: Sandbox = self.app.state.sandbox
        return found

    @property
    def opened(self) -> OpenShop:
        return self.sandbox.shops[self.variety.platform, self.variety.name]

    @property
    def shop(self) -> Any:
        return self.opened.shop

    def stream(self, noun: str) -> Stream:
        found = self.connector.stream(noun)
        assert found is not None
        return found

    def push(self, noun: str) -> Push:
        return next(push for push in self.connector.pushes if push.noun == noun)

    async def pages(self, noun: str = "order", window: Window = Window()) -> list[Page]:
        return [page async for page in self.stream(noun).fetch(self.client, window)]

    async def items(self, noun: str = "order", window: Window = Window()) -> dict[str, RawItem]:
        """What a run hands out, the newest state of each record."""
        return {item.external_id: item for page in await self.pages(noun, window) for item in page.items}

    async def wait(self, error: Transient) -> None:
        """Waits as whoever asked for so long a pause must: only what the client does not wait for by itself."""
        if error.retry_after is None or error.retry_after <= LONG:
            raise error
        await self.sleep(error.retry_after.total_seconds())

    async def patiently(self) -> dict[str, RawItem]:
        """What is handed out, however often the platform wants a long pause first, or sends something else."""
        for _ in range(5):
            try:
                return await self.items()
            except Transient as error:
                if error.code not in BROKEN:
                    await self.wait(error)
        raise AssertionError("The platform never answered")

    async def close(self) -> None:
        await self.outside.close()
        await self.sandbox.close()

    def census(self) -> set[str]:
        """What the shop itself counts."""
        return {row.external_id for row in self.shop.census()}

    async def send(self, noun: str, payloads: Sequence[Any]) -> list[Any]:
        results = await self.push(noun).send(self.client, [command(one) for one in payloads])
        assert len(results) == len(payloads)
        return list(results)


def command(payload: Any) -> Command:
    """A command as it stands in the work table: its key is the same for every try."""
    return Command(subject=str(uuid4()), version=1, key=uuid4(), payload=payload)


def new_sandbox(variety: Variety, *, seed: bool = False) -> FastAPI:
    """A sandbox with one shop."""
    shop = (variety.platform, variety.name, variety.options)
    return create_sandbox(seed=seed, shops=(shop,), public_url=f"{variety.scheme}://{HOST}", controlled=False)


def open_stand(
    variety: Variety,
    connector: Connector,
    *,
    app: FastAPI | None = None,
    timeout: float = 20.0,
    wrong: bool = False,
    allow: frozenset[str] = frozenset(),
) -> Stand:
    """The connector's client in front of a shop, by default a new one without orders. `allow` are further hosts."""
    app = app or new_sandbox(variety)
    sandbox: Sandbox = app.state.sandbox
    started = time.monotonic()
    waited = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal waited
        waited += seconds
        sandbox.clock.shift(timedelta(seconds=seconds))

    answers = Dated(httpx2.ASGITransport(app), sandbox.clock)
    outside = Outside(
        bucket=Bucket(connector.limit, clock=lambda: time.monotonic() - started + waited, sleep=sleep),
        guard=Guard(allow=allow | {HOST}),
        timeout=timeout,
        transport=answers,
    )
    shop = sandbox.shops[variety.platform, variety.name].shop
    url = f"{variety.scheme}://{HOST}/{variety.platform}/{variety.name}"
    given = (variety.wrong_credentials if wrong else variety.credentials)(shop, url)
    client = connector.client(connector.credentials.model_validate(given), outside)
    return Stand(variety, connector, app, outside, client, sleep, answers)


def declined(connector: Connector, name: str) -> str:
    """Why a connector says that it lacks a capability, or a row of the feature matrix; empty if it does not say so."""
    return next((one.how for one in connector.capabilities if one.name == name and not one.offered), "")
