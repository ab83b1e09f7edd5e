"""Accounts with a shop as they are stored: who somebody is stands there encrypted with a key of his own."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.order_import.version_book import seal, unseal
from shared.contracts.customer import CustomerUnreadable, ShopCustomer
from shared.contracts.order import Observation
from shared.persistence import archive
from shared.persistence.database import Transaction

Outcome = Literal["created", "matched", "default", "waiting", "unreadable", "erased"]
OUTCOMES: tuple[Outcome, ...] = ("created", "matched", "default", "waiting", "unreadable", "erased")
_STORED = ("id", "connection", "platform", "stamp", "observed_at", "payload")
_COLUMNS = "id, connection, platform, external_id, number, outcome, code, field, params, customer_number, updated_at"


@dataclass(frozen=True)
class Stored:
    """An account that can be read, and when it was."""

    id: UUID
    connection: UUID
    platform: str
    customer: ShopCustomer
    stamp: datetime
    observed_at: datetime
    payload: UUID | None

    @property
    def external_id(self) -> str:
        return self.customer.person.external_id or ""


@dataclass(frozen=True)
class Decided:
    """What becomes of an account: `number` is the ERP's customer, and `code` says why."""

    outcome: Literal["created", "matched", "default", "waiting"]
    code: str
    number: str = ""
    field: str = ""
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)


async def taken_over(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Under which number those accounts were taken over that nobody knew before."""
    rows = await tx.rows(
        "SELECT id, customer_number FROM shop_customers WHERE id = ANY(:ids) AND outcome = 'created'", ids=sorted(ids)
    )
    return {row["id"]: row["customer_number"] for row in rows}


async def newer(tx: Transaction, seen: Mapping[UUID, Observation]) -> list[UUID]:
    """Those of which nothing as new is here, by id."""
    rows = await tx.rows(
        "SELECT id, stamp, observed_at FROM shop_customers WHERE id = ANY(:ids) FOR UPDATE", ids=sorted(seen)
    )
    here = {row["id"]: (row["stamp"], row["observed_at"]) for row in rows}
    return [id for id, one in sorted(seen.items()) if id not in here or here[id] < (one.stamp, one.observed_at)]


async def put(tx: Transaction, one: Stored, found: Decided, email_key: str, key: bytes | None) -> bool:
    """Stores what became of an account; answers whether that is news."""
    row = await tx.row("SELECT code, customer_number FROM shop_customers WHERE id = :id", id=one.id)
    await tx.execute(
        """INSERT INTO shop_customers AS c (id, connection, platform, external_id, number, outcome, code, field, params,
                                            customer_number, email_key, sealed, payload, stamp, observed_at)
           VALUES (:id, :connection, :platform, :external_id, :number, :outcome, :code, :field, CAST(:params AS jsonb),
                   :customer_number, :email_key, :sealed, :payload, :stamp, :observed_at)
           ON CONFLICT (id) DO UPDATE SET number = excluded.number, outcome = excluded.outcome, code = excluded.code,
               field = excluded.field, params = excluded.params, customer_number = excluded.customer_number,
               email_key = excluded.email_key, sealed = excluded.sealed, payload = excluded.payload,
               stamp = excluded.stamp, observed_at = excluded.observed_at, updated_at = now()""",
        id=one.id,
        connection=one.connection,
        platform=one.platform,
        external_id=one.external_id,
        number=one.customer.person.number,
        outcome=found.outcome,
        code=found.code,
        field=found.field,
        params=json.dumps(dict(found.params)),
        customer_number=found.number,
        email_key=email_key,
        sealed=seal(one.id, one.customer.model_dump_json(exclude_defaults=True), key),
        payload=one.payload,
        stamp=one.stamp,
        observed_at=one.observed_at,
    )
    return row is None or (row["code"], row["customer_number"]) != (found.code, found.number)


async def put_unreadable(tx: Transaction, id: UUID, connection: UUID, platform: str, told: CustomerUnreadable) -> None:
    """Notes that an account cannot be read. The connector has journalled it."""
    await tx.execute(
        """INSERT INTO shop_customers (id, connection, platform, external_id, number, outcome, code, field, params,
                                       payload, stamp, observed_at)
           VALUES (:id, :connection, :platform, :external_id, :number, 'unreadable', 'customer_unreadable', :field,
                   CAST(:params AS jsonb), :payload, :stamp, :observed_at)
           ON CONFLICT (id) DO UPDATE SET outcome = 'unreadable', code = excluded.code, field = excluded.field,
               params = excluded.params, payload = excluded.payload, stamp = excluded.stamp,
               observed_at = excluded.observed_at, updated_at = now()
           WHERE shop_customers.outcome <> 'erased'""",
        id=id,
        connection=connection,
        platform=platform,
        external_id=told.external_id,
        number=told.number,
        field=told.field,
        params=json.dumps({"field": told.field, "value": told.value[:200], "reason": told.code}),
        payload=told.observed.payload,
        stamp=told.observed.stamp,
        observed_at=told.observed.observed_at,
    )


async def waiting(tx: Transaction, connection: UUID) -> list[Stored]:
    """The accounts that wait for somebody, by id."""
    rows = await tx.rows(
        f"""SELECT {_COLUMNS}, sealed, payload, stamp, observed_at FROM shop_customers
            WHERE connection = :connection AND outcome = 'waiting' AND sealed IS NOT NULL ORDER BY id FOR UPDATE""",
        connection=connection,
    )
    readable = await opened(tx, rows)
    return [
        Stored(customer=readable[row["id"]], **{name: row[name] for name in _STORED})
        for row in rows
        if row["id"] in readable
    ]


async def opened(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> dict[UUID, ShopCustomer]:
    """Who the accounts are, as far as their keys are there."""
    keys = await archive.keys_for(tx, [row["id"] for row in rows if row["sealed"] is not None], create=False)
    return {
        row["id"]: ShopCustomer.model_validate_json(unseal(row["id"], row["sealed"], key))
        for row in rows
        if row["sealed"] is not None and (key := keys.get(row["id"])) is not None
    }


async def page(
    tx: Transaction, connection: UUID, *, outcome: Outcome | None, code: str | None, after: str, limit: int
) -> list[dict[str, Any]]:
    """A connection's accounts by their external id."""
    return await tx.rows(
        f"""SELECT {_COLUMNS}, sealed FROM shop_customers
            WHERE connection = :connection AND external_id > :after
              AND (CAST(:outcome AS text) IS NULL OR outcome = :outcome)
              AND (CAST(:code AS text) IS NULL OR code = :code)
            ORDER BY external_id LIMIT :limit""",
        connection=connection,
        outcome=outcome,
        code=code,
        after=after,
        limit=limit,
    )


async def counts(tx: Transaction, connection: UUID) -> list[dict[str, Any]]:
    """How many accounts there are of each outcome and code."""
    return await tx.rows(
        "SELECT outcome, code, count(*) AS n FROM shop_customers WHERE connection = :id GROUP BY outcome, code",
        id=connection,
    )


async def erase(tx: Transaction, email_key: str) -> list[dict[str, Any]]:
    """Lets go of whoever has this e-mail; answers the accounts, whose keys must be destroyed."""
    return await tx.rows(
        """UPDATE shop_customers SET outcome = 'erased', code = 'shop_customer_erased', field = '', params = '{}',
                  customer_number = '', number = '', email_key = '', sealed = NULL, updated_at = now()
           WHERE email_key = :key AND email_key <> '' RETURNING id, connection, platform, external_id""",
        key=email_key,
    )
