"""WooCommerce's two ways of writing a time: the site's own (Europe/Berlin) and GMT, both without an offset."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

SITE = ZoneInfo("Europe/Berlin")


def gmt(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def local(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(SITE).strftime("%Y-%m-%dT%H:%M:%S")


def both(name: str, at: datetime | None) -> dict[str, Any]:
    """`date_modified` and `date_modified_gmt` for one moment."""
    return {name: local(at), f"{name}_gmt": gmt(at)}


def parse(text: str, dates_are_gmt: bool) -> datetime:
    """A date parameter. With an offset it is that moment; without, site time, or GMT where the caller says so.

    Raises ValueError for what WordPress refuses too. Fractions of a second are cut: the shop counts in whole seconds.
    """
    at = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC if dates_are_gmt else SITE)
    return at.astimezone(UTC).replace(microsecond=0)
