"""Imports of articles as callers see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from services.inventory.import_plan import Action, Found, Plan
from services.inventory.import_wish import ImportWish
from services.inventory.views import Said
from services.inventory.wording import said
from shared.chassis.sentences import Language
from shared.contracts.article import ArticleContent


class ImportProblem(Said):
    """What is wrong with a listing, and in which of its fields."""

    field: str


class Candidate(BaseModel):
    """A listing as its shop states it, what is wrong with it, and what an import would do with it."""

    listing_id: UUID
    external_id: str
    sku: str
    ean: str
    title: str
    market: str
    quantity: int | None
    content: ArticleContent
    action: Action
    because: Said
    article_number: str | None
    problems: list[ImportProblem]
    near: list[str]


class CandidateCounts(BaseModel):
    """How many listings an import would treat how, and how many have each problem (by code)."""

    connection: UUID
    listings: int
    create: int
    update: int
    match: int
    refuse: int
    problems: dict[str, int]


class ImportCounts(BaseModel):
    """Listings of an import by what became of them; `waiting` are still to come."""

    waiting: int
    created: int
    updated: int
    unchanged: int
    matched: int
    refused: int


class ImportView(BaseModel):
    """One import. `waits_because`: it stands still until the connection is no longer live."""

    id: UUID
    connection: UUID
    platform: str
    wish: ImportWish
    state: Literal["running", "finished", "stopped"]
    waits_because: Said | None
    listings: int
    counts: ImportCounts
    started_at: datetime
    started_by: str
    worked_at: datetime
    ended_at: datetime | None
    ended_by: str


class ImportedListing(BaseModel):
    """One listing of an import and what became of it."""

    listing_id: UUID
    external_id: str
    sku: str | None
    title: str
    outcome: Literal["waiting", "created", "updated", "unchanged", "matched", "refused"]
    said: Said | None
    field: str
    article_number: str | None
    done_at: datetime | None


class ContentView(BaseModel):
    """What is kept of an article beside its row, and from which connection it came last."""

    article_number: str
    content: ArticleContent
    connection: UUID | None
    changed_at: datetime
    changed_by: str


def candidate(found: Found, plan: Plan, language: Language) -> Candidate:
    """One listing of the view before an import."""
    return Candidate(
        listing_id=found.id,
        external_id=found.external_id,
        sku=found.sku,
        ean=found.ean,
        title=found.title,
        market=found.market,
        quantity=found.quantity,
        content=found.content,
        action=plan.action,
        because=said(plan.code, language, plan.params),
        article_number=plan.article_number,
        problems=[
            ImportProblem(**said(one.code, language, one.params).model_dump(), field=one.field) for one in plan.problems
        ],
        near=list(found.near),
    )


def import_view(row: Mapping[str, Any], counts: dict[str, int], language: Language) -> ImportView:
    """A stored import."""
    return ImportView(
        **{name: row[name] for name in ImportView.model_fields if name in row},
        waits_because=said("import_waits", language) if row["waits"] else None,
        listings=sum(counts.values()),
        counts=ImportCounts(**counts),
    )


def imported(row: Mapping[str, Any], language: Language) -> ImportedListing:
    """A stored row of an import."""
    words = {"sku": row["sku"] or "", "listing": row["external_id"], "number": row["article_number"] or ""}
    return ImportedListing(
        **{name: row[name] for name in ImportedListing.model_fields if name in row},
        said=said(row["code"], language, words | row["params"]) if row["code"] else None,
    )
