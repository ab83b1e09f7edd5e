"""What a pretend account was asked."""

from typing import Any

from tests.wired.contract.stand import Stand


def asked(stand: Stand, method: str, part: str) -> list[dict[str, Any]]:
    """The calls of a kind, oldest first."""
    rows = stand.opened.requests.report(5000)["latest"]
    found = [row for row in rows if row["method"] == method and part in row["path"]]
    return sorted(found, key=lambda row: row["at"])
