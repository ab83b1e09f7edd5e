"""Connections: a window of a list, with cursors that a client cannot read."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import GraphQLError

MOST = 250
"""Nodes per page, at most."""


@dataclass
class Page:
    """What a connection answers. `cursors` belong to `nodes`, one each."""

    nodes: list[Any]
    cursors: list[str] = field(default_factory=list)
    has_next: bool = False
    has_previous: bool = False

    def info(self) -> dict[str, Any]:
        return {
            "hasNextPage": self.has_next,
            "hasPreviousPage": self.has_previous,
            "startCursor": self.cursors[0] if self.cursors else None,
            "endCursor": self.cursors[-1] if self.cursors else None,
        }


def encode(**position: Any) -> str:
    return base64.b64encode(orjson.dumps(position)).decode()


def decode(cursor: str, *keys: str) -> list[Any]:
    """The position in a cursor of ours. Raises GraphQLError for any other text."""
    try:
        position = orjson.loads(base64.b64decode(cursor, validate=True))
        return [position[key] for key in keys]
    except (binascii.Error, orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise GraphQLError("Invalid cursor for current pagination sort.") from error


def size(args: dict[str, Any], name: str) -> int:
    """How many nodes were asked for. Raises GraphQLError as the platform does where none or too many were."""
    first, last = args.get("first"), args.get("last")
    if first is None and last is None:
        raise GraphQLError(
            f"you must provide one of first or last on field '{name}'", extensions={"code": "BAD_REQUEST"}
        )
    wanted: int = first if first is not None else last  # type: ignore[assignment]
    if not 0 <= wanted <= MOST:
        raise GraphQLError(
            f"The number of nodes on field '{name}' must be between 0 and {MOST}.",
            extensions={"code": "BAD_REQUEST"},
        )
    return wanted


def window(rows: list[Any], args: dict[str, Any], name: str) -> Page:
    """A page of a list that only grows at its end; its cursors are places in that list."""
    wanted = size(args, name)
    places = list(range(len(rows)))
    if args.get("reverse"):
        places.reverse()
    if args.get("after") is not None:
        places = places[places.index(_place(args["after"], rows)) + 1 :]
    if args.get("before") is not None:
        places = places[: places.index(_place(args["before"], rows))]
    chosen = places[:wanted] if args.get("first") is not None else places[max(0, len(places) - wanted) :]
    more = len(places) > len(chosen)
    forwards = args.get("first") is not None
    return Page(
        [rows[place] for place in chosen],
        [encode(place=place) for place in chosen],
        has_next=more if forwards else args.get("before") is not None,
        has_previous=args.get("after") is not None if forwards else more,
    )


def _place(cursor: str, rows: list[Any]) -> int:
    place = decode(cursor, "place")[0]
    if not isinstance(place, int) or not 0 <= place < len(rows):
        raise GraphQLError("Invalid cursor for current pagination sort.")
    return place
