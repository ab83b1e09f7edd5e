"""What the journal is told of an upload: one entry for the whole, one for every row that was refused."""

from collections.abc import Collection, Mapping
from typing import Literal
from uuid import UUID

from services.inventory.rows import Refusal
from shared.chassis.journal import Journal
from shared.contracts.journal import JournalEntry, SearchKey


def upload_entries(
    journal: Journal,
    what: Literal["level", "price"],
    id: UUID,
    outcomes: Collection[Literal["accepted", "unchanged"]],
    refused: Mapping[int, Refusal],
    articles: Mapping[int, str],
    actor: str,
) -> list[JournalEntry]:
    """`articles` are the article numbers of the rows that could be read, by position."""
    noun = {"level": "stock_upload", "price": "price_upload"}[what]
    unchanged = sum(outcome == "unchanged" for outcome in outcomes)
    whole = journal.entry(
        noun=noun,
        subject=str(id),
        action="received",
        outcome="warning" if refused else "ok",
        code=f"{what}_upload_booked",
        params={
            "accepted": str(len(outcomes) - unchanged),
            "unchanged": str(unchanged),
            "refused": str(len(refused)),
            "actor": actor,
        },
        actor=actor,
        correlation=str(id),
    )
    rows = [
        journal.entry(
            noun=noun,
            subject=str(id),
            action="rejected",
            outcome="warning",
            code=refusal.code,
            params=refusal.params,
            keys=[SearchKey(kind="sku", value=articles[position])] if position in articles else [],
            actor=actor,
            correlation=str(id),
        )
        for position, refusal in sorted(refused.items())
    ]
    return [whole, *rows]
