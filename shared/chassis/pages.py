"""Keyset paging: a page and an opaque bookmark to the next."""

import base64
import binascii
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel

from shared.chassis.problems import Problem

T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=500, description="How many items a page holds.")]
After = Annotated[str | None, Query(description="The `next` value of the previous page.")]


class Page(BaseModel, Generic[T]):
    """Some items in a fixed order; `next` is None on the last page."""

    items: list[T]
    next: str | None = None


def encode_cursor(*values: Any) -> str:
    """The bookmark behind an item; values are text, numbers, or have a text form."""
    return base64.urlsafe_b64encode(json.dumps([_plain(value) for value in values]).encode()).decode()


def decode_cursor(text: str, parts: int) -> list[Any]:
    """The values of a bookmark. Raises a 422 problem when it was not made by us."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text.encode()))
    except (binascii.Error, ValueError):
        values = None
    if not isinstance(values, list) or len(values) != parts or any("\x00" in str(value) for value in values):
        raise Problem(422, "cursor_invalid", field="after")
    return values


def decode_id(after: str | None) -> UUID | None:
    """The record behind which a page begins. Raises a 422 problem for a bookmark we did not make."""
    if after is None:
        return None
    (id,) = decode_cursor(after, 1)
    with _made_by_us():
        return UUID(id)


def decode_pair(after: str | None) -> tuple[UUID, str] | None:
    """The record and the text behind which a page begins. Raises a 422 problem for a bookmark we did not make."""
    if after is None:
        return None
    id, text = decode_cursor(after, 2)
    with _made_by_us():
        return UUID(id), str(text)


def decode_moment(after: str | None) -> tuple[datetime, UUID] | None:
    """The moment and the record behind which a page begins. Raises a 422 problem for a bookmark we did not make."""
    if after is None:
        return None
    at, id = decode_cursor(after, 2)
    with _made_by_us():
        return datetime.fromisoformat(at), UUID(id)


@contextmanager
def _made_by_us() -> Iterator[None]:
    """Reading a bookmark's values: what does not fit is a 422 problem."""
    try:
        yield
    except (TypeError, ValueError, AttributeError) as error:
        raise Problem(422, "cursor_invalid", field="after") from error


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | str | None) else str(value)
