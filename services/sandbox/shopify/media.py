"""A product's images: fetched and worked on after the call that names them, and shown once that is done."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from services.sandbox.shopify.identity import Numbers

Record = dict[str, Any]
TAKES = timedelta(seconds=30)
"""How long an image is worked on."""
UNREACHABLE = "/kaputt"
"""An address with this in it cannot be fetched."""


def seeded(numbers: Numbers, address: str) -> Record:
    """An image that has been there for long."""
    return _record(numbers, address, "", "", None, None)


def fetched(numbers: Numbers, given: Record, clock: Callable[[], datetime]) -> Record:
    """A new image from an address, under the name asked for or the one the address has."""
    address = given["originalSource"]
    name = given.get("filename") or address.split("?")[0].rsplit("/", 1)[-1]
    return _record(numbers, address, given.get("alt") or "", name, clock, clock())


def _record(
    numbers: Numbers, address: str, alt: str, name: str, clock: Callable[[], datetime] | None, at: datetime | None
) -> Record:
    number = numbers.take()
    return {
        "__typename": "MediaImage",
        "id": f"gid://shopify/MediaImage/{number}",
        "alt": alt,
        "mediaContentType": "IMAGE",
        "_source": address,
        "_shown": f"https://cdn.example.test/s/files/{name}?v={number}" if name else address,
        "_clock": clock,
        "_since": at,
    }


def status(record: Record, _args: Any = None) -> str:
    if record["_since"] is None:
        return "READY"
    age = record["_clock"]() - record["_since"]
    if age < TAKES:
        return "UPLOADED" if age < timedelta(seconds=1) else "PROCESSING"
    return "FAILED" if UNREACHABLE in record["_source"] else "READY"


def image(record: Record, _args: Any = None) -> Record | None:
    return {"url": record["_shown"]} if status(record) == "READY" else None


def preview(record: Record, _args: Any = None) -> Record:
    return {"image": image(record)}


def errors(record: Record, _args: Any = None) -> list[Record]:
    if status(record) != "FAILED":
        return []
    message = "Media could not be processed because the image could not be downloaded."
    return [{"code": "IMAGE_DOWNLOAD_FAILURE", "details": "404 Not Found", "message": message}]
