"""Two people at one record: its version travels as ETag, and whoever sends it back as If-Match overwrites nobody."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Header

from shared.chassis.problems import Problem


def if_match_header(says: str) -> Any:
    """The header parameter; `says` tells callers what leaving it out means."""
    return Header(alias="If-Match", max_length=200, description=says)


IfMatch = Annotated[
    str | None, if_match_header("The ETag of the state you have seen. Left out, or `*`: the last writer wins.")
]
_TAG = re.compile(r'"(\d{1,9})"', re.ASCII)
_ROUGH = re.compile(r'(?:W/)?(?:"(\d{1,9})"|(\d{1,9}))', re.ASCII)


def etag(version: int) -> str:
    """The ETag of a record at one version."""
    return f'"{version}"'


def seen_versions(if_match: str | None, *, rough: bool = False) -> frozenset[int] | None:
    """The versions that a caller has seen and wants to replace; None: any. Raises a 422 problem for anything else.

    `rough` also takes a tag that a proxy on the way has weakened, and a bare number.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    tags = [(_ROUGH if rough else _TAG).fullmatch(part.strip()) for part in if_match.split(",")]
    if not all(tags):
        raise invalid(if_match)
    return frozenset(int(tag[tag.lastindex or 0]) for tag in tags if tag)


def invalid(if_match: str) -> Problem:
    """The 422 problem of a header that says no version."""
    return Problem(422, "if_match_invalid", field="If-Match", value=if_match)


def is_stale(seen: frozenset[int] | None, version: int) -> bool:
    """Whether the record has moved on from every version that the caller has seen."""
    return seen is not None and version not in seen


def refuse_stale(
    seen: frozenset[int] | None, version: int, *, wanted: Mapping[str, Any], current: Mapping[str, Any]
) -> None:
    """Raises a 409 problem with both values of every field when the record has moved on; `wanted` holds no secrets."""
    if seen is None or not is_stale(seen, version):
        return
    values = [{"field": field, "yours": value, "current": current.get(field)} for field, value in wanted.items()]
    extra = {"your_version": max(seen), "current_version": version, "values": values}
    raise Problem(409, "changed_meanwhile", extra=extra, yours=str(max(seen)), current=str(version))
