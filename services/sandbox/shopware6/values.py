"""Ids, times and numbers as Shopware writes them."""

import json
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from hashlib import blake2b
from typing import Any

LIVE_VERSION = "0fa91ce3e96a4bc2be4bd9ce752c3425"
DEFAULT_CURRENCY = "b7d2554b0ce847cd82f3ac9bd1c0dfca"
DEFAULT_LANGUAGE = "2fbb5fe2e29a4d70aa5854ce7ce3e20b"
CENT = Decimal("0.01")


def hexid(*parts: object) -> str:
    """32 lower-case hex digits, the same for the same parts."""
    return blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def stamp(moment: datetime) -> str:
    """UTC with milliseconds and an offset."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def to_interval(amount: Decimal, interval: Decimal) -> Decimal:
    """Rounded to a multiple of the smallest coin."""
    return (amount / interval).quantize(Decimal(1), ROUND_HALF_UP) * interval


def written(value: Any) -> bytes:
    """JSON with numbers as PHP writes them: 7 for 7.00, a float's shortest form otherwise."""
    return json.dumps(value, default=_number, ensure_ascii=False, separators=(",", ":")).encode()


def _number(value: Any) -> int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
