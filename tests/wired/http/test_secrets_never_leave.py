"""Canary credentials go in; nothing that is written down may contain them."""

import base64
import json
import logging
import traceback
from collections.abc import Iterator

import httpx2
import pytest
import stamina
import structlog
from structlog.testing import capture_logs

from shared.contracts.errors import KontorError
from shared.http import Exchange, Guard
from tests.wired.http.servers import listening
from tests.wired.http.shop import Shop, client_of

KEY = "ck_canary1234567890"
SECRET = "cs_canary/qzxqzx+wvkwvk="
TOKEN = "tok-canary-abcdef"
BASIC = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
HIDDEN = ("canary", BASIC, BASIC[:12], "qzxqzx")


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=100, cap=True):
        yield


def echo(request: httpx2.Request) -> httpx2.Response:
    """A shop that repeats everything it was sent in its error, as debug modes do."""
    seen = {
        "message": f"Bad request: {request.url} {dict(request.headers)} {request.content.decode()}",
        "headers": dict(request.headers),
        "again": json.dumps({"url": str(request.url), "body": request.content.decode()}),
    }
    return httpx2.Response(int(request.url.params["status"]), json=seen, headers={"Set-Cookie": f"s={TOKEN}"})


def everything_about(error: BaseException) -> str:
    told = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    assert error.__cause__ is None
    assert error.__context__ is None, "httpx2's errors hold the request with its headers"
    return told


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 422, 429, 500, 504])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nothing_written_down_about_a_call_contains_a_credential(
    status: int, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[Exchange] = []
    told = ""
    with capture_logs() as logs:
        async with client_of(
            echo, auth=httpx2.BasicAuth(KEY, SECRET), headers={"X-Shop-Access-Token": TOKEN}, seen=seen
        ) as client:
            try:
                await client.request(
                    method,
                    f"/orders/{TOKEN}",
                    params={"status": status, "consumer_secret": SECRET, "consumer_key": KEY},
                    json={"client_secret": SECRET, "note": "harmless"},
                )
            except KontorError as error:
                told = everything_about(error)
    written = told + repr(seen) + repr(logs) + caplog.text
    assert "harmless" in written
    for hidden in HIDDEN:
        assert hidden not in written


@pytest.mark.parametrize(
    "lost", [httpx2.ConnectError(f"to {SECRET}"), httpx2.ReadTimeout(f"{SECRET}"), httpx2.DecodingError(f"{SECRET}")]
)
async def test_an_answer_that_never_came_tells_no_credential_either(
    lost: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[Exchange] = []
    with capture_logs() as logs:
        async with client_of(Shop(lost), auth=httpx2.BasicAuth(KEY, SECRET), seen=seen) as client:
            with pytest.raises(KontorError) as failure:
                await client.request(
                    "POST", "/orders", params={"consumer_secret": SECRET}, content=f"password={SECRET}"
                )
    written = everything_about(failure.value) + repr(seen) + repr(logs) + caplog.text
    for hidden in HIDDEN:
        assert hidden not in written


async def test_the_libraries_below_log_no_address_and_no_header(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    structlog.get_logger().debug("the log works")
    logging.getLogger("shop").debug("the log works")
    async with listening(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as shop:
        async with client_of(
            None, base=f"http://{shop.address}", guard=Guard({shop.address}), headers={"X-Token": TOKEN}
        ) as client:
            await client.request("GET", "/orders", params={"consumer_secret": SECRET})
        assert TOKEN.encode() in shop.heard
    assert "the log works" in caplog.text
    for hidden in HIDDEN:
        assert hidden not in caplog.text


async def test_a_retry_is_logged_without_the_credential() -> None:
    retried: list[str] = []
    stamina.instrumentation.set_on_retry_hooks([lambda details: retried.append(repr(details))])
    try:
        async with client_of(echo, auth=httpx2.BasicAuth(KEY, SECRET)) as client:
            with pytest.raises(KontorError):
                await client.request("GET", f"/orders/{KEY}", params={"status": 500})
    finally:
        stamina.instrumentation.set_on_retry_hooks(None)
    assert len(retried) == 3
    for hidden in HIDDEN:
        assert hidden not in "".join(retried)
