"""Consent under way: who was sent to which platform's login, for what, and whether he came back."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from shared.persistence.database import Transaction


@dataclass(frozen=True)
class Underway:
    """One login. `subject` is a draft or a connection; `sealed` holds the verifier and what was entered so far."""

    state_hash: bytes
    subject: UUID
    platform: str
    sealed: str
    actor: str
    expires_at: datetime
    used_at: datetime | None = None


def hashed(state: str) -> bytes:
    """What is stored of a state."""
    return sha256(state.encode()).digest()


async def add(tx: Transaction, one: Underway) -> None:
    await tx.execute(
        """INSERT INTO authorisations (state_hash, subject, platform, sealed, actor, expires_at, used_at)
           VALUES (:state_hash, :subject, :platform, :sealed, :actor, :expires_at, :used_at)""",
        **vars(one),
    )


async def use(tx: Transaction, state: str, now: datetime) -> Underway | None:
    """The login of a state as it was before, which is used up from now on; None for a state we never gave out."""
    row = await tx.row("SELECT * FROM authorisations WHERE state_hash = :hash FOR UPDATE", hash=hashed(state))
    if row is None:
        return None
    await tx.execute(
        "UPDATE authorisations SET used_at = coalesce(used_at, :now), sealed = '' WHERE state_hash = :hash",
        hash=hashed(state),
        now=now,
    )
    return Underway(**row)


async def tidy(tx: Transaction, before: datetime) -> int:
    """Forgets logins that ended before then."""
    return await tx.execute("DELETE FROM authorisations WHERE expires_at < :before", before=before)
