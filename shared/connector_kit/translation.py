"""From a raw item to a contract, or to the reason why not."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from pydantic import ValidationError

from shared.connector_kit.declaration import RawItem, Stream
from shared.contracts.article import ListedArticle
from shared.contracts.customer import ShopCustomer
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Order

# What pydantic calls a wrong value, in our words; everything else is a wrong type.
CODES = {
    "missing": "value_missing",
    "enum": "unknown_word",
    "literal_error": "unknown_word",
    "decimal_max_digits": "absurd_value",
    "decimal_whole_digits": "absurd_value",
    "less_than": "absurd_value",
    "less_than_equal": "absurd_value",
    "greater_than": "absurd_value",
    "greater_than_equal": "absurd_value",
    "finite_number": "absurd_value",
}


@dataclass(frozen=True)
class Unreadable:
    """Why an item cannot be translated: code, the platform's field, and the word itself where it is harmless."""

    code: str
    field: str
    value: str = ""


@dataclass(frozen=True)
class Read:
    """One item that was read: its contract, or why there is none; `hash` tells whether its content changed."""

    raw: RawItem
    contract: Order | ListedArticle | ShopCustomer | None
    unreadable: Unreadable | None
    hash: bytes


def read(stream: Stream, raw: RawItem) -> Read:
    """Parses and translates one item. Never raises for bad content: that is a result."""
    try:
        contract = stream.translate(stream.wire.model_validate_json(raw.body))
    except ValidationError as error:
        return _unreadable(raw, _first(error))
    except Untranslatable as error:
        return _unreadable(raw, Unreadable(error.code, error.field, error.params.get("value", "")))
    return Read(raw, contract, None, _digest(_content(contract)))


def _content(contract: Order | ListedArticle | ShopCustomer) -> bytes:
    # A new change stamp alone is no change: shops raise it for their own reasons.
    return contract.model_dump_json(exclude={"changed_at"}).encode()


def _unreadable(raw: RawItem, why: Unreadable) -> Read:
    return Read(raw, None, why, _digest(raw.body))


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()


def _first(error: ValidationError) -> Unreadable:
    first: Any = error.errors(include_url=False)[0]
    code = CODES.get(first["type"], "wrong_type")
    value = str(first["input"])[:40] if code == "unknown_word" else ""
    return Unreadable(code, ".".join(str(part) for part in first["loc"]), value)
