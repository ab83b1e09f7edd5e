"""JSON as shops really send it: numbers without loss, and what only looks like JSON named for what it is."""

import json
import re
from decimal import Decimal
from email.message import Message
from typing import Any

DEEPEST = 100
WIDEST_EXPONENT = 400
BOM = b"\xef\xbb\xbf"
HTML = re.compile(rb"\s*<(?:!doctype|html|head|body|br|b>|\?xml|div|p>|table|script|title|!--)", re.IGNORECASE)


class NotJson(ValueError):
    """The text is no JSON; the message says what it looks like, and never quotes it."""


class TooDeep(ValueError):
    """The text is JSON nested deeper than any real record."""


def decode(body: bytes, content_type: str = "") -> Any:
    """Reads JSON: fractions as Decimal, whole numbers as int. A byte order mark is skipped. Raises NotJson, TooDeep."""
    text = _text(body.removeprefix(BOM), content_type)
    try:
        value = json.loads(text, parse_float=_fraction, parse_constant=_no_number)
    except RecursionError:
        raise TooDeep(f"nested more than {DEEPEST} levels deep") from None
    except ValueError:
        raise NotJson(_looks_like(body.removeprefix(BOM))) from None
    _check_depth(value)
    return value


def encode(value: Any) -> bytes:
    """Writes JSON with Decimal as an exact number. Raises TypeError, ValueError for what has no exact form."""
    return json.dumps(value, default=_number, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _text(body: bytes, content_type: str) -> str:
    header = Message()
    header["Content-Type"] = content_type
    for charset in ("utf-8", header.get_content_charset()):
        try:
            return body.decode(charset or "utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    raise NotJson("text in an unknown character set")


def _looks_like(body: bytes) -> str:
    start = body.lstrip()
    if not start:
        return "an empty answer"
    if (
        b"Warning" in start[:300]
        or b"Notice" in start[:300]
        or b"Fatal error" in start[:300]
        or b"Deprecated" in start[:300]
    ):
        return "a warning of the shop's own software in front of the answer"
    if HTML.match(start):
        return "a web page"
    return "a truncated or damaged answer" if start[:1] in (b"{", b"[", b'"') else "something that is no JSON"


def _fraction(text: str) -> Decimal:
    number = Decimal(text)
    # 1e999999999 fits into a Decimal, but writing it out fills the memory.
    if abs(number.adjusted()) > WIDEST_EXPONENT:
        raise ValueError("a number no shop can mean")
    return number


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _check_depth(value: Any) -> None:
    level = [value] if isinstance(value, (dict, list)) else []
    depth = 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise TooDeep(f"nested more than {DEEPEST} levels deep")
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, (dict, list))
        ]


def _number(value: object) -> int | float:
    if isinstance(value, Decimal) and value.is_finite():
        if value == value.to_integral_value() and value.as_tuple().exponent == 0:
            return int(value)
        if Decimal(repr(float(value))) == value:
            return float(value)
    raise TypeError(f"A {type(value).__name__} has no exact JSON form.")
