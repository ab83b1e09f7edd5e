"""`/inventory/push`: sends chosen listings now, also before the connection goes live."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from services.inventory import hand_push
from services.inventory.drafts import NOT_COUNTED, Draft
from services.inventory.hand_push import Chosen
from services.inventory.views import Said
from services.inventory.wording import match_said, said
from shared.chassis.access import Principal, require
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import Language, speaks
from shared.chassis.service import Service

MOST = 1000
Sku = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]


class HandPush(BaseModel):
    """Listings of one connection, by our ids or by SKU."""

    model_config = ConfigDict(extra="forbid")

    connection: UUID
    listings: list[UUID] = Field([], max_length=MOST)
    skus: list[Sku] = Field([], max_length=MOST)


class HandPushPlace(BaseModel):
    location: str
    quantity: int
    version: int


class HandPushItem(BaseModel):
    """What became of one choice; what the shop makes of it shows at the listing and in the journal."""

    key: str
    listing_id: UUID | None
    sku: str | None
    outcome: Literal["sent", "refused"]
    places: list[HandPushPlace]
    because: Said | None = None


class HandPushAnswer(BaseModel):
    sent: int
    refused: int
    items: list[HandPushItem]


def push_routes(service: Service) -> APIRouter:
    """The router for pushes by hand."""
    router = APIRouter()

    @router.post("/push")
    async def push(body: HandPush, request: Request, caller: Principal = Depends(require("operate"))) -> HandPushAnswer:
        """Sends the numbers of up to 1,000 chosen listings now, and answers each. Needs no productive mode.

        The guard does not hold what a person has chosen; a paused or deleted connection sends nothing.
        """
        if not caller.allows(body.connection):
            raise not_found(body.connection)
        if bool(body.listings) == bool(body.skus):
            raise Problem(422, "hand_push_choice", field="listings")
        async with service.database.transaction() as tx:
            chosen = await hand_push.find(tx, body.connection, listings=body.listings, skus=body.skus)
            drafts = await hand_push.push(service, tx, chosen, caller.name)
        items = [_item(one, drafts, speaks(request)) for one in chosen]
        sent = sum(item.outcome == "sent" for item in items)
        return HandPushAnswer(sent=sent, refused=len(items) - sent, items=items)

    return router


def _item(chosen: Chosen, drafts: dict[UUID, list[Draft]], language: Language) -> HandPushItem:
    row = chosen.listing
    if row is None:
        because = said("hand_push_unknown", language, {"key": chosen.key})
        return HandPushItem(key=chosen.key, listing_id=None, sku=None, outcome="refused", places=[], because=because)
    mine = drafts.get(row["id"], [])
    pushed = [one for one in mine if one.decision.push]
    return HandPushItem(
        key=chosen.key,
        listing_id=row["id"],
        sku=row["sku"] or None,
        outcome="sent" if pushed else "refused",
        places=[
            HandPushPlace(location=one.place.location, quantity=one.quantity, version=one.decision.offer.sent_version)
            for one in pushed
        ],
        because=None if pushed else said(_why(mine[0]), language) if mine else match_said(row, language),
    )


def _why(draft: Draft) -> str:
    return draft.listing.blocked_by if draft.listing.counts_stock else NOT_COUNTED
