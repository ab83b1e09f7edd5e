"""Every status has one meaning: who must act."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from shared.contracts.errors import KontorError, Misconfigured, Rejected, Transient, Unknown
from shared.http.failures import Asked, judge, retry_after
from shared.http.reply import Reply

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def answer(status: int, body: bytes = b"", **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, httpx2.Headers(named), body, NOW, NOW)


def asked(method: str = "GET", *, repeatable: bool = True, secrets: frozenset[str] = frozenset()) -> Asked:
    return Asked(method, httpx2.URL("https://shop.example/api/orders/17?key=1"), repeatable, lambda: secrets, 30)


def judged(reply: Reply, *, repeatable: bool = True) -> KontorError:
    failure = judge(asked(repeatable=repeatable), reply)
    assert failure is not None
    return failure


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206, 207, 304])
def test_a_good_answer_is_no_error(status: int) -> None:
    assert judge(asked(), answer(status)) is None


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (301, Misconfigured, "redirected"),
        (302, Misconfigured, "redirected"),
        (308, Misconfigured, "redirected"),
        (400, Rejected, "refused"),
        (401, Misconfigured, "credentials_refused"),
        (402, Misconfigured, "shop_locked"),
        (403, Misconfigured, "scope_missing"),
        (404, Rejected, "not_found"),
        (405, Rejected, "refused"),
        (408, Transient, "shop_down"),
        (409, Rejected, "refused"),
        (410, Rejected, "not_found"),
        (413, Rejected, "refused"),
        (418, Rejected, "refused"),
        (422, Rejected, "refused"),
        (423, Misconfigured, "shop_locked"),
        (429, Transient, "throttled"),
        (500, Transient, "shop_down"),
        (501, Rejected, "refused"),
        (502, Transient, "shop_down"),
        (503, Transient, "shop_down"),
        (504, Transient, "shop_down"),
        (505, Rejected, "refused"),
        (520, Transient, "shop_down"),
        (599, Transient, "shop_down"),
    ],
)
def test_a_status_names_who_must_act(status: int, kind: type[KontorError], code: str) -> None:
    failure = judged(answer(status))
    assert type(failure) is kind
    assert failure.code == code
    assert str(failure).endswith(".")
    assert "key=1" not in str(failure)


@pytest.mark.parametrize("status", [502, 504, 520, 521, 522, 523, 524])
def test_a_gateway_that_gave_up_on_a_write_leaves_open_whether_it_happened(status: int) -> None:
    assert isinstance(judged(answer(status), repeatable=False), Unknown)


@pytest.mark.parametrize("status", [500, 503])
def test_a_shop_that_says_itself_that_it_failed_did_not_do_it(status: int) -> None:
    assert isinstance(judged(answer(status), repeatable=False), Transient)


def test_a_firewalls_page_is_told_apart_from_a_missing_right() -> None:
    failure = judged(answer(403, b"<html>Attention required</html>", content_type="text/html; charset=UTF-8"))
    assert failure.code == "firewall_blocked"
    assert "Attention" not in str(failure)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            b'{"code":"invalid_sku","message":"Invalid or duplicated SKU","data":{"status":400}}',
            "Invalid or duplicated SKU",
        ),
        (b'{"errors":[{"code":"X","title":"Bad","detail":"The field name is blank."}]}', "The field name is blank."),
        (b'{"errors":{"sku":["is taken","is short"]}}', "sku: is taken; is short"),
        (b'{"errors":"[API] Invalid API key"}', "[API] Invalid API key"),
        (b'{"error":{"message":"No such carrier"}}', "No such carrier"),
        (b'{"error":"invalid_grant","error_description":"The code expired"}', "The code expired"),
        (b'["one", "two"]', "one; two"),
        (b'"just a word"', "just a word"),
        (b"<html>500</html>", ""),
        (b'{"a":' * 99 + b"1" + b"}" * 99, ""),
    ],
)
def test_the_shops_own_words_are_kept(body: bytes, words: str) -> None:
    failure = judged(answer(422, body, content_type="application/json"))
    assert failure.params == {"status": "422", "message": words}
    assert words in str(failure)


def test_plain_text_is_kept_and_long_words_are_cut() -> None:
    assert judged(answer(400, b"No\n  such\tthing", content_type="text/plain")).params["message"] == "No such thing"
    assert len(judged(answer(400, b'{"message":"' + b"x " * 5000 + b'"}')).params["message"]) == 300


def test_a_shop_that_repeats_our_key_does_not_get_it_into_the_error() -> None:
    failure = judge(
        asked(secrets=frozenset({"cs_canary"})), answer(400, b'{"message":"cs_canary is wrong, token: other-secret"}')
    )
    assert failure is not None
    assert "cs_canary" not in repr(failure) + str(failure.params)
    assert "other-secret" not in repr(failure) + str(failure.params)


def test_a_redirect_is_explained_with_the_address_to_enter() -> None:
    failure = judged(answer(301, location="https://www.shop.example/api/orders/17?key=1"))
    assert "https://www.shop.example," in str(failure)
    assert failure.field == "url"
    assert "another page" in str(judged(answer(302, location="/login")))
    assert "cannot be read" in str(judged(answer(302, location="https://a:b/")))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("1.5", 1.5),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("999999999", 86400),
    ],
)
def test_the_wish_to_wait_is_understood_as_seconds_or_date(header: str, seconds: float) -> None:
    assert retry_after(answer(429, retry_after=header)) == timedelta(seconds=seconds)


@pytest.mark.parametrize("header", ["", "soon", "-5", "1e9"])
def test_a_wish_that_cannot_be_understood_is_none(header: str) -> None:
    assert retry_after(answer(429, retry_after=header)) is None


def test_a_date_to_wait_for_is_judged_by_the_shops_own_clock() -> None:
    reply = answer(503, retry_after="Sun, 01 Mar 2026 13:00:30 GMT", date="Sun, 01 Mar 2026 13:00:00 GMT")
    assert retry_after(reply) == timedelta(seconds=30)
