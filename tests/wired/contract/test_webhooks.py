"""A webhook is believed only with its signature, and says only where to look."""

import asyncio
from dataclasses import dataclass, field

import httpx2
import pytest

from services.sandbox import seeds
from shared.connector_kit.declaration import ADDRESS, Webhooks
from tests.wired.contract.stand import HOOK, Stand

OWN = "own-secret-of-this-connection-and-of-no-other"


@dataclass
class Postbox(httpx2.AsyncBaseTransport):
    """Takes what the shop sends, byte by byte, with headers as an application sees them."""

    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200
    hooks: Webhooks | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET" and self.hooks is not None:
            address = str(request.url.copy_with(query=None))
            return httpx2.Response(200, json=self.hooks.challenge(request.url.params, address, OWN))
        headers = {name.lower(): value for name, value in request.headers.items()} | {ADDRESS: str(request.url)}
        self.calls.append((headers, await request.aread()))
        return httpx2.Response(self.status)


@pytest.fixture
def stand(stand: Stand) -> Stand:
    """Only those platforms that call."""
    if stand.connector.webhooks is None:
        pytest.skip(f"{stand.connector.title} sends no webhooks")
    return stand


@pytest.fixture
async def postbox(stand: Stand) -> Postbox:
    """Subscribed to everything the connector wants to hear."""
    box = Postbox(hooks=webhooks(stand))
    stand.opened.webhooks.transport = box
    await webhooks(stand).subscribe(stand.client, HOOK, OWN)
    await stand.sandbox.drain_webhooks()
    return box


def webhooks(stand: Stand) -> Webhooks:
    if stand.connector.webhooks is None:
        pytest.skip(f"{stand.connector.title} sends no webhooks")
    return stand.connector.webhooks


async def secrets(stand: Stand, headers: dict[str, str]) -> list[str]:
    """What this call may be signed with."""
    url = f"{stand.variety.scheme}://sandbox.test"
    given = stand.connector.credentials.model_validate(stand.variety.credentials(stand.shop, url))
    hooks = webhooks(stand)
    keys = [await hooks.keys.fetch(stand.client, hooks.keys.named(headers))] if hooks.keys else []
    return [*hooks.secrets(given, OWN), *keys]


async def placed(stand: Stand, postbox: Postbox) -> tuple[str, dict[str, str], bytes]:
    """A new order and the first webhook about it."""
    postbox.calls.clear()
    id = stand.opened.place(seeds.case("emoji and umlauts", stand.sandbox.clock().replace(microsecond=0)))
    await stand.sandbox.drain_webhooks()
    hooks = webhooks(stand)
    about = [call for call in postbox.calls if (hint := hooks.hint(*call)) and hint.external_id == id]
    return id, *about[0]


async def test_a_new_order_is_heard_of_and_can_be_read(stand: Stand, postbox: Postbox) -> None:
    id, headers, body = await placed(stand, postbox)
    hooks = webhooks(stand)
    assert hooks.verify(headers, body, await secrets(stand, headers))
    hint = hooks.hint(headers, body)
    assert hint is not None
    assert (hint.noun, hint.external_id) == ("order", id)
    assert [raw.external_id for raw in await stand.stream("order").fetch_one(stand.client, id)] == [id]


async def test_one_changed_byte_another_secret_or_no_signature_is_not_believed(stand: Stand, postbox: Postbox) -> None:
    _, headers, body = await placed(stand, postbox)
    hooks, valid = webhooks(stand), await secrets(stand, headers)
    assert hooks.verify(headers, body, valid)
    assert not hooks.verify(headers, body.replace(b"1", b"2", 1), valid)
    assert not hooks.verify(headers, body + b" ", valid)
    assert not hooks.verify(headers, body, ["another"])
    assert not hooks.verify(headers, body, [])
    name = stand.variety.signature.lower()
    assert not hooks.verify({key: value for key, value in headers.items() if key != name}, body, valid)
    for forged in ("", "=", "äöü", "x" * 5000, headers[name][:-4] + "AAA="):
        assert not hooks.verify(headers | {name: forged}, body, valid)


async def test_a_call_that_is_unsigned_by_design_is_recognised_and_nothing_else(stand: Stand, postbox: Postbox) -> None:
    hooks = webhooks(stand)
    _, headers, body = await placed(stand, postbox)
    assert not hooks.unsigned(headers, body)
    assert not hooks.unsigned({}, body)
    ping = stand.variety.ping
    if ping:
        assert hooks.unsigned({"content-type": "application/x-www-form-urlencoded"}, ping)
        assert not hooks.unsigned({stand.variety.signature.lower(): "x"}, ping)
    else:
        assert not hooks.unsigned({}, b"")


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'{"id": "1"}', b'{"id": {}}', b"\xff\xfe", b"1" * 5000])
async def test_a_signed_body_that_makes_no_sense_is_no_hint(stand: Stand, postbox: Postbox, body: bytes) -> None:
    _, headers, _ = await placed(stand, postbox)
    assert webhooks(stand).hint(headers, body) is None


async def test_a_cancelled_order_and_a_refund_are_hints_to_the_order(stand: Stand, postbox: Postbox) -> None:
    for case in ("cancelled before import", "refunded in full"):
        postbox.calls.clear()
        id = stand.opened.place(seeds.case(case, stand.sandbox.clock().replace(microsecond=0)))
        await stand.sandbox.drain_webhooks()
        hooks = webhooks(stand)
        hints = [hooks.hint(*call) for call in postbox.calls]
        named = {hint.external_id for hint in hints if hint and hint.noun == "order"}
        if not stand.variety.names_parts:
            assert named == {id}
        read = stand.stream("order").fetch_one
        assert {raw.external_id for one in named for raw in await read(stand.client, one)} == {id}
        assert len(hints) > 1


async def test_subscriptions_are_made_once_and_mended_when_the_shop_gave_up(stand: Stand, postbox: Postbox) -> None:
    hooks = webhooks(stand)
    assert await hooks.subscribe(stand.client, HOOK, OWN) == []
    topics = await hooks.subscribe(stand.client, HOOK + "/other", OWN)
    assert len(topics) > 3
    stand.variety.drop_subscription(stand, topics[0])
    mended = {
        *await hooks.subscribe(stand.client, HOOK, OWN),
        *await hooks.subscribe(stand.client, HOOK + "/other", OWN),
    }
    assert mended == {topics[0]}
    assert await hooks.subscribe(stand.client, HOOK, OWN) == []


async def test_a_shop_that_switched_its_webhooks_off_after_failures_sends_again(stand: Stand, postbox: Postbox) -> None:
    postbox.status = 503
    for _ in range(5):
        stand.opened.place(seeds.case("guest", stand.sandbox.clock().replace(microsecond=0)))
    await stand.sandbox.drain_webhooks()
    postbox.status = 200
    await webhooks(stand).subscribe(stand.client, HOOK, OWN)
    await asyncio.sleep(0)
    _, headers, body = await placed(stand, postbox)
    assert webhooks(stand).verify(headers, body, await secrets(stand, headers))
