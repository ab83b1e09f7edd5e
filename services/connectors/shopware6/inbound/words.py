"""Names, stamps, and words that must be known."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from services.connectors.shopware6 import wire
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Property

Meaning = TypeVar("Meaning")


def known(table: Mapping[str, Meaning], word: str, field: str) -> Meaning:
    """What a word means to us; a word nobody knows makes the record unreadable."""
    if word not in table:
        raise Untranslatable(f"{field} says {word}, which is unknown", code="unknown_word", field=field, value=word)
    return table[word]


def name(raw: wire.Named | wire.Method) -> str:
    """A plain name is null where it is not translated; the translated one has the fallback."""
    return str(raw.translated.get("name") or raw.name or "")


def texts(fields: Mapping[str, Any]) -> tuple[Property, ...]:
    """Custom fields that people can read; lists and objects are a plugin's own."""
    return tuple(
        Property(name=key, value=str(value))
        for key, value in fields.items()
        if isinstance(value, (str, int, float)) and value != ""
    )


def changed_at(raw: wire.Order) -> datetime:
    """The latest stamp anywhere in the order: its own is moved by neither payments, refunds nor shipping."""
    rows: list[wire.Stamped | None] = [raw, raw.order_customer, *raw.addresses]
    rows += [*raw.line_items, *raw.deliveries, *raw.transactions]
    rows += [refund for payment in raw.transactions for capture in payment.captures for refund in capture.refunds]
    return latest(rows) or raw.created_at


def latest(rows: Iterable[wire.Stamped | None]) -> datetime | None:
    stamps = [stamp for row in rows if row is not None for stamp in (row.created_at, row.updated_at) if stamp]
    return max(stamps, default=None)


def main_delivery(raw: wire.Order) -> wire.Delivery | None:
    """The delivery that is shipped. Beside it there may be one that only takes the shipping costs off again."""
    for one in raw.deliveries:
        if one.id == raw.primary_order_delivery_id:
            return one
    return next((one for one in raw.deliveries if one.shipping_costs.total_price >= 0), None)
