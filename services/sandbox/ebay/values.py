"""Times with milliseconds and a Z, and amounts as texts with as few decimals as eBay writes."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from services.sandbox.ebay.errors import fulfillment

Amount = dict[str, Any]


def milli(moment: datetime) -> datetime:
    at = moment.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def shown(moment: datetime) -> str:
    return milli(moment).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def given(text: str) -> datetime:
    """A moment out of a filter. Raises ApiError for one without milliseconds or Z."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise fulfillment(30700, f"The filter's date {text} is not in the form 2026-09-01T00:00:00.000Z.") from error


def amount(value: Decimal, currency: str, seen: tuple[str, Decimal] | None = None) -> Amount:
    """A whole number of euros keeps one decimal. `seen` is what the listing was in and its rate: both are told then,
    and what is called value is the converted one."""
    if seen is None:
        return {"value": _text(value), "currency": currency}
    cents = Decimal("0.01")
    return {
        "value": _text((value / seen[1]).quantize(cents)),
        "currency": currency,
        "convertedFromValue": _text(value),
        "convertedFromCurrency": seen[0],
    }


def _text(value: Decimal) -> str:
    text = f"{value.quantize(Decimal('0.01')):f}"
    return text.removesuffix("0")
