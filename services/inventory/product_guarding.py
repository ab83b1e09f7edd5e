"""The guard over products: too many leaving a shop at once wait for a person.

It counts within the last hour, under the connection's lock, so several batches together let no more through than one.
What is held does not use up the limit, and a person who sends by hand is not held.
"""

import json
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from services.inventory import product_marks, told_product_facts
from services.inventory.told_product_facts import Draft
from shared.chassis.problems import Problem
from shared.chassis.service import Service
from shared.contracts.journal import JournalEntry
from shared.persistence.database import Transaction

Decision = Literal["confirmed", "discarded"]
SHARE, MINIMUM, WINDOW, EXAMPLES = 20, 5, timedelta(hours=1), 20
HELD = {"held": "product_withdrawal_held", "discarded": "product_withdrawal_discarded"}
COLUMNS = """h.id, h.connection, h.platform, h.state, h.since, h.known, h.leaving, h.examples, h.decided_at,
    h.decided_by, (SELECT count(*) FROM products p WHERE p.hold = h.id AND p.held = 'held') AS waiting"""


def exceeds(leaving: int, known: int) -> bool:
    """Whether this many of a connection's products may not leave its shop without a person's word."""
    return leaving >= MINIMUM and leaving * 100 > SHARE * known


async def held_back(
    service: Service, tx: Transaction, connection: UUID, platform: str, due: Sequence[Draft], news: Sequence[Draft]
) -> set[str]:
    """The products that must not be told now, by number; they say why."""
    kept = {one.number: one.row.held for one in due if one.row is not None and one.row.held}
    leaving = {one.number: one for one in news if one.leaves}
    over = [number for number, held in kept.items() if number not in leaving or held == "confirmed"]
    await release(service, tx, connection, over)
    waiting = {number for number, held in kept.items() if number in leaving and held in HELD}
    fresh = {number: one for number, one in leaving.items() if number not in kept}
    if fresh:
        recent, known = await _counts(tx, connection, fresh, service)
        if exceeds(recent + len(fresh), known):
            await _hold(service, tx, connection, platform, list(fresh), known)
            waiting |= set(fresh)
    for state, code in HELD.items():
        await tx.execute(
            """UPDATE products SET blocked_by = :code WHERE connection = :id AND number = ANY(:numbers)
                 AND held = :state AND blocked_by <> :code""",
            id=connection, numbers=sorted(waiting), state=state, code=code,
        )  # fmt: skip
    return waiting


async def _counts(tx: Transaction, connection: UUID, fresh: Collection[str], service: Service) -> tuple[int, int]:
    row = await tx.row(
        """SELECT (SELECT count(*) FROM products WHERE connection = :id AND off_sale_at > :since
                     AND number <> ALL(:fresh)) AS recent,
                  greatest((SELECT count(*) FROM products WHERE connection = :id AND version > 0),
                           (SELECT count(DISTINCT coalesce(parent_external_id, external_id)) FROM listings
                            WHERE connection = :id AND state <> 'deleted')) AS known""",
        id=connection,
        since=service.clock() - WINDOW,
        fresh=sorted(fresh),
    )
    assert row is not None
    return row["recent"], row["known"]


async def _hold(
    service: Service, tx: Transaction, connection: UUID, platform: str, numbers: Sequence[str], known: int
) -> None:
    id: UUID = await tx.value(
        """INSERT INTO product_holds AS h (id, connection, platform, since, known, leaving, examples)
           VALUES (:id, :connection, :platform, :now, :known, :leaving, CAST(:examples AS jsonb))
           ON CONFLICT (connection) WHERE state = 'open' DO UPDATE
           SET leaving = h.leaving + EXCLUDED.leaving, known = EXCLUDED.known RETURNING id""",
        id=uuid4(), connection=connection, platform=platform, now=service.clock(), known=known, leaving=len(numbers),
        examples=json.dumps(list(numbers[:EXAMPLES])),
    )  # fmt: skip
    driver = await tx.driver()
    await driver.execute(
        """INSERT INTO products (connection, number, product_id, hold, held, changed_at)
           SELECT $1, a.number, a.id, $3, 'held', $4 FROM unnest($2::text[]) AS n(number)
           JOIN articles a ON a.number = n.number
           ON CONFLICT (connection, number) DO UPDATE SET hold = EXCLUDED.hold, held = 'held',
               changed_at = EXCLUDED.changed_at""",
        connection,
        sorted(numbers),
        id,
        service.clock(),
    )
    row = await one(tx, id)
    assert row is not None
    await service.journal.write(tx, [_entry(service, row, "product_hold_raised", "failed")])


async def release(service: Service, tx: Transaction, connection: UUID, numbers: Collection[str]) -> None:
    """These products are held no more; a hold with nothing left to decide is over."""
    if not numbers:
        return
    rows = await tx.rows(
        """WITH old AS (SELECT number, hold FROM products
                        WHERE connection = :id AND number = ANY(:numbers) AND hold IS NOT NULL FOR UPDATE)
           UPDATE products p SET hold = NULL, held = '' FROM old
           WHERE p.connection = :id AND p.number = old.number RETURNING old.hold""",
        id=connection,
        numbers=sorted(numbers),
    )
    for id in sorted({row["hold"] for row in rows}):
        row = await one(tx, id)
        if row is not None and row["state"] == "open" and not row["waiting"]:
            await _settle(service, tx, row, "over", "")


async def decide_hold(service: Service, tx: Transaction, hold: dict[str, Any], decision: Decision, actor: str) -> None:
    """Ends an open hold. The same decision again changes nothing; another one than was made is a 409 problem.

    Confirmed: what was held is sent. Discarded: the shop keeps it until it changes again.
    """
    await told_product_facts.lock(tx, hold["connection"])
    current = await one(tx, hold["id"]) or hold
    if current["state"] == decision:
        return
    if current["state"] != "open":
        raise Problem(409, "product_hold_decided", state=current["state"], actor=current["decided_by"] or "–")
    rows = await tx.rows(
        "UPDATE products SET held = :state WHERE hold = :id AND held = 'held' RETURNING number",
        id=hold["id"],
        state=decision,
    )
    await product_marks.mark(tx, [row["number"] for row in rows], connection=hold["connection"])
    await _settle(service, tx, current, decision, actor)


async def look_after(service: Service) -> None:
    """Ends the holds of connections that are gone."""
    async with service.database.transaction() as tx:
        rows = await tx.rows(
            f"""SELECT {COLUMNS} FROM product_holds h JOIN connections c ON c.id = h.connection
                WHERE h.state = 'open' AND c.deleted ORDER BY h.id FOR UPDATE OF h SKIP LOCKED"""
        )
        for row in rows:
            await _settle(service, tx, row, "over", "")


async def one(tx: Transaction, id: UUID) -> dict[str, Any] | None:
    return await tx.row(f"SELECT {COLUMNS} FROM product_holds h WHERE h.id = :id", id=id)


async def newest(
    tx: Transaction, *, scope: list[UUID] | None, connection: UUID | None, state: str | None, limit: int
) -> list[dict[str, Any]]:
    """Holds, the newest first."""
    return await tx.rows(
        f"""SELECT {COLUMNS} FROM product_holds h
            WHERE (CAST(:scope AS uuid[]) IS NULL OR h.connection = ANY(:scope))
              AND (CAST(:connection AS uuid) IS NULL OR h.connection = :connection)
              AND (CAST(:state AS text) IS NULL OR h.state = :state)
            ORDER BY h.since DESC, h.id DESC LIMIT :limit""",
        scope=scope,
        connection=connection,
        state=state,
        limit=limit,
    )


def hold_words(row: dict[str, Any]) -> dict[str, str]:
    """What the sentences about a hold need."""
    named = ", ".join(row["examples"][:5]) or "–"
    return {"leaving": str(row["leaving"]), "known": str(row["known"]), "examples": named, "hold": str(row["id"])}


async def _settle(service: Service, tx: Transaction, row: dict[str, Any], state: str, actor: str) -> None:
    await tx.execute(
        "UPDATE product_holds SET state = :state, decided_at = :now, decided_by = :actor WHERE id = :id",
        state=state,
        now=service.clock(),
        actor=actor,
        id=row["id"],
    )
    await service.journal.write(tx, [_entry(service, row, f"product_hold_{state}", "updated", actor)])


def _entry(
    service: Service, row: dict[str, Any], code: str, action: Literal["failed", "updated"], actor: str = ""
) -> JournalEntry:
    """A hold is an open problem until somebody decides."""
    return service.journal.entry(
        noun="hold",
        subject=str(row["id"]),
        action=action,
        outcome="error" if action == "failed" else "ok",
        code=code,
        connection=row["connection"],
        platform=row["platform"],
        params=hold_words(row) | {"actor": actor or "–"},
        actor=actor,
        correlation=str(row["id"]),
    )
