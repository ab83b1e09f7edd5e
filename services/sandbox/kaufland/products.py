"""Product data: one set for an EAN and a language, worked through some time after it came, and then judged."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.sandbox.kaufland.categories import ATTRIBUTES, REQUIRED, SHARED, decided
from services.sandbox.kaufland.errors import ApiError, invalid, unheard_of

LOCALES = ("de-DE", "cs-CZ", "sk-SK", "de-AT", "pl-PL", "fr-FR", "it-IT")
OBJECTS = ("product_safety_contact",)
SHORTEST_TEXT = 20
Row = dict[str, Any]


@dataclass
class Data:
    """What the seller has told of one EAN in one language."""

    attributes: Row
    told_at: datetime
    given: bool = False
    """Whether it was there from the beginning, and is long since worked through."""


@dataclass
class Products:
    """`seconds` pass until what was told is worked through; `refused` are EANs that the platform does not want."""

    clock: Callable[[], datetime]
    seconds: int = 600
    data: dict[tuple[str, str], Data] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def know(self, ean: str, locale: str, attributes: Row) -> None:
        """A product that the platform has had for long."""
        self.data[ean, locale] = Data(attributes, self.clock(), given=True)

    def put(self, locale: str, body: Any) -> None:
        """Replaces what was told before. Raises ApiError where the call itself is wrong."""
        eans = body.get("ean") if isinstance(body, dict) else None
        attributes = body.get("attributes") if isinstance(body, dict) else None
        if not isinstance(eans, list) or not eans or not all(_valid(one) for one in eans):
            raise invalid("ean", "must be a valid EAN with 13 or 14 digits")
        if not isinstance(attributes, dict) or not attributes:
            raise invalid("attributes", "is required")
        for name, values in attributes.items():
            if name not in OBJECTS and not (isinstance(values, list) and all(isinstance(one, str) for one in values)):
                raise invalid(f"attributes.{name}", "must be a list of texts")
        for ean in eans:
            self.data[ean, locale] = Data(attributes, self.clock())

    def find(self, ean: str, locale: str) -> Data:
        """Raises ApiError where the seller has told nothing."""
        if (ean, locale) not in self.data:
            raise unheard_of("The product data")
        return self.data[ean, locale]

    def status(self, ean: str, locale: str) -> Row:
        one = self.find(ean, locale)
        empty: Row = {
            "product_ready": False, "update_status": "PENDING", "id_product": None, "product_not_ready_reason": None,
            "update_fail_reason": None, "attribute_values": None, "missing_attributes": None,
            "min_one_missing_attributes": None,
        }  # fmt: skip
        age = self.clock() - one.told_at
        if not one.given and age < timedelta(seconds=self.seconds):
            busy = age >= timedelta(seconds=self.seconds / 2)
            return empty | {
                "update_status": "IN_PROGRESS" if busy else "PENDING",
                "product_not_ready_reason": "NOT_YET_PROCESSED",
            }
        if one.given:
            return empty | {"product_ready": True, "update_status": "SUCCESS", "id_product": _id(ean)}
        return empty | self._judged(ean, one.attributes)

    def ready(self, ean: str) -> bool:
        """Whether something may be offered under this EAN."""
        return any(key[0] == ean and self.status(*key)["product_ready"] for key in self.data)

    def _judged(self, ean: str, attributes: Row) -> Row:
        text = " ".join(attributes.get("description") or ())
        category = decided(" ".join(attributes.get("title") or ()))
        if category is None:
            return {"update_status": "FAIL", "update_fail_reason": "NO_CATEGORY"}
        if len(text) < SHORTEST_TEXT:
            return {"update_status": "FAIL", "update_fail_reason": "NOT_ENOUGH_TEXT"}
        values = [
            self._value(name, value) for name, told in attributes.items() if name not in OBJECTS for value in told
        ]
        taken = {one["attribute"] for one in values if one["state"] == "ACCEPTED"}
        missing = [name for id in REQUIRED[category] if (name := ATTRIBUTES[id][0]) not in taken]
        why = "BLACKLISTED" if ean in self.refused else "MISSING_ATTRIBUTES" if missing else None
        if ean in self.refused:
            values.append(_said("title", " ".join(attributes["title"]), "REFUSED", self.refused[ean]))
        return {
            "product_ready": why is None, "update_status": "SUCCESS", "id_product": None if why else _id(ean),
            "product_not_ready_reason": why, "attribute_values": values, "missing_attributes": missing or None,
        }  # fmt: skip

    @staticmethod
    def _value(name: str, value: str) -> Row:
        id = next((id for id, one in ATTRIBUTES.items() if one[0] == name), 0)
        if not id:
            return _said(name, value, "IGNORED", "The attribute is not known.")
        if id in SHARED and value not in SHARED[id]:
            return _said(name, value, "DECLINED", f"{value} is not among the values of {name}.")
        return _said(name, value, "ACCEPTED", "")


def _said(attribute: str, value: str, state: str, message: str) -> Row:
    return {"attribute": attribute, "original_value": value, "state": state, "message": message}


def _id(ean: str) -> int:
    return int(ean[-9:]) + 1


def _valid(ean: Any) -> bool:
    if not isinstance(ean, str) or not ean.isdecimal() or len(ean) not in (13, 14):
        return False
    digits = [int(one) for one in reversed(ean)]
    return (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


def locale(text: str | None) -> str:
    """Raises ApiError for a language that is not known."""
    if text not in LOCALES:
        raise ApiError(400, "validation-error", "Request parameters have invalid values.", locale="is not known")
    return text
