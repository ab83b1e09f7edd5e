"""`/inventory/listings`, `/drift`, `/settings`, `/summary`: what the channels show and are told."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.inventory import census, channel_stock, explanation, listing_search, settings_book
from services.inventory.level_rows import warehouses
from services.inventory.marks import mark_listings
from services.inventory.routes_articles import Text
from services.inventory.settings_book import DEFAULT, matching_of
from services.inventory.stock_settings import StockSettings
from services.inventory.views import (
    Accepted,
    DriftView,
    ListingView,
    QuantityView,
    SettingsVersion,
    SettingsView,
    SummaryView,
)
from services.inventory.wording import listing_view, match_said, said
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_id, decode_pair, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import speaks
from shared.chassis.service import Service
from shared.chassis.versions import IfMatch, etag, seen_versions
from shared.persistence.database import Transaction


def listing_routes(service: Service) -> APIRouter:
    """The router for listings and what they are told."""
    router = APIRouter()

    @router.get("/listings")
    async def listings(
        request: Request,
        connection: UUID | None = None,
        matched: bool | None = None,
        reason: Annotated[Text, Query(description="A code of the match, for example listing_sku_shared.")] = None,
        sku: Text = None,
        article: Text = None,
        search: Text = None,
        failed: bool | None = None,
        blocked: bool | None = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[ListingView]:
        """Listings as the channels state them. `matched=false`: those without an article, why, and what is meant."""
        behind = decode_id(after)
        async with service.database.transaction() as tx:
            rows = await listing_search.page(
                tx, scope=caller.scope, connection=connection, matched=matched, reason=reason, sku=sku, article=article,
                search=search, failed=failed, blocked=blocked, after=behind, limit=limit + 1,
            )  # fmt: skip
            found = await listing_search.proposals(tx, rows[:limit])
        items = [listing_view(row, found.get(row["id"], []), speaks(request)) for row in rows[:limit]]
        return Page(items=items, next=encode_cursor(items[-1].id) if len(rows) > limit else None)

    @router.get("/listings/{listing_id}")
    async def listing(listing_id: UUID, request: Request, caller: Principal = Depends(require("read"))) -> ListingView:
        """One listing as the channel states it."""
        async with service.database.transaction() as tx:
            row = await listing_search.one(tx, listing_id, caller.scope)
            if row is None:
                raise not_found(listing_id)
            found = await listing_search.proposals(tx, [row])
        return listing_view(row, found.get(listing_id, []), speaks(request))

    @router.get("/listings/{listing_id}/quantity")
    async def quantity(
        listing_id: UUID, request: Request, caller: Principal = Depends(require("read"))
    ) -> QuantityView:
        """What the shop believes about a listing, and every term of how our number was made, in words too."""
        async with service.database.transaction() as tx:
            view = await explanation.quantity_view(tx, listing_id, caller.scope, speaks(request))
        if view is None:
            raise not_found(listing_id)
        return view

    @router.post("/listings/{listing_id}/push", status_code=202)
    async def push(listing_id: UUID, request: Request, caller: Principal = Depends(require("operate"))) -> Accepted:
        """Sends the number again, for example after a failure or when the shop was changed by hand."""
        async with service.database.transaction() as tx:
            row = await listing_search.one(tx, listing_id, caller.scope)
            if row is None:
                raise not_found(listing_id)
            if row["article_number"] is None:
                why = match_said(row, speaks(request)).sentence
                raise Problem(409, "stock_push_unmatched", reason=why)
            await mark_listings(tx, [listing_id], again="always")
        return Accepted(listing_id=listing_id, said=said("stock_push_asked", speaks(request)))

    @router.get("/drift")
    async def drift(
        request: Request,
        connection: UUID | None = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[DriftView]:
        """Where a channel, read after our last push, shows something else than it was told."""
        async with service.database.transaction() as tx:
            rows = await census.drift(
                tx, scope=caller.scope, connection=connection, after=decode_pair(after), limit=limit + 1
            )
        items = [_drift(row, request) for row in rows[:limit]]
        last = items[-1] if len(rows) > limit else None
        return Page(items=items, next=None if last is None else encode_cursor(last.listing_id, last.location))

    @router.get("/summary/{connection}")
    async def summary(connection: UUID, request: Request, caller: Principal = Depends(require("read"))) -> SummaryView:
        """How many listings a connection has, and how far they are."""
        _visible(caller, connection)
        async with service.database.transaction() as tx:
            numbers = await census.summary(tx, connection)
        switch = numbers.pop("blocked_by")
        return SummaryView(
            connection=connection, **numbers, blocked_by=said(switch, speaks(request)) if switch else None
        )

    @router.get("/settings/{connection}")
    async def settings(
        connection: UUID, response: Response, caller: Principal = Depends(require("read"))
    ) -> SettingsView:
        """How the sellable quantity of a connection is made, and who changed what. Its version travels as ETag."""
        _visible(caller, connection)
        async with service.database.transaction() as tx:
            return _tagged(response, await _settings(tx, connection))

    @router.put("/settings/{connection}")
    async def put_settings(
        connection: UUID,
        body: StockSettings,
        response: Response,
        if_match: IfMatch = None,
        caller: Principal = Depends(require("operate")),
    ) -> SettingsView:
        """Replaces the settings; every listing of the connection is computed anew.

        With the ETag as If-Match, a change that somebody else made meanwhile is not overwritten: 409.
        """
        _visible(caller, connection)
        seen = seen_versions(if_match, rough=True)
        async with service.database.transaction() as tx:
            channels = await channel_stock.codes(tx)
            if body.ships_from in channels:
                raise Problem(422, "settings_ships_from_channel", field="ships_from", warehouse=str(body.ships_from))
            if unknown := sorted(body.named_warehouses() - channels - await warehouses(tx)):
                raise Problem(422, "settings_warehouse_unknown", field="warehouses", warehouse=", ".join(unknown))
            await settings_book.put(service, tx, connection, body, caller.name, seen=seen)
            return _tagged(response, await _settings(tx, connection))

    return router


def _tagged(response: Response, view: SettingsView) -> SettingsView:
    response.headers["ETag"] = etag(view.version)
    return view


def _visible(caller: Principal, connection: UUID) -> None:
    if not caller.allows(connection):
        raise not_found(connection)


async def _settings(tx: Transaction, connection: UUID) -> SettingsView:
    rows = await settings_book.history(tx, connection)
    versions = [
        SettingsVersion(
            version=row["version"],
            settings=StockSettings.model_validate(row["value"]),
            changed_at=row["changed_at"],
            changed_by=row["changed_by"],
        )
        for row in rows
    ]
    newest = versions[0] if versions else None
    now = DEFAULT if newest is None else newest.settings
    return SettingsView(
        connection=connection,
        version=0 if newest is None else newest.version,
        settings=now,
        matching=await matching_of(tx, connection, now),
        history=versions,
    )


def _drift(row: dict[str, Any], request: Request) -> DriftView:
    words = {"told": str(row["told"]), "shop": str(row["shop"]), "computed": str(row["computed"])}
    code, params = "stock_drift_unexplained", words
    if row["blocked_by"]:
        code, params = row["blocked_by"], {}
    elif row["outcome"] == "failed" and row["outcome_code"]:
        code, params = row["outcome_code"], row["outcome_params"]
    elif row["shop"] == row["computed"]:
        code = "stock_drift_agrees"
    return DriftView(
        **{name: row[name] for name in DriftView.model_fields if name in row},
        last_attempt_at=row["sent_at"],
        reason=said(code, speaks(request), params),
    )
