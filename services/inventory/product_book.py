"""Articles on their way to a channel that judges products: checked, sent, and what became of each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.inventory import attribute_book, mapped_article, mapping_book, taxonomy_book
from services.inventory.article_book import article_id
from services.inventory.product_mapping import Article, Mapped, Open, Problem, map_product
from services.inventory.shop_texts import from_kept
from shared.chassis.outbox import emit
from shared.chassis.service import Service
from shared.contracts.envelope import Event
from shared.contracts.fulfilment import PushReported
from shared.contracts.journal import JournalEntry, SearchKey
from shared.contracts.mapped_product import MappedProductPush
from shared.persistence.database import Transaction

Format = Literal["operator", "own"]
State = Literal["incomplete", "sent", "waiting", "accepted", "refused", "blocked"]
STATES: Mapping[str, State] = {
    "done": "accepted", "unchanged": "accepted", "failed": "refused", "waiting": "waiting", "retrying": "sent",
    "blocked": "blocked",
}  # fmt: skip


async def send(
    service: Service, tx: Transaction, connection: UUID, numbers: Sequence[str], format: Format, actor: str
) -> dict[str, list[Problem]]:
    """Sends the articles that can be sent; answers each with what stands in its way. Unmapped words are learned.
    Two senders of one connection take turns, or one article's versions would cross."""
    platform = await taxonomy_book.platform_of(tx, connection)
    await tx.execute("SELECT FROM taxonomies WHERE connection = :id FOR UPDATE", id=connection)
    articles = await _articles(tx, connection, numbers)
    targets = await mapping_book.targets(tx, connection)
    mapped = await _mapped(tx, connection, articles, targets, format)
    problems = {
        number: mapped[number].problems if number in mapped else [Problem("product_article_unknown", {})]
        for number in dict.fromkeys(numbers)
    }
    now = service.clock()
    await mapping_book.learn(tx, connection, [row for one in mapped.values() for row in one.open], now)
    versions = await _save(tx, connection, {number: problems[number] for number in mapped}, format, now)
    known = await mapped_article.variants(
        tx, connection, [number for number, one in mapped.items() if not one.problems]
    )
    events: list[Event[Any]] = []
    entries: list[JournalEntry] = []
    for number, one in mapped.items():
        if one.problems:
            entries.append(_incomplete(service, connection, platform, number, one, actor))
            continue
        command = MappedProductPush(
            article_id=article_id(number),
            version=versions[number],
            article_number=number,
            format=format,
            values=one.values,
            category=one.category,
            article=known[number],
            asked_by=actor,
        )
        events.append(
            service.event(
                command, subject=str(command.article_id),
                # The same article goes to several connections at versions of their own.
                version=f"{connection}:{command.version}", connection=connection, platform=platform,
            )
        )  # fmt: skip
    await emit(tx, events)
    await service.journal.write(tx, entries)
    return problems


async def categories(tx: Transaction, connection: UUID, numbers: Sequence[str]) -> set[str]:
    """The channel's categories that these articles are mapped to."""
    await taxonomy_book.platform_of(tx, connection)
    articles, targets = await _articles(tx, connection, numbers), await mapping_book.targets(tx, connection)
    return {target for one in articles.values() if (target := targets.get(("category", "", one.category)))}


async def _mapped(
    tx: Transaction,
    connection: UUID,
    articles: Mapping[str, Article],
    targets: Mapping[Open, str | None],
    format: Format,
) -> dict[str, Mapped]:
    if format == "own":
        return {number: _own(article) for number, article in articles.items()}
    theirs = {number: targets.get(("category", "", one.category)) or "" for number, one in articles.items()}
    asked = await taxonomy_book.asked(tx, connection, sorted(set(theirs.values())))
    return {
        number: map_product(article, theirs[number], asked[theirs[number]], targets)
        for number, article in articles.items()
    }


def _own(article: Article) -> Mapped:
    """The channel maps our columns itself; without a category of ours it has nothing to begin with."""
    found = Mapped(values=article.columns())
    if not article.category:
        found.bad("product_without_category")
    return found


async def _articles(tx: Transaction, connection: UUID | None, numbers: Sequence[str] | None) -> dict[str, Article]:
    """Articles with the texts that this connection's shop is to show; as they are for every shop without one."""
    rows = await tx.rows(
        """SELECT a.number, coalesce(a.ean, '') AS ean, a.title, a.description,
                  coalesce(a.parent_number, '') AS parent, c.content, x.texts AS own_texts
           FROM articles a LEFT JOIN article_contents c ON c.article_number = a.number
           LEFT JOIN article_texts x ON x.connection = CAST(:connection AS uuid) AND x.article_number = a.number
           WHERE a.deleted_at IS NULL
             AND (CAST(:numbers AS text[]) IS NULL OR a.number = ANY(:numbers)) ORDER BY a.number""",
        connection=connection,
        numbers=None if numbers is None else list(numbers),
    )
    attributes = await attribute_book.of_articles(tx, numbers)
    return {row["number"]: _article(row, attributes.get(row["number"], {})) for row in rows}


def _article(row: Mapping[str, Any], attributes: Mapping[tuple[str, str], str]) -> Article:
    """What is only in its contents can be named as `@manufacturer` and so on."""
    own = {name: row[name] for name in ("number", "ean", "title", "description", "parent")}
    content, texts = row["content"] or {}, from_kept(row["own_texts"])
    own |= {name: value for name in ("title", "description") if (value := getattr(texts, name))}
    content = content | texts.model_dump(exclude={"title", "texts"}, exclude_defaults=True)
    facts = {name: value for name, value in content.items() if isinstance(value, str)}
    images = {f"image_{place}": url for place, url in enumerate(content.get("media", ()), 1)}
    if images:
        facts |= {"image": images.pop("image_1")} | images
    options = {(str(name), ""): str(value) for name, value in content.get("options", {}).items()}
    return Article(**own, attributes={**options, **attributes}, facts=facts)


async def _save(
    tx: Transaction, connection: UUID, problems: Mapping[str, Sequence[Problem]], format: Format, now: Any
) -> dict[str, int]:
    """What was sent gets a new version; what cannot be sent keeps its own."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """INSERT INTO mapped_products AS m (connection, article_number, version, state, problems, format, changed_at)
           SELECT $1, n.number, n.step, n.state, n.problems, $7, $5
           FROM unnest($2::text[], $3::text[], $4::jsonb[], $6::int[]) AS n(number, state, problems, step)
           ON CONFLICT (connection, article_number) DO UPDATE
           SET version = m.version + EXCLUDED.version, state = EXCLUDED.state, problems = EXCLUDED.problems, code = '',
               params = '{}', ticket = '', format = EXCLUDED.format, changed_at = EXCLUDED.changed_at
           RETURNING m.article_number, m.version""",
        connection,
        list(problems),
        ["incomplete" if found else "sent" for found in problems.values()],
        [json.dumps([asdict(one) for one in found]) for found in problems.values()],
        now,
        [0 if found else 1 for found in problems.values()],
        format,
    )
    return {row["article_number"]: row["version"] for row in rows}


def _incomplete(
    service: Service, connection: UUID, platform: str, number: str, one: Mapped, actor: str
) -> JournalEntry:
    return service.journal.entry(
        noun="article",
        subject=str(article_id(number)),
        action="rejected",
        outcome="warning",
        code="mapped_product_incomplete",
        params={"article": number, "count": str(len(one.problems)), "first": one.problems[0].code},
        keys=[SearchKey(kind="sku", value=number)],
        connection=connection,
        platform=platform,
        actor=actor,
    )


async def judge_again(tx: Transaction, connection: UUID, now: datetime) -> list[str]:
    """Judges every article that was sent in the channel's words, or could not be, by what it asks now. Nothing is sent
    and no state changes: what is accepted stays so until it is sent again. Answers those that lack something new."""
    rows = await tx.rows(
        """SELECT article_number, problems FROM mapped_products
           WHERE connection = :id AND format = 'operator' ORDER BY article_number FOR UPDATE""",
        id=connection,
    )
    articles = await _articles(tx, connection, [row["article_number"] for row in rows])
    mapped = await _mapped(tx, connection, articles, await mapping_book.targets(tx, connection), "operator")
    await mapping_book.learn(tx, connection, [row for one in mapped.values() for row in one.open], now)
    before = {row["article_number"]: row["problems"] for row in rows}
    after = {number: [asdict(problem) for problem in one.problems] for number, one in mapped.items()}
    changed = {number: found for number, found in after.items() if found != before[number]}
    driver = await tx.driver()
    await driver.execute(
        """UPDATE mapped_products m SET problems = n.problems
           FROM unnest($2::text[], $3::jsonb[]) AS n(number, problems)
           WHERE m.connection = $1 AND m.article_number = n.number""",
        connection,
        list(changed),
        [json.dumps(found) for found in changed.values()],
    )
    return [number for number, found in changed.items() if any(one not in before[number] for one in found)]


async def reported(service: Service, tx: Transaction, events: Sequence[Event[PushReported]]) -> None:
    """Applies reports about products; one about an older version than the last is of no interest any more."""
    driver = await tx.driver()
    ours = [event for event in events if event.data.noun == "mapped_product" and event.connection is not None]
    for event in sorted(ours, key=lambda one: (one.data.subject, one.data.version, one.data.reported_at)):
        report = event.data
        if report.outcome not in STATES:
            continue
        await driver.execute(
            """UPDATE mapped_products m SET state = $4, code = $5, params = $6::text::jsonb, changed_at = $7,
                      ticket = CASE WHEN $4 = 'waiting' THEN $8 ELSE m.ticket END
               FROM articles a
               WHERE a.id = $1 AND m.article_number = a.number AND m.connection = $2 AND m.version = $3
                 AND m.changed_at <= $7""",
            UUID(report.subject),
            event.connection,
            report.version,
            STATES[report.outcome],
            report.code,
            json.dumps(report.params),
            report.reported_at,
            report.external_id,
        )


async def page(
    tx: Transaction, connection: UUID, *, state: State | None, after: str | None, limit: int
) -> list[dict[str, Any]]:
    """Products of a connection by article number."""
    return await tx.rows(
        """SELECT article_number, version, state, code, params, problems, ticket, changed_at FROM mapped_products
           WHERE connection = :id AND (CAST(:state AS text) IS NULL OR state = :state)
             AND (CAST(:after AS text) IS NULL OR article_number > :after)
           ORDER BY article_number LIMIT :limit""",
        id=connection, state=state, after=after, limit=limit,
    )  # fmt: skip


async def samples(tx: Transaction, limit: int | None) -> list[dict[str, str]]:
    """Articles in our own columns, for somebody who maps them: first those that bring a category, an attribute of a
    category or a value not seen before, then others, up to the limit."""
    articles = [one for one in (await _articles(tx, None, None)).values() if one.category]
    seen: set[tuple[str, ...]] = set()
    first: list[Article] = []
    rest: list[Article] = []
    for one in articles:
        brings = {(one.category, name) for name, _ in one.attributes} | {
            (name, value) for (name, _), value in one.attributes.items()
        }
        (rest if brings <= seen else first).append(one)
        seen |= brings
    return [one.columns() for one in [*first, *rest][:limit]]
