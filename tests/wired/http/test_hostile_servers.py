"""The client against real servers that misbehave."""

import asyncio
import gzip
import resource
import time
import zlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from starlette.types import Receive, Scope, Send

from shared.contracts.errors import Misconfigured, Rejected, Transient, Unknown
from shared.http import Exchange, Guard
from tests.wired.http.servers import Listener, listening, serving
from tests.wired.http.shop import client_of

pytestmark = [pytest.mark.usefixtures("no_waiting"), pytest.mark.asyncio(loop_scope="module")]
HERE = Guard({"127.0.0.1"})
HEAD = {"type": "http.response.start", "status": 200}


async def until_the_client_leaves(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def misbehave(scope: Scope, receive: Receive, send: Send) -> None:
    """One path per way to misbehave."""
    how = scope["path"]
    if how == "/hangs":
        await until_the_client_leaves(receive)
    elif how == "/hangs-after-headers":
        await send({**HEAD, "headers": []})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
        await until_the_client_leaves(receive)
    elif how == "/drips":
        await send({**HEAD, "headers": []})
        for _ in range(40):
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await asyncio.sleep(0.05)
    elif how == "/bomb":
        await send({**HEAD, "headers": [(b"content-encoding", b"gzip")]})
        packer = zlib.compressobj(9, wbits=31)
        zeros = b"0" * 1_000_000
        for _ in range(100):
            await send({"type": "http.response.body", "body": packer.compress(zeros), "more_body": True})
        await send({"type": "http.response.body", "body": packer.flush()})
    elif how == "/endless":
        await send({**HEAD, "headers": []})
        for _ in range(500):
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
            await asyncio.sleep(0)
    elif how == "/announces-too-much":
        await send({**HEAD, "headers": [(b"content-length", b"99999999999")]})
        await until_the_client_leaves(receive)
    elif how == "/not-gzip":
        await send({**HEAD, "headers": [(b"content-encoding", b"gzip")]})
        await send({"type": "http.response.body", "body": b'{"plain": 1}'})
    else:
        await send({**HEAD, "headers": [(b"content-encoding", b"gzip")]})
        await send({"type": "http.response.body", "body": gzip.compress(b'{"total": 1}')})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop() -> AsyncIterator[str]:
    async with serving(misbehave) as address:
        yield address


@pytest.mark.parametrize("how", ["/hangs", "/hangs-after-headers", "/drips"])
async def test_a_shop_that_never_finishes_costs_no_more_than_the_timeout(shop: str, how: str) -> None:
    async with client_of(None, base=shop, guard=HERE, timeout=0.1, attempts=2) as client:
        started = time.monotonic()
        with pytest.raises(Transient, match=r"did not come within 0\.1 seconds") as failure:
            await client.request("GET", how)
        assert failure.value.code == "timed_out"
        assert 0.2 <= time.monotonic() - started < 1
        with pytest.raises(Unknown):
            await client.request("POST", how)


async def test_a_gzip_bomb_is_refused_and_never_fills_the_memory(shop: str) -> None:
    async with client_of(None, base=shop, guard=HERE, max_bytes=2_000_000) as client:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises(Rejected) as failure:
            await client.request("GET", "/bomb")
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert failure.value.code == "payload_too_large"
    assert grown < 50_000, "kilobytes"


@pytest.mark.parametrize("how", ["/endless", "/announces-too-much"])
async def test_a_body_beyond_the_limit_is_refused_without_reading_it(shop: str, how: str) -> None:
    async with client_of(None, base=shop, guard=HERE, max_bytes=1_000_000) as client:
        with pytest.raises(Rejected) as failure:
            await client.request("GET", how)
    assert failure.value.code == "payload_too_large"


async def test_a_packed_answer_is_unpacked_and_a_damaged_one_retried(shop: str) -> None:
    async with client_of(None, base=shop, guard=HERE, attempts=2) as client:
        reply = await client.request("GET", "/fine")
        assert reply.json() == {"total": 1}
        with pytest.raises(Transient) as failure:
            await client.request("GET", "/not-gzip")
    assert failure.value.code == "connection_lost"


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", b"SSH-2.0-OpenSSH\r\n"]
)
async def test_an_answer_that_breaks_off_is_unknown_for_a_write_and_retried_for_a_reading(answer: bytes) -> None:
    async with (
        listening(answer) as shop,
        client_of(None, base=f"http://{shop.address}", guard=HERE, attempts=3) as client,
    ):
        with pytest.raises(Unknown):
            await client.request("POST", "/shipments", json={"a": 1})
        assert shop.connections == 1
        with pytest.raises(Transient) as failure:
            await client.request("GET", "/shipments")
        assert failure.value.code == "connection_lost"
        assert shop.connections == 4


async def test_a_shop_that_is_not_there_is_unreachable_even_for_a_write() -> None:
    async with listening() as gone:
        pass
    seen: list[Exchange] = []
    async with client_of(None, base=f"http://{gone.address}", guard=HERE, attempts=2, seen=seen) as client:
        with pytest.raises(Transient) as failure:
            await client.request("POST", "/shipments")
    assert failure.value.code == "unreachable"
    assert [(each.attempt, each.status) for each in seen] == [(1, None), (2, None)]


async def test_a_shop_that_accepts_nobody_in_time_never_got_the_write(tls_that_hangs: Listener) -> None:
    guard = Guard({"127.0.0.1"})
    base = f"https://{tls_that_hangs.address}"
    async with client_of(None, base=base, guard=guard, timeout=0.1, attempts=2) as client:
        with pytest.raises(Transient) as failure:
            await client.request("POST", "/shipments")
    assert failure.value.code == "unreachable"
    assert tls_that_hangs.connections == 2


@pytest_asyncio.fixture(loop_scope="module")
async def tls_that_hangs() -> AsyncIterator[Listener]:
    """Accepts the connection but never shakes hands: no end of a request head ever comes in a TLS greeting."""
    async with listening() as listener:
        yield listener


@pytest.mark.parametrize("key", ["schlüssel-canary", "line\nbreak-canary"])
async def test_a_key_that_no_header_can_carry_is_the_merchants_to_correct(shop: str, key: str) -> None:
    seen: list[Exchange] = []
    async with client_of(None, base=shop, guard=HERE, headers={"X-Key": key}, seen=seen) as client:
        with pytest.raises(Misconfigured) as failure:
            await client.request("GET", "/fine")
    assert failure.value.field == "credentials"
    assert "canary" not in repr(failure.value) + repr(seen)


async def test_one_shop_that_hangs_does_not_hold_up_another(shop: str) -> None:
    async with (
        client_of(None, base=shop, guard=HERE, timeout=30, attempts=1) as slow,
        client_of(None, base=shop, guard=HERE) as quick,
    ):
        hanging = asyncio.create_task(slow.request("GET", "/hangs"))
        for _ in range(20):
            await quick.request("GET", "/fine")
        assert not hanging.done()
        hanging.cancel()
        await asyncio.wait([hanging])


async def test_giving_up_a_call_from_outside_frees_its_place(shop: str) -> None:
    async with client_of(None, base=shop, guard=HERE) as client:
        for _ in range(6):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.02):
                    await client.request("GET", "/hangs")
        assert (await client.request("GET", "/fine")).status == 200
