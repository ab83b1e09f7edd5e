"""Reports: asked for, listed with what became of them, and downloaded as files are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from services.connectors.amazon.client.answers import parsed, rows
from services.connectors.amazon.client.calls import Calls
from services.connectors.amazon.client.files import Files
from services.connectors.amazon.client.times import moment, zulu
from shared.connector_kit.reports import Report, State

REPORTS = "/reports/2021-06-30"
STATES: dict[str, State] = {"IN_QUEUE": "running", "IN_PROGRESS": "running", "DONE": "ready", "CANCELLED": "empty"}


@dataclass(frozen=True)
class Made:
    """The reports of a kind, and Amazon's clock when it listed them."""

    reports: list[Report]
    at: datetime


class Reports:
    """The reports of one seller; `markets` are the ids of his marketplaces."""

    def __init__(self, calls: Calls, files: Files, markets: Sequence[str]) -> None:
        self._calls = calls
        self._files = files
        self._markets = list(markets)
        self.looked_at: datetime | None = None
        """When all that was made was taken last."""

    async def made(self, kind: str, since: datetime) -> Made:
        """All reports of a kind that were made since then. A token stands alone in its question."""
        params: dict[str, Any] = {"reportTypes": kind, "createdSince": zulu(since), "pageSize": 100}
        found: list[Report] = []
        while True:
            reply = await self._calls.call("getReports", "GET", f"{REPORTS}/reports", params=params)
            body = parsed(reply)
            found += [_report(row) for row in rows(body, "reports")]
            if not body.get("nextToken"):
                return Made(found, reply.server_time or datetime.now(UTC))
            params = {"nextToken": body["nextToken"]}

    async def ask_for(self, kind: str, since: datetime, until: datetime) -> None:
        """A request whose answer is lost stands in the list of reports."""
        body = {
            "reportType": kind,
            "marketplaceIds": self._markets,
            "dataStartTime": zulu(since),
            "dataEndTime": zulu(until),
        }
        await self._calls.call("createReport", "POST", f"{REPORTS}/reports", json=body)

    async def content(self, report: Report, *, restricted: bool = False) -> bytes:
        """What stands in a report; `restricted` are those that name buyers, which a token of its own opens."""
        path = f"{REPORTS}/documents/{quote(report.document, safe='')}"
        token = await self._calls.restricted(path) if restricted else ""
        reply = await self._calls.call("getReportDocument", "GET", path, pass_by=token)
        return await self._files.download(parsed(reply))


def _report(row: dict[str, Any]) -> Report:
    """Any other word than those we know is an end without a content."""
    state = STATES.get(str(row.get("processingStatus")), "failed")
    ends = row.get("dataEndTime")
    return Report(
        id=str(row["reportId"]),
        state=state,
        made_at=moment(str(row["createdTime"])),
        document=str(row.get("reportDocumentId") or ""),
        ends=moment(str(ends)) if ends else None,
    )
