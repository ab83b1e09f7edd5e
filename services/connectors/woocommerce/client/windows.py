"""How a page of what changed is asked for."""

from datetime import UTC, datetime
from typing import Any

from shared.connector_kit.declaration import Window

PER_PAGE = 100


def window_of(window: Window, page: int, fields: str) -> dict[str, Any]:
    params: dict[str, Any] = {
        "orderby": "modified", "order": "asc", "per_page": PER_PAGE, "page": page, "dates_are_gmt": "true",
    }  # fmt: skip
    if window.since is not None:
        params["modified_after"] = gmt(window.since)
    if window.until is not None:
        params["modified_before"] = gmt(window.until)
    if fields:
        params["_fields"] = fields
    return params


def gmt(moment: datetime) -> str:
    """A time as the shop's filters take it: whole seconds, with the Z that keeps it from being read as local time."""
    return moment.astimezone(UTC).replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")
