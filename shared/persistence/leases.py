"""Leases with a fencing token: one holder per account, and a stale holder's writes fail.

A holder counts as alive while its row in `holders` is fresh; the fair share of leases follows from how many are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.errors import Transient
from shared.persistence.database import Transaction


@dataclass(frozen=True)
class Lease:
    """`token` grows with every new holder; every write made under the lease checks it."""

    account: str
    holder: str
    token: int
    expires_at: datetime


async def announce(tx: Transaction, holder: str, group: str, *, seconds: float) -> int:
    """Says that this holder lives; answers how many holders of its group do, itself included."""
    others: int = await tx.value(
        """WITH me AS (INSERT INTO holders (holder, "group", alive_until)
                       VALUES (:holder, :group, now() + make_interval(secs => :s))
                       ON CONFLICT (holder) DO UPDATE SET alive_until = now() + make_interval(secs => :s)),
                gone AS (DELETE FROM holders WHERE alive_until < now() - interval '1 hour' AND holder <> :holder)
           SELECT count(*) FROM holders WHERE "group" = :group AND alive_until > now() AND holder <> :holder""",
        holder=holder,
        group=group,
        s=seconds,
    )
    return others + 1


async def leave(tx: Transaction, holder: str) -> None:
    """An orderly end: the others may take over at once."""
    await tx.execute("DELETE FROM holders WHERE holder = :holder", holder=holder)
    await tx.execute("UPDATE leases SET expires_at = now() WHERE holder = :holder", holder=holder)


async def acquire(tx: Transaction, accounts: Sequence[str], holder: str, *, limit: int, seconds: float) -> list[Lease]:
    """Takes up to `limit` of the accounts that nobody holds. Each take increments the account's token."""
    if limit <= 0 or not accounts:
        return []
    await tx.execute(
        "INSERT INTO leases (account) SELECT unnest(CAST(:accounts AS text[])) ON CONFLICT DO NOTHING",
        accounts=sorted(accounts),
    )
    return [
        Lease(**row)
        for row in await tx.rows(
            """UPDATE leases SET holder = :holder, token = token + 1, expires_at = now() + make_interval(secs => :s)
               WHERE account IN (SELECT account FROM leases
                                 WHERE account = ANY(:accounts) AND expires_at <= now()
                                 ORDER BY expires_at LIMIT :limit FOR UPDATE SKIP LOCKED)
               RETURNING account, holder, token, expires_at""",
            holder=holder,
            accounts=list(accounts),
            limit=limit,
            s=seconds,
        )
    ]


async def renew(tx: Transaction, held: Sequence[Lease], *, seconds: float) -> dict[str, Lease]:
    """The same leases for longer, by account, in one statement: whoever holds many must not run out of time over it.

    One that somebody else has, or that has ended, is left out.
    """
    if not held:
        return {}
    rows = await tx.rows(
        # In the order in which `fence` locks them, or the two would wait for each other.
        """UPDATE leases l SET expires_at = now() + make_interval(secs => :s)
           FROM (SELECT h.account FROM leases h
                 JOIN unnest(CAST(:accounts AS text[]), CAST(:tokens AS bigint[])) AS mine(account, token)
                 USING (account, token) WHERE h.expires_at > now() ORDER BY h.account FOR UPDATE OF h) AS ours
           WHERE l.account = ours.account
           RETURNING l.account, l.holder, l.token, l.expires_at""",
        accounts=[lease.account for lease in held],
        tokens=[lease.token for lease in held],
        s=seconds,
    )
    return {row["account"]: Lease(**row) for row in rows}


async def release(tx: Transaction, lease: Lease) -> None:
    await tx.execute(
        "UPDATE leases SET expires_at = now() WHERE account = :account AND token = :token",
        account=lease.account,
        token=lease.token,
    )


async def fence(tx: Transaction, *held: Lease) -> None:
    """Locks the leases in this transaction. Raises Transient when one is not ours any more: nothing may be written."""
    driver = await tx.driver()
    tokens = {lease.account: lease.token for lease in held}
    ours = await driver.fetch(
        """SELECT l.account FROM leases l JOIN unnest($1::text[], $2::bigint[]) AS mine(account, token)
           USING (account, token) WHERE l.expires_at > now() ORDER BY l.account FOR SHARE OF l""",
        list(tokens),
        list(tokens.values()),
    )
    if lost := sorted(tokens.keys() - {row["account"] for row in ours}):
        raise Transient(f"The lease on {', '.join(lost)} has passed to another worker", code="lease_lost")
