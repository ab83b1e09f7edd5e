"""`/orders/master-data`: projects, articles for charges, lists and delivery thresholds, written whole under an ETag;
and the checklist of a connection."""

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from services.order_import import article_replica, checklist, master_book
from services.order_import.master_book import Record
from services.order_import.master_data import (
    CHARGE_KINDS,
    LISTS,
    ChargeArticleData,
    Data,
    ListData,
    ProjectData,
    RecordKind,
    ThresholdData,
)
from services.order_import.rules.tax_terms import EU
from services.order_import.rules.vat_id import is_well_formed, tidy
from services.order_import.showing import Operator, Reader, Speaks
from shared.chassis.access import Principal
from shared.chassis.pages import After, Limit, Page, decode_cursor, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import sentence
from shared.chassis.service import Service
from shared.chassis.versions import if_match_header
from shared.persistence.database import Transaction

D = TypeVar("D", bound=Data)
ProjectName = Annotated[str, Path(max_length=200)]
IfMatch = Annotated[str | None, if_match_header("The ETag of what is replaced; left out where nothing is yet.")]


class Stored(BaseModel, Generic[D]):
    """A record as it is kept; `etag` is what a change of it has to name."""

    name: str
    content: D
    etag: str
    updated_at: datetime
    updated_by: str


class ChecklistItem(BaseModel):
    """One item: done, missing, or optional; why, and where it is mended."""

    number: int
    name: str
    state: checklist.State
    sentence: str
    where: str


def unlimited(caller: Principal) -> None:
    """Master data concern all connections: a key for some of them may read but not change them."""
    if caller.connections is not None:
        raise Problem(403, "master_data_key_limited", name=caller.name)


def routes(service: Service) -> APIRouter:
    router = APIRouter(prefix="/master-data", tags=["master data"])
    database = service.database

    async def kept(
        tx: Transaction, kind: RecordKind, name: str, data: D, etag: str | None, caller: Principal, response: Response
    ) -> Stored[D]:
        record = await master_book.put(service, tx, kind, name, data, etag, caller.name)
        response.headers["ETag"] = record.etag
        return _stored(record, type(data))

    @router.get("/projects")
    async def projects(caller: Reader, after: After = None, limit: Limit = 50) -> Page[Stored[ProjectData]]:
        """Projects by name. A limited key sees those of its connections."""
        last = str(decode_cursor(after, 1)[0]) if after else ""
        async with database.transaction() as tx:
            mine = None if caller.scope is None else await _projects_of(tx, caller.scope)
            found = await master_book.of_kind(tx, "project", names=mine, after=last, limit=limit)
        more = encode_cursor(found[-1].name) if len(found) == limit else None
        return Page(items=[_stored(one, ProjectData) for one in found], next=more)

    @router.put("/projects/{project}")
    async def put_project(
        project: ProjectName, body: ProjectData, caller: Operator, response: Response, if_match: IfMatch = None
    ) -> Stored[ProjectData]:
        """Names a project's default customer and POS customer."""
        unlimited(caller)
        async with database.transaction() as tx:
            return await kept(tx, "project", project, body, if_match, caller, response)

    @router.delete("/projects/{project}", status_code=204)
    async def delete_project(project: str, caller: Operator, if_match: IfMatch = None) -> None:
        unlimited(caller)
        async with database.transaction() as tx:
            await master_book.delete(service, tx, "project", project, if_match, caller.name)

    @router.get("/charge-articles")
    async def charge_articles(_caller: Reader) -> list[Stored[ChargeArticleData]]:
        """The articles that shipping, discounts and surcharges become lines of."""
        async with database.transaction() as tx:
            found = await master_book.of_kind(tx, "charge_article")
        return [_stored(one, ChargeArticleData) for one in found]

    @router.put("/charge-articles/{kind}")
    async def put_charge_article(
        kind: str, body: ChargeArticleData, caller: Operator, response: Response, if_match: IfMatch = None
    ) -> Stored[ChargeArticleData]:
        """Sets the article of `shipping`, `discount` or `surcharge`. It must exist, and carry the flag it needs."""
        unlimited(caller)
        if kind not in CHARGE_KINDS:
            raise not_found(kind)
        _flagged(kind, body)
        async with database.transaction() as tx:
            await _known(tx, body.article_number)
            return await kept(tx, "charge_article", kind, body, if_match, caller, response)

    @router.delete("/charge-articles/{kind}", status_code=204)
    async def delete_charge_article(kind: str, caller: Operator, if_match: IfMatch = None) -> None:
        unlimited(caller)
        async with database.transaction() as tx:
            await master_book.delete(service, tx, "charge_article", kind, if_match, caller.name)

    @router.get("/lists")
    async def lists(_caller: Reader) -> list[Stored[ListData]]:
        """Payment methods, shipping methods, terms of delivery and languages, as far as they were entered."""
        async with database.transaction() as tx:
            return [_stored(one, ListData) for one in await master_book.of_kind(tx, "list")]

    @router.put("/lists/{list_name}")
    async def put_list(
        list_name: str, body: ListData, caller: Operator, response: Response, if_match: IfMatch = None
    ) -> Stored[ListData]:
        """Writes a whole list: `payment-methods`, `shipping-methods`, `delivery-terms` or `languages`."""
        unlimited(caller)
        if list_name not in LISTS:
            raise not_found(list_name)
        async with database.transaction() as tx:
            return await kept(tx, "list", list_name, body, if_match, caller, response)

    @router.get("/delivery-thresholds")
    async def thresholds(_caller: Reader) -> list[Stored[ThresholdData]]:
        """One record per recipient country, by country."""
        async with database.transaction() as tx:
            return [_stored(one, ThresholdData) for one in await master_book.of_kind(tx, "threshold")]

    @router.put("/delivery-thresholds/{country}")
    async def put_threshold(
        country: str, body: ThresholdData, caller: Operator, response: Response, if_match: IfMatch = None
    ) -> Stored[ThresholdData]:
        """How sales to buyers without VAT id in this country of the EU are taxed, from a day on."""
        unlimited(caller)
        if country not in EU:
            raise Problem(422, "country_not_in_eu", field="country", country=country[:40])
        if body.vat_id and not is_well_formed(tidy(body.vat_id, country)):
            raise Problem(422, "own_vat_id_malformed", field="vat_id", vat_id=body.vat_id, country=country)
        async with database.transaction() as tx:
            return await kept(tx, "threshold", country, body, if_match, caller, response)

    @router.delete("/delivery-thresholds/{country}", status_code=204)
    async def delete_threshold(country: str, caller: Operator, if_match: IfMatch = None) -> None:
        unlimited(caller)
        async with database.transaction() as tx:
            await master_book.delete(service, tx, "threshold", country, if_match, caller.name)

    @router.get("/checklist")
    async def check(connection: UUID, caller: Reader, language: Speaks) -> list[ChecklistItem]:
        """What a connection's orders need in master data: what is done, what is missing, and where to enter it."""
        if not caller.allows(connection):
            raise not_found(connection)
        async with database.transaction() as tx:
            if await tx.value("SELECT 1 FROM connections WHERE id = :id AND NOT deleted", id=connection) is None:
                raise not_found(connection)
            found = checklist.items(await checklist.read(tx, connection))
        return [
            ChecklistItem(
                number=one.number,
                name=one.name,
                state=one.state,
                sentence=sentence(one.code, one.params, language),
                where=one.where,
            )
            for one in found
        ]

    return router


def _stored(record: Record, data: type[D]) -> Stored[D]:
    known: Any = {name: getattr(record, name) for name in ("name", "etag", "updated_at", "updated_by")}
    return Stored[D](content=data.model_validate(record.content), **known)


def _flagged(kind: str, article: ChargeArticleData) -> None:
    wanted = {"shipping": "is_shipping", "discount": "is_discount"}.get(kind)
    if wanted is not None and not getattr(article, wanted):
        raise Problem(422, f"{kind}_flag_missing", field=wanted, article=article.article_number)
    if kind == "surcharge" and article.is_stock_article:
        raise Problem(422, "surcharge_is_stock_article", field="is_stock_article", article=article.article_number)


async def _known(tx: Transaction, number: str) -> None:
    if (await article_replica.carriers(tx, [number])).get(number, 0) != 1:
        raise Problem(422, "master_article_unknown", field="article_number", article=number)


async def _projects_of(tx: Transaction, scope: list[UUID]) -> list[str]:
    rows = await tx.rows(
        "SELECT DISTINCT project FROM connections WHERE id = ANY(:scope) AND project <> ''", scope=scope
    )
    return [row["project"] for row in rows]
