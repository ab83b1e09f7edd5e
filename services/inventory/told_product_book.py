"""What each connection was told of products: the last body, the one before, what became of it, and what waits."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from services.inventory.article_book import article_id
from services.inventory.product_checks import Problem
from services.inventory.product_outcomes import STATE
from services.inventory.told_product_facts import Draft, State
from shared.chassis.service import Service
from shared.contracts.journal import JournalEntry, SearchKey
from shared.persistence.database import Transaction

NOT_SWITCHED_ON = "integration_mode_off"
_VIEW = f"""number, product_id, version, {STATE} AS state, code, params, problems, blocked_by, wanted, external_id,
    sent_at, changed_at"""


async def wait(tx: Transaction, connection: UUID, numbers: Collection[str], switch: str, now: datetime) -> None:
    """A switch blocks the connection: what would be compared is compared when it is on. Where products are not even
    switched on, only what was told before waits."""
    if switch == NOT_SWITCHED_ON:
        await stay_out(tx, connection, numbers, switch, now)
        return
    driver = await tx.driver()
    ordered = sorted(numbers)
    await driver.execute(
        """INSERT INTO products AS p (connection, number, product_id, blocked_by, changed_at)
           SELECT $1, n.number, n.id, $4, $5 FROM unnest($2::text[], $3::uuid[]) AS n(number, id)
           ON CONFLICT (connection, number) DO UPDATE SET blocked_by = EXCLUDED.blocked_by,
               changed_at = EXCLUDED.changed_at WHERE p.blocked_by <> EXCLUDED.blocked_by""",
        connection,
        ordered,
        [article_id(number) for number in ordered],
        switch,
        now,
    )


async def stay_out(tx: Transaction, connection: UUID, numbers: Collection[str], code: str, now: datetime) -> None:
    """These products are told nothing more for the time being, and say why; those never told are forgotten."""
    await _forget(tx, connection, numbers)
    await tx.execute(
        """UPDATE products SET blocked_by = :code, changed_at = :now
           WHERE connection = :id AND number = ANY(:numbers) AND blocked_by <> :code""",
        id=connection,
        numbers=sorted(numbers),
        code=code,
        now=now,
    )


async def rest(tx: Transaction, connection: UUID, numbers: Collection[str], now: datetime) -> None:
    """There is nothing to tell of these: they wait for nothing, and nothing stands in their way."""
    await _forget(tx, connection, numbers)
    await tx.execute(
        """UPDATE products SET blocked_by = '', problems = '[]', changed_at = :now
           WHERE connection = :id AND number = ANY(:numbers) AND (blocked_by <> '' OR problems <> '[]')""",
        id=connection,
        numbers=sorted(numbers),
        now=now,
    )


async def _forget(tx: Transaction, connection: UUID, numbers: Collection[str]) -> None:
    await tx.execute(
        "DELETE FROM products WHERE connection = :id AND number = ANY(:numbers) AND version = 0 AND NOT wanted",
        id=connection,
        numbers=sorted(numbers),
    )


async def want(tx: Transaction, connection: UUID, numbers: Collection[str], now: datetime) -> None:
    """Somebody wants these products in the shop: from now on they are kept as they are here."""
    driver = await tx.driver()
    ordered = sorted(numbers)
    await driver.execute(
        """INSERT INTO products (connection, number, product_id, wanted, changed_at)
           SELECT $1, n.number, n.id, true, $4 FROM unnest($2::text[], $3::uuid[]) AS n(number, id)
           ON CONFLICT (connection, number) DO UPDATE SET wanted = true""",
        connection,
        ordered,
        [article_id(number) for number in ordered],
        now,
    )


async def incomplete(
    service: Service,
    tx: Transaction,
    connection: UUID,
    platform: str,
    drafts: Sequence[Draft],
    problems: Mapping[str, Sequence[Problem]],
    actor: str,
) -> None:
    """Keeps what stands in the way of products. It is told when it is news, and to a person every time."""
    mine = sorted((one for one in drafts if one.number in problems), key=lambda one: one.number)
    found = {one.number: [asdict(problem) for problem in problems[one.number]] for one in mine}
    driver = await tx.driver()
    await driver.execute(
        """INSERT INTO products AS p (connection, number, product_id, problems, changed_at)
           SELECT $1, n.number, n.id, n.problems, $5
           FROM unnest($2::text[], $3::uuid[], $4::jsonb[]) AS n(number, id, problems)
           ON CONFLICT (connection, number) DO UPDATE SET problems = EXCLUDED.problems, blocked_by = '',
               changed_at = EXCLUDED.changed_at
           WHERE (p.problems, p.blocked_by) IS DISTINCT FROM (EXCLUDED.problems, '')""",
        connection,
        [one.number for one in mine],
        [one.built.command.product_id for one in mine],
        [json.dumps(found[one.number]) for one in mine],
        service.clock(),
    )
    news = [one for one in mine if actor or one.row is None or one.row.problems != found[one.number]]
    await service.journal.write(
        tx, [_incomplete(service, connection, platform, one, problems[one.number], actor) for one in news]
    )


async def sending(
    tx: Transaction, connection: UUID, drafts: Sequence[Draft], now: datetime, actor: str
) -> dict[str, int]:
    """These products are sent as they are now; answers the version of each."""
    driver = await tx.driver()
    ordered = sorted(drafts, key=lambda one: one.number)
    commands = [one.built.command.model_copy(update={"asked_by": actor}) for one in ordered]
    rows = await driver.fetch(
        """INSERT INTO products AS p (connection, number, product_id, version, external_id, digest, sent, sent_at,
                                      on_sale, off_sale_at, changed_at)
           SELECT $1, n.number, n.id, 1, n.external_id, n.digest, n.sent, $8::timestamptz, n.on_sale,
                  CASE WHEN NOT n.on_sale AND n.known THEN $8::timestamptz END, $8::timestamptz
           FROM unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::jsonb[], $7::boolean[], $9::boolean[])
                AS n(number, id, external_id, digest, sent, on_sale, known)
           ON CONFLICT (connection, number) DO UPDATE
           SET version = p.version + 1, state = 'sent', code = '', params = '{}', problems = '[]', blocked_by = '',
               external_id = EXCLUDED.external_id, digest = EXCLUDED.digest, before = p.sent, sent = EXCLUDED.sent,
               sent_at = EXCLUDED.sent_at, on_sale = EXCLUDED.on_sale, changed_at = EXCLUDED.changed_at,
               reported_at = '-infinity',
               off_sale_at = CASE WHEN EXCLUDED.on_sale THEN NULL
                                  WHEN p.on_sale OR p.version = 0 THEN EXCLUDED.off_sale_at ELSE p.off_sale_at END
           RETURNING p.number, p.version""",
        connection,
        [one.number for one in ordered],
        [command.product_id for command in commands],
        [command.external_id for command in commands],
        [one.built.digest for one in ordered],
        [command.model_dump_json() for command in commands],
        [command.active for command in commands],
        now,
        [one.built.action == "update" for one in ordered],
    )
    return {row["number"]: row["version"] for row in rows}


def _incomplete(
    service: Service, connection: UUID, platform: str, draft: Draft, problems: Sequence[Problem], actor: str
) -> JournalEntry:
    numbers = dict.fromkeys([draft.number, *(one.number for one in draft.built.command.variants)])
    return service.journal.entry(
        noun="article",
        subject=str(draft.built.command.product_id),
        action="rejected",
        outcome="warning",
        code="product_incomplete",
        params={"article": draft.number, "count": str(len(problems)), "first": problems[0].code},
        keys=[SearchKey(kind="sku", value=number) for number in numbers],
        connection=connection,
        platform=platform,
        actor=actor,
    )


async def page(
    tx: Transaction, connection: UUID, *, state: State | None, after: str | None, limit: int
) -> list[dict[str, Any]]:
    """Products of a connection by number."""
    return await tx.rows(
        f"""SELECT * FROM (SELECT {_VIEW} FROM products WHERE connection = :id) p
            WHERE (CAST(:state AS text) IS NULL OR state = :state)
              AND (CAST(:after AS text) IS NULL OR number > :after)
            ORDER BY number LIMIT :limit""",
        id=connection, state=state, after=after, limit=limit,
    )  # fmt: skip


async def one(tx: Transaction, connection: UUID, number: str) -> dict[str, Any] | None:
    """One product of a connection, with what was sent last and before."""
    return await tx.row(
        f"SELECT {_VIEW}, sent, before FROM products WHERE connection = :id AND number = :number",
        id=connection,
        number=number,
    )
