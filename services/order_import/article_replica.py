"""Our own copy of the article numbers the merchant knows, fed by `article.changed`."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.order_import.order_rules import Articles
from shared.chassis.service import Service
from shared.contracts.article import ArticleChanged
from shared.contracts.envelope import Event
from shared.persistence.database import Transaction

SNAPSHOT = "/inventory/articles/snapshot"
PAGE = 500
_COLUMNS = ("id", "version", "number", "ean", "title", "description", "deleted")


async def carriers(tx: Transaction, numbers: Iterable[str]) -> Articles:
    """How many living articles carry each of these numbers."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT number, count(*) AS n FROM known_articles WHERE NOT deleted AND number = ANY($1::text[])
           GROUP BY number""",
        sorted(set(numbers)),
    )
    return {row["number"]: row["n"] for row in rows}


async def put(tx: Transaction, articles: Iterable[ArticleChanged]) -> None:
    """Keeps the newer of two states of each article; a deleted one stays as a tombstone."""
    newest: dict[Any, ArticleChanged] = {}
    for article in articles:
        if article.id not in newest or newest[article.id].version < article.version:
            newest[article.id] = article
    if not newest:
        return
    driver = await tx.driver()
    ordered = [newest[id] for id in sorted(newest)]
    await driver.execute(
        """INSERT INTO known_articles (id, version, number, ean, title, description, deleted)
           SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[])
           ON CONFLICT (id) DO UPDATE SET version = excluded.version, number = excluded.number, ean = excluded.ean,
               title = excluded.title, description = excluded.description, deleted = excluded.deleted,
               changed_at = now()
           WHERE known_articles.version < excluded.version""",
        *([getattr(article, name) for article in ordered] for name in _COLUMNS),
    )


async def apply(tx: Transaction, events: Sequence[Event[ArticleChanged]]) -> None:
    """Takes the articles in. Orders that waited for one are judged again by the sweep, which also sees those that
    another worker is parking in this very moment."""
    await put(tx, (event.data for event in events))


async def rebuild(service: Service) -> int:
    """Pages the owner's snapshot; answers how many articles there are."""
    count = 0
    after: str | None = None
    while True:
        page = await service.peers.get(service.settings.inventory_url, SNAPSHOT, limit=PAGE, after=after)
        articles = [ArticleChanged.model_validate(item) for item in page["items"]]
        async with service.database.transaction() as tx:
            await put(tx, articles)
        count += len(articles)
        after = page["next"]
        if after is None:
            return count
