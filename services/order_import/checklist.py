"""The master-data checklist of a connection: what must be there before its orders can go to the ERP, what may be, and
where it is entered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from services.order_import import article_replica, master_book
from services.order_import.master_data import ChargeArticleData, ListData, ProjectData
from shared.persistence.database import Transaction

State = Literal["done", "missing", "optional"]
AT = "/orders/master-data"


@dataclass(frozen=True, slots=True)
class Item:
    """One item by its number in the checklist. `code` and `params` make the sentence; `where` is the route that mends
    it. "optional": not there, and not needed unless the sentence applies."""

    number: int
    name: str
    state: State
    code: str
    where: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stock:
    """Everything that is looked at: of the connection its project, of the rest what is there."""

    project: str
    projects: Mapping[str, ProjectData]
    articles: Mapping[str, ChargeArticleData]
    known_numbers: Mapping[str, int]
    lists: Mapping[str, Sequence[str]]
    countries: Sequence[str]


async def read(tx: Transaction, connection: UUID) -> Stock:
    """The present state for one connection."""
    project = await tx.value("SELECT project FROM connections WHERE id = :id", id=connection)
    projects = await master_book.of_kind(tx, "project", names=[project or ""])
    articles = {
        one.name: ChargeArticleData.model_validate(one.content)
        for one in await master_book.of_kind(tx, "charge_article")
    }
    lists = await master_book.of_kind(tx, "list")
    thresholds = await master_book.of_kind(tx, "threshold")
    return Stock(
        project=project or "",
        projects={one.name: ProjectData.model_validate(one.content) for one in projects},
        articles=articles,
        known_numbers=await article_replica.carriers(tx, [one.article_number for one in articles.values()]),
        lists={one.name: ListData.model_validate(one.content).names for one in lists},
        countries=[one.name for one in thresholds],
    )


def items(stock: Stock) -> list[Item]:
    """The items in their order. What is kept outside of master data (rights, external numbers) is not among them."""
    return [
        _project(stock),
        _article(stock, 3, "shipping", needed=True),
        _article(stock, 4, "discount", needed=True),
        _list(stock, 5, "payment-methods", needed=True),
        _list(stock, 6, "shipping-methods", needed=True),
        _list(stock, 7, "delivery-terms", needed=False),
        _customer(stock, 8, "default_customer"),
        _customer(stock, 9, "pos_customer"),
        _list(stock, 10, "languages", needed=False),
        _translations(stock),
        Item(12, "split_shipping", "done", "checklist_split_shipping", ""),
        _thresholds(stock),
        _article(stock, 15, "surcharge", needed=False),
    ]


def _project(stock: Stock) -> Item:
    words = {"project": stock.project}
    if not stock.project:
        return Item(2, "project", "missing", "checklist_project_none", "/connections")
    if stock.project not in stock.projects:
        return Item(2, "project", "missing", "checklist_project_unknown", f"{AT}/projects", words)
    return Item(2, "project", "done", "checklist_project", f"{AT}/projects", words)


def _article(stock: Stock, number: int, kind: str, *, needed: bool) -> Item:
    name, where = f"{kind}_article", f"{AT}/charge-articles/{kind}"
    article = stock.articles.get(kind)
    if article is None:
        state: State = "missing" if needed else "optional"
        return Item(number, name, state, f"checklist_no_{kind}_article", where)
    words = {"article": article.article_number}
    if stock.known_numbers.get(article.article_number, 0) != 1:
        return Item(number, name, "missing", "checklist_article_gone", where, words)
    return Item(number, name, "done", "checklist_article", where, words)


def _list(stock: Stock, number: int, name: str, *, needed: bool) -> Item:
    found, where = stock.lists.get(name, ()), f"{AT}/lists/{name}"
    item = name.replace("-", "_")
    if found:
        return Item(number, item, "done", "checklist_list", where, {"count": str(len(found))})
    return Item(number, item, "missing" if needed else "optional", f"checklist_no_{item}", where)


def _customer(stock: Stock, number: int, name: Literal["default_customer", "pos_customer"]) -> Item:
    project = stock.projects.get(stock.project)
    given = getattr(project, name) if project is not None else ""
    if given:
        return Item(number, name, "done", "checklist_customer", f"{AT}/projects", {"customer": given})
    return Item(number, name, "optional", f"checklist_no_{name}", f"{AT}/projects")


def _translations(stock: Stock) -> Item:
    languages, where = stock.lists.get("languages", ()), f"{AT}/charge-articles"
    lacking = sorted(_untranslated(stock, languages))
    if len(languages) < 2:
        return Item(11, "translations", "optional", "checklist_one_language", where)
    if lacking:
        words = {"lacking": ", ".join(lacking)}
        return Item(11, "translations", "missing", "checklist_translations_missing", where, words)
    return Item(11, "translations", "done", "checklist_translations", where, {"languages": ", ".join(languages)})


def _untranslated(stock: Stock, languages: Sequence[str]) -> Iterator[str]:
    for kind in ("shipping", "discount"):
        article = stock.articles.get(kind)
        for language in languages:
            if article is None or not article.names.get(language):
                yield f"{kind}: {language}"


def _thresholds(stock: Stock) -> Item:
    where = f"{AT}/delivery-thresholds"
    if stock.countries:
        words = {"countries": ", ".join(stock.countries)}
        return Item(13, "delivery_thresholds", "done", "checklist_thresholds", where, words)
    return Item(13, "delivery_thresholds", "optional", "checklist_no_thresholds", where)
