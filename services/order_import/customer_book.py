"""The ERP's customers, as far as a buyer must be recognised: numbers, and keyed hashes of e-mail and of name and
address. No name and no address is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from pydantic import BaseModel, TypeAdapter

from services.order_import import master_book
from services.order_import.customer_register import Keys
from services.order_import.master_data import Name, Text
from services.order_import.person_key import address_text
from services.order_import.upload_rows import Outcome, Refusal, read_rows
from shared.chassis.hashing import Hasher
from shared.chassis.service import Service
from shared.contracts.identity import KONTOR
from shared.contracts.order import Address, Order
from shared.persistence.database import Transaction

CUSTOMERS = uuid5(KONTOR, "master_data:customers")


class CustomerRow(BaseModel, frozen=True, extra="forbid"):
    """One customer of the ERP. What is written here is hashed, and forgotten."""

    number: Name
    project: Text = ""
    email: Text = ""
    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    street: Text = ""
    addition: Text = ""
    postcode: Text = ""
    city: Text = ""
    country: Text = ""


class CustomerView(BaseModel):
    """What we know of a customer of the ERP, and by what he is recognised."""

    number: str
    project: str
    by_email: bool
    by_address: bool
    updated_at: datetime


_ROWS = TypeAdapter(list[CustomerRow])


def email_key(hasher: Hasher, email: str) -> str:
    """The same key that orders are searched by; empty without an e-mail."""
    return hasher.customer(email) if email.strip() else ""


def address_key(hasher: Hasher, written: Mapping[str, str]) -> str:
    """The keyed hash of name and address; empty where they are too little."""
    text = address_text(**{name: written[name] for name in _ADDRESS})
    return hasher.customer(f"address:{text}") if text else ""


_ADDRESS = ("first_name", "last_name", "company", "street", "addition", "postcode", "city", "country")


def keys_of(hasher: Hasher, order: Order) -> tuple[str, str]:
    """E-mail key and address key of an order's buyer. A masked e-mail is nobody's."""
    customer = order.customer
    email = "" if customer is None or customer.email_is_masked else customer.email
    address: Address | None = order.billing_address or order.shipping_address
    return email_key(hasher, email), "" if address is None else address_key(hasher, address.model_dump())


async def put(
    service: Service, tx: Transaction, raw: Sequence[Any], actor: str
) -> tuple[dict[int, Outcome], dict[int, Refusal]]:
    """Stores whole customers; answers the outcomes and the refusals by row. The same number twice is refused twice."""
    rows, refusals = read_rows(_ROWS, raw)
    places: dict[str, list[int]] = {}
    for place, row in rows.items():
        places.setdefault(row.number, []).append(place)
    for number, twice in places.items():
        if len(twice) > 1:
            refusals |= {place: Refusal("master_row_twice", "number", {"key": number}) for place in twice}
    kept = {place: row for place, row in rows.items() if place not in refusals}
    stored = await _store(service, tx, list(kept.values()))
    outcomes: dict[int, Outcome] = {place: stored.get(row.number, "unchanged") for place, row in kept.items()}
    if stored:
        words = {"count": str(len(stored)), "created": str(sum(one == "created" for one in stored.values()))}
        await _tell(service, tx, "master_customers_stored", words, actor)
    return outcomes, refusals


async def _store(service: Service, tx: Transaction, rows: Sequence[CustomerRow]) -> dict[str, Outcome]:
    """Those that are new or different now."""
    hasher = service.hasher
    ordered = sorted(rows, key=lambda row: row.number)
    driver = await tx.driver()
    found = await driver.fetch(
        """INSERT INTO erp_customers AS c (number, project, email_key, address_key)
           SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
           ON CONFLICT (number) DO UPDATE SET project = excluded.project, email_key = excluded.email_key,
               address_key = excluded.address_key, updated_at = now()
           WHERE (c.project, c.email_key, c.address_key)
                 IS DISTINCT FROM (excluded.project, excluded.email_key, excluded.address_key)
           RETURNING c.number, xmax = 0 AS created""",
        [row.number for row in ordered],
        [row.project for row in ordered],
        [email_key(hasher, row.email) for row in ordered],
        [address_key(hasher, row.model_dump()) for row in ordered],
    )
    return {row["number"]: "created" if row["created"] else "updated" for row in found}


async def add(tx: Transaction, made: Sequence[tuple[Keys, str]]) -> None:
    """Customers whom the ERP does not have yet, with their projects; one that it has meanwhile stays as it is."""
    driver = await tx.driver()
    rows = [(keys.number, project, keys.email, keys.address) for keys, project in made]
    await driver.executemany(
        """INSERT INTO erp_customers (number, project, email_key, address_key) VALUES ($1, $2, $3, $4)
           ON CONFLICT (number) DO NOTHING""",
        rows,
    )
    if rows:
        await master_book.grow(tx)


async def page(
    tx: Transaction, *, number: str | None, email: str | None, project: str | None, scope: list[UUID] | None,
    after: str, limit: int,
) -> list[CustomerView]:  # fmt: skip
    """Customers by number; `email` is its key. A limited `scope` sees those of its connections' projects."""
    rows = await tx.rows(
        """SELECT number, project, email_key <> '' AS by_email, address_key <> '' AS by_address, updated_at
           FROM erp_customers
           WHERE number > :after AND (CAST(:number AS text) IS NULL OR number = :number)
             AND (CAST(:email AS text) IS NULL OR email_key = :email)
             AND (CAST(:project AS text) IS NULL OR project = :project)
             AND (CAST(:scope AS uuid[]) IS NULL
                  OR project IN (SELECT c.project FROM connections c WHERE c.id = ANY(:scope) AND c.project <> ''))
           ORDER BY number LIMIT :limit""",
        number=number,
        email=email,
        project=project,
        scope=scope,
        after=after,
        limit=limit,
    )
    return [CustomerView(**row) for row in rows]


async def delete(service: Service, tx: Transaction, number: str, actor: str) -> bool:
    """Forgets one customer; False when there is none."""
    if not await tx.execute("DELETE FROM erp_customers WHERE number = :number", number=number):
        return False
    await _tell(service, tx, "master_customer_deleted", {"customer": number}, actor)
    return True


async def forget(tx: Transaction, key: str) -> None:
    """What an erasure asks: no customer is recognised by this e-mail any more, nor by the address stored with it."""
    await tx.execute("UPDATE erp_customers SET email_key = '', address_key = '' WHERE email_key = :key", key=key)


async def _tell(service: Service, tx: Transaction, code: str, words: Mapping[str, str], actor: str) -> None:
    await master_book.grow(tx)
    entry = service.journal.entry(
        noun="master_data",
        subject=str(CUSTOMERS),
        action="deleted" if code == "master_customer_deleted" else "updated",
        code=code,
        params=words,
        actor=actor,
    )
    await service.journal.write(tx, [entry])
