"""Signed webhooks to a real receiver."""

from datetime import UTC, datetime

import pytest

from shared.chassis.webhook import WebhookSender
from shared.contracts.errors import Misconfigured, Transient
from tests.wired.http.servers import listening
from tests.wired.journal.receiver import receiving

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


async def test_a_receiver_verifies_what_we_sign() -> None:
    async with receiving() as receiver:
        receiver.secret = "kontor_whsec_right"
        sender = WebhookSender([receiver.host])
        await sender.send(receiver.address, b'{"id": "1"}', secret="kontor_whsec_right", at=NOW)
        with pytest.raises(Transient) as failure:
            await sender.send(receiver.address, b'{"id": "2"}', secret="kontor_whsec_wrong", at=NOW)
    assert receiver.messages == [{"id": "1"}]
    assert failure.value.detail == "status 401"


@pytest.mark.parametrize("status", [301, 304, 400, 404, 429, 500, 503])
async def test_only_2xx_is_taken_for_yes_and_nothing_is_asked_twice(status: int) -> None:
    async with receiving() as receiver:
        receiver.answers.append(status)
        with pytest.raises(Transient) as failure:
            await WebhookSender([receiver.host]).send(receiver.address, b"{}", secret="s", at=NOW)
    assert failure.value.detail == f"status {status}"
    assert receiver.calls == 1


async def test_a_receiver_that_never_answers_is_given_up_in_time() -> None:
    async with listening(tls=None) as listener:
        with pytest.raises(Transient) as failure:
            await WebhookSender([listener.address], timeout=0.3).send(
                f"http://{listener.address}/token-in-path", b"{}", secret="s", at=NOW
            )
    assert listener.connections == 1
    assert "token-in-path" not in failure.value.detail


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://127.0.0.1/hook", "webhook_address_private"),
        ("https://10.0.0.1/hook", "webhook_address_private"),
        ("https://localhost/hook", "webhook_address_private"),
        ("https://[::1]/hook", "webhook_address_private"),
        ("http://example.com/hook", "webhook_address_plain"),
        ("ftp://example.com/hook", "webhook_address_invalid"),
        ("https://2130706433/hook", "webhook_address_invalid"),
        ("https://user:pass@example.com/hook", "webhook_address_invalid"),
        ("example.com/hook", "webhook_address_invalid"),
    ],
)
async def test_an_address_into_our_own_network_is_neither_taken_nor_called(address: str, code: str) -> None:
    with pytest.raises(Misconfigured) as refusal:
        WebhookSender([]).check(address)
    assert (refusal.value.code, refusal.value.field) == (code, "address")
    with pytest.raises(Transient):
        await WebhookSender([]).send(address, b"{}", secret="s", at=NOW)


async def test_what_the_operator_allows_may_be_called() -> None:
    WebhookSender(["hub.internal"]).check("http://hub.internal/hook")


async def test_what_follows_the_path_is_called_as_it_was_entered() -> None:
    async with receiving() as receiver:
        receiver.secret = "s"
        await WebhookSender([receiver.host]).send(f"{receiver.address}?tenant=7&b=%2F", b"{}", secret="s", at=NOW)
    assert receiver.queries == ["tenant=7&b=%2F"]
