"""`/reports/2021-06-30`: asking for reports, their list, and where their files lie."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request

from services.sandbox.amazon.access import made_up
from services.sandbox.amazon.errors import ApiError, invalid
from services.sandbox.amazon.feeds import Document
from services.sandbox.amazon.routing import PartnerRoute, admitted
from services.sandbox.amazon.store import Store
from services.sandbox.amazon.times import given

LARGEST_PAGE, MOST_KINDS = 100, 10
KEPT = timedelta(days=90)


def file_address(store: Store, document: Document) -> str:
    """Where a file lies, for five minutes."""
    return f"{store.address}/files/{document.id}?X-Amz-Expires=300&X-Amz-Signature={made_up(document.id, 8)}"


def reports(store: Store) -> APIRouter:
    router = APIRouter(route_class=PartnerRoute, prefix="/reports/2021-06-30")

    @router.post("/reports", status_code=202, dependencies=[admitted(store, "createReport")])
    async def create(request: Request) -> dict[str, Any]:
        return {"reportId": store.reports.create(await request.json()).id}

    @router.get("/reports", dependencies=[admitted(store, "getReports")])
    async def listed(request: Request) -> dict[str, Any]:
        """A token stands for all the rest, and beside nothing else."""
        asked = dict(request.query_params)
        token = asked.get("nextToken")
        if token is not None:
            if len(asked) > 1:
                raise invalid("nextToken cannot be combined with other parameters.")
            asked = dict(part.split("=", 1) for part in token.split("&"))
        kinds = [kind for kind in asked.get("reportTypes", "").split(",") if kind]
        if not kinds or len(kinds) > MOST_KINDS:
            raise invalid(f"reportTypes or nextToken is required, and holds at most {MOST_KINDS}.")
        size, start = int(asked.get("pageSize", "10")), int(asked.get("start", "0"))
        if not 1 <= size <= LARGEST_PAGE:
            raise invalid(f"pageSize must be from 1 to {LARGEST_PAGE}.")
        oldest = store.clock() - KEPT
        since = max(given(asked["createdSince"], "createdSince"), oldest) if "createdSince" in asked else oldest
        rows = store.reports.listed(kinds, since)
        found: dict[str, Any] = {"reports": [row.body() for row in rows[start : start + size]]}
        if start + size < len(rows):
            again = {**asked, "start": str(start + size)}
            found["nextToken"] = "&".join(f"{name}={value}" for name, value in again.items())
        return found

    @router.get("/documents/{id}", dependencies=[admitted(store, "getReportDocument")])
    async def document(id: str, request: Request) -> dict[str, Any]:
        """A report that names buyers wants a token made for it."""
        found = store.reports.document(id)
        path, token = f"/reports/2021-06-30/documents/{id}", request.headers.get("x-amz-access-token", "")
        if store.reports.names_buyers(id) and not store.access.opens(token, path):
            raise ApiError(403, "Unauthorized", "Access to requested resource is denied.")
        address = file_address(store, found)
        return {"reportDocumentId": id, "url": address, "compressionAlgorithm": "GZIP"}

    return router
