"""Which of the ERP's customers fit a number, an e-mail, or a name and address; read once for many buyers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.order_import.rules.knowledge import KnownCustomer, Matches
from shared.persistence.database import Transaction

Found = dict[str, tuple[KnownCustomer, ...]]


class Keys(NamedTuple):
    """By what somebody may be recognised: a number, and keyed hashes. What is empty recognises nobody."""

    number: str
    email: str
    address: str


@dataclass(slots=True)
class Register:
    """Customers by each of the three."""

    by: tuple[Found, Found, Found] = field(default_factory=lambda: ({}, {}, {}))

    def add(self, customer: KnownCustomer, keys: Keys) -> None:
        for found, key in zip(self.by, keys, strict=True):
            if key:
                found[key] = (*found.get(key, ()), customer)

    def of(self, keys: Keys) -> Matches:
        return Matches(*(found.get(key, ()) for found, key in zip(self.by, keys, strict=True)))


async def register(tx: Transaction, wanted: Sequence[Keys]) -> Register:
    """Everybody who fits one of these."""
    rows = await tx.rows(
        """SELECT number, project, email_key, address_key FROM erp_customers
           WHERE number = ANY(:numbers) OR (email_key <> '' AND email_key = ANY(:emails))
              OR (address_key <> '' AND address_key = ANY(:addresses)) ORDER BY number""",
        numbers=sorted({one.number for one in wanted if one.number}),
        emails=sorted({one.email for one in wanted if one.email}),
        addresses=sorted({one.address for one in wanted if one.address}),
    )
    found = Register()
    for row in rows:
        keys = Keys(row["number"], row["email_key"], row["address_key"])
        found.add(KnownCustomer(row["number"], row["project"]), keys)
    return found
