"""Entries as services write them, for the journal's pure tests."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from shared.contracts.journal import Action, JournalEntry, Outcome, SearchKey
from shared.contracts.reason import Reason

SHOP = UUID("11111111-1111-1111-1111-111111111111")
ORDER = str(uuid5(SHOP, "4711"))
MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PARCEL = "f0f0f0f0-0000-0000-0000-000000000001"


def entry(
    minute: float,
    action: Action,
    code: str,
    outcome: Outcome = "ok",
    *,
    noun: str = "order",
    subject: str = ORDER,
    params: dict[str, str] | None = None,
    reasons: Sequence[Reason] = (),
    keys: Sequence[tuple[str, str]] = (("number", "4711"),),
    **more: Any,
) -> JournalEntry:
    """An entry `minute` minutes after eight o'clock."""
    return JournalEntry(
        id=uuid4(),
        at=MORNING + timedelta(minutes=minute),
        service="order_import",
        connection=SHOP,
        platform="shop",
        noun=noun,
        subject=subject,
        action=action,
        outcome=outcome,
        code=code,
        params=params if params is not None else {"number": "4711"},
        reasons=tuple(reasons),
        keys=tuple(SearchKey.model_validate({"kind": kind, "value": value}) for kind, value in keys),
        **more,
    )


def read(minute: float) -> JournalEntry:
    return entry(minute, "received", "order_received", params={"number": "4711", "external_id": "9", "path": "poll"})


def parked(minute: float, sku: str = "KESSEL-1") -> JournalEntry:
    reason = Reason(code="article_unknown", key=sku, params={"sku": sku})
    return entry(minute, "parked", "order_parked", "warning", reasons=[reason])


def imported(minute: float) -> JournalEntry:
    return entry(minute, "imported", "order_imported")


def acknowledged(minute: float) -> JournalEntry:
    return entry(
        minute,
        "acknowledged",
        "order_acknowledged",
        params={"number": "4711", "erp_number": "A-99"},
        keys=[("number", "4711"), ("erp_number", "A-99")],
    )


def push(minute: float, result: str, outcome: Outcome, parcel: str = PARCEL, code: str = "") -> JournalEntry:
    """A shipment's report to the shop as the connector kit writes it."""
    action: Action = "pushed" if outcome == "ok" else ("skipped" if outcome == "skipped" else "failed")
    return entry(
        minute,
        action,
        f"fulfilment_push_{result}",
        outcome,
        params={"code": code, "attempts": "1", "connection": "Shop", "tracking": "JJD01", "carrier": "dhl"},
        keys=[("parcel", parcel), ("external_id", "9"), ("tracking", "JJD01")],
    )
