"""Ids of what we make in a shop: the same for the same thing, so that a lost answer cannot make it a second time."""

from typing import Final
from uuid import UUID, uuid5

from shared.contracts.identity import KONTOR

_SHOPWARE: Final = uuid5(KONTOR, "shopware6")


def id_of(kind: str, *parts: str | UUID) -> str:
    """32 hex digits. Names that differ in capital letters alone are one to the shop, and so they are here."""
    words = "\x1f".join(str(part).strip().casefold() for part in parts)
    return uuid5(_SHOPWARE, f"{kind}:{words}").hex
