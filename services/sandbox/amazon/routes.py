"""The Selling Partner API of one account, with its login and the store of files beside it."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.sandbox.amazon.access import made_up
from services.sandbox.amazon.errors import ApiError, invalid, not_found
from services.sandbox.amazon.routes_goods import goods
from services.sandbox.amazon.routes_inventory import inventory
from services.sandbox.amazon.routes_orders import orders
from services.sandbox.amazon.routes_reports import file_address, reports
from services.sandbox.amazon.routing import PartnerRoute, admitted
from services.sandbox.amazon.store import Store

FEEDS = "/feeds/2021-06-30"


def routes(store: Store) -> APIRouter:
    router = APIRouter(route_class=PartnerRoute)

    @router.post("/auth/o2/token")
    async def token(request: Request) -> dict[str, object]:
        """Login with Amazon, elsewhere a host of its own."""
        return store.access.token({name: str(value) for name, value in (await request.form()).items()})

    router.include_router(_account(store))
    router.include_router(orders(store))
    router.include_router(goods(store))
    router.include_router(inventory(store))
    router.include_router(_feeds(store))
    router.include_router(reports(store))
    router.include_router(_files(store))

    @router.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    async def nothing_here(path: str) -> Response:
        raise not_found(f"/{path}")

    return router


def _account(store: Store) -> APIRouter:
    router = APIRouter(route_class=PartnerRoute)

    @router.get("/sellers/v1/marketplaceParticipations", dependencies=[admitted(store, "getMarketplaceParticipations")])
    async def participations() -> dict[str, Any]:
        return {
            "payload": [
                {
                    "marketplace": {
                        "id": market.id,
                        "countryCode": market.country,
                        "name": market.domain.removeprefix("www.").capitalize(),
                        "defaultCurrencyCode": market.currency,
                        "defaultLanguageCode": market.language,
                        "domainName": market.domain,
                    },
                    "storeName": "Kramladen",
                    "participation": {"isParticipating": True, "hasSuspendedListings": False},
                }
                for market in store.markets
            ]
        }

    @router.post("/tokens/2021-03-01/restrictedDataToken", dependencies=[admitted(store, "createRestrictedDataToken")])
    async def restricted(request: Request) -> dict[str, Any]:
        asked = await request.json()
        if not asked.get("restrictedResources"):
            raise invalid("restrictedResources is required.")
        path = str(asked["restrictedResources"][0].get("path", ""))
        return {"restrictedDataToken": store.access.restrict(path), "expiresIn": 3600}

    return router


def _feeds(store: Store) -> APIRouter:
    router = APIRouter(route_class=PartnerRoute, prefix=FEEDS)

    @router.post("/documents", status_code=201, dependencies=[admitted(store, "createFeedDocument")])
    async def document(request: Request) -> dict[str, Any]:
        made = store.feeds.document(str((await request.json()).get("contentType", "")))
        return {"feedDocumentId": made.id, "url": file_address(store, made)}

    @router.post("/feeds", status_code=202, dependencies=[admitted(store, "createFeed")])
    async def create(request: Request) -> dict[str, Any]:
        return {"feedId": store.feeds.create(await request.json()).id}

    @router.get("/feeds", dependencies=[admitted(store, "getFeeds")])
    async def listed(request: Request) -> dict[str, Any]:
        store.feeds.work()
        kinds = request.query_params.get("feedTypes", "").split(",")
        rows = [feed.body() for feed in store.feeds.rows.values() if feed.kind in kinds]
        return {"feeds": rows[::-1][: int(request.query_params.get("pageSize", "10"))]}

    @router.get("/feeds/{id}", dependencies=[admitted(store, "getFeed")])
    async def one(id: str) -> dict[str, Any]:
        return store.feeds.find(id).body()

    @router.get("/documents/{id}", dependencies=[admitted(store, "getFeedDocument")])
    async def result(id: str) -> dict[str, Any]:
        found = store.feeds.documents.get(id)
        if found is None or not any(feed.result is found for feed in store.feeds.rows.values()):
            raise not_found(f"The document {id}")
        found.made_at = store.clock()
        return {"feedDocumentId": id, "url": file_address(store, found), "compressionAlgorithm": "GZIP"}

    return router


def _files(store: Store) -> APIRouter:
    """Behind signed addresses, in a store that knows no sellers: whoever has the address may come in."""
    router = APIRouter(route_class=PartnerRoute, prefix="/files")

    def signed(id: str, request: Request) -> None:
        if request.query_params.get("X-Amz-Signature") != made_up(id, 8):
            raise ApiError(403, "SignatureDoesNotMatch", "The signature is not valid.")
        if "x-amz-access-token" in request.headers or "authorization" in request.headers:
            raise ApiError(400, "InvalidArgument", "Only one auth mechanism is allowed.")

    @router.put("/{id}")
    async def upload(id: str, request: Request) -> Response:
        signed(id, request)
        store.feeds.upload(id, request.headers.get("content-type", ""), await request.body())
        return Response(status_code=200)

    @router.get("/{id}")
    async def download(id: str, request: Request) -> Response:
        signed(id, request)
        found = store.feeds.opened(id)
        return Response(found.content or b"", media_type=found.content_type)

    return router
