"""Times, ids and numbers as Shopware 5 writes them."""

import json
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from hashlib import md5
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
"""Where the shop's database keeps its time, which it does without a zone."""
ZERO_TIME = "-0001-11-30T00:00:00+0053"
"""What becomes of the database's zero date."""
CENT = Decimal("0.01")


def shown(moment: datetime, *, zoned: bool = True) -> str:
    """With the offset of its day, without a colon; or as the database has it."""
    local = moment.astimezone(ZONE)
    return local.strftime("%Y-%m-%dT%H:%M:%S%z" if zoned else "%Y-%m-%d %H:%M:%S")


def stored(moment: datetime) -> str:
    """As the database compares it."""
    return shown(moment, zoned=False)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def digest(*parts: object) -> str:
    """The hash of the digest scheme: MD5 over parts with colons between them."""
    return md5(":".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def written(value: Any) -> bytes:
    """JSON with numbers as PHP writes them: 7 for 7.00, a float's shortest form otherwise."""
    return json.dumps(value, default=_number, ensure_ascii=False, separators=(",", ":")).encode()


def _number(value: Any) -> int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
