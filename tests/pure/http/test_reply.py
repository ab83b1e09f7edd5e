import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.errors import KontorError, Rejected, Transient, Unknown
from shared.http import json_text
from shared.http.reply import Reply

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def reply(
    body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None, repeatable: bool = True
) -> Reply:
    return Reply(status, httpx2.Headers(dict(headers or {})), body, NOW, NOW, repeatable)


def test_amounts_arrive_as_exact_decimals_and_whole_numbers_as_integers() -> None:
    value = reply(b'{"total": 19.90, "huge": 9007199254740993.1, "id": 12345678901234567890}').json()
    assert value == {"total": Decimal("19.90"), "huge": Decimal("9007199254740993.1"), "id": 12345678901234567890}
    assert isinstance(value["total"], Decimal)
    assert str(value["total"]) == "19.90"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"<!DOCTYPE html><html><title>Log in</title></html>", "a web page"),
        (b"\n\n <html>maintenance</html>", "a web page"),
        (b'<br />\n<b>Warning</b>: Undefined array key in /var/www/x.php\n{"id": 1}', "a warning"),
        (b'PHP Notice: something {"id": 1}', "a warning"),
        (b'{"orders": [{"id": 1}, {"i', "truncated"),
        (b'{"id": 1}}', "damaged"),
        (b"", "an empty answer"),
        (b"   \n", "an empty answer"),
        (b"OK", "no JSON"),
        (b'{"total": NaN}', "damaged"),
        (b'{"total": Infinity}', "damaged"),
        (b'{"total": 1e999999999}', "damaged"),
        (b'{"total": ' + b"9" * 5000 + b"}", "damaged"),
        (b'{"name": "\xff\xfe"}', "character set"),
    ],
)
def test_what_only_looks_like_an_answer_is_retried_and_named(body: bytes, named: str) -> None:
    with pytest.raises(Transient, match=named) as failure:
        reply(body).json()
    assert failure.value.code == "not_json"


def test_the_reason_never_quotes_the_page() -> None:
    with pytest.raises(Transient) as failure:
        reply(b"<html>Erika Mustermann, Musterweg 1</html>").json()
    assert "Erika" not in str(failure.value)


def test_an_unreadable_answer_to_a_write_leaves_open_whether_it_happened() -> None:
    with pytest.raises(Unknown, match="warning"):
        reply(b'Warning: x {"id": 1}', repeatable=False).json()


def test_a_shop_whose_theme_adds_a_byte_order_mark_is_read_all_the_same() -> None:
    assert reply(b'\xef\xbb\xbf{"id": 1}').json() == {"id": 1}


def test_an_old_shop_that_names_its_character_set_is_read_in_it() -> None:
    headers = {"Content-Type": "application/json; charset=iso-8859-1"}
    assert reply('{"name": "Jürgen"}'.encode("latin-1"), headers=headers).json() == {"name": "Jürgen"}
    assert reply('{"name": "Jürgen"}'.encode(), headers=headers).json() == {"name": "Jürgen"}, "it lied, it was UTF-8"


@pytest.mark.parametrize("depth", [101, 900, 100_000])
def test_an_answer_nested_deeper_than_any_record_is_refused(depth: int) -> None:
    with pytest.raises(Rejected) as failure:
        reply(b"[" * depth + b"]" * depth).json()
    assert failure.value.code == "payload_too_large"


def test_a_hundred_levels_are_still_read() -> None:
    assert reply(b'{"a":' * 99 + b"[]" + b"}" * 99).json()


def test_no_content_is_none() -> None:
    assert reply(b"", status=204).json() is None


def test_the_shops_clock_is_read_as_utc() -> None:
    assert reply(b"", headers={"date": "Sun, 01 Mar 2026 12:00:07 GMT"}).server_time == datetime(
        2026, 3, 1, 12, 0, 7, tzinfo=UTC
    )
    assert reply(b"", headers={"Date": "Sun, 01 Mar 2026 13:00:07 +0100"}).server_time == datetime(
        2026, 3, 1, 12, 0, 7, tzinfo=UTC
    )
    assert reply(b"").server_time is None
    assert reply(b"", headers={"date": "yesterday"}).server_time is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text() | st.decimals(-(10**6), 10**6, places=2),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=20,
    )
)
def test_what_we_write_is_what_is_read(value: Any) -> None:
    assert json_text.decode(json_text.encode(value)) == value


@given(st.binary(max_size=200))
def test_no_bytes_at_all_break_the_reader(body: bytes) -> None:
    code = "not_json"
    try:
        reply(body).json()
    except KontorError as failure:
        code = failure.code
    assert code == "not_json"


def test_a_price_is_written_exactly_or_not_at_all() -> None:
    assert json_text.encode({"price": Decimal("12.90"), "quantity": Decimal(3)}) == b'{"price":12.9,"quantity":3}'
    for impossible in (Decimal("0.12345678901234567890123"), Decimal("NaN"), NOW, float("nan")):
        with pytest.raises((TypeError, ValueError)):
            json_text.encode({"price": impossible})
    assert json.loads(json_text.encode("ü€")) == "ü€"
