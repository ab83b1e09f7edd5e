"""Accounts with a shop on their way into the ERP's customers: recognised as the buyers of orders are, and those whom
nobody knows taken over under the number that the shop gave them. What the ERP has is never overwritten.
"""

from collections.abc import Sequence
from uuid import UUID

from services.order_import import connection_replica, customer_book, rules_book, shop_customer_book
from services.order_import.customer_register import Keys, Register, register
from services.order_import.rules.customers import recognised
from services.order_import.rules.knowledge import KnownCustomer
from services.order_import.rules.model_customers import CustomerRules
from services.order_import.shop_customer_book import Decided, Stored
from shared.chassis.service import Service
from shared.contracts.customer import CustomerReceived, CustomerUnreadable, ShopCustomer
from shared.contracts.envelope import Event
from shared.contracts.errors import Defect
from shared.contracts.identity import record_id
from shared.contracts.journal import Action, JournalEntry, SearchKey
from shared.contracts.order import Observation
from shared.persistence import archive
from shared.persistence.database import Transaction

ONE_AT_A_TIME = 5_170_028
ACTIONS: dict[shop_customer_book.Outcome, Action] = {
    "created": "created", "matched": "updated", "default": "updated", "waiting": "parked", "unreadable": "parked",
    "erased": "skipped",
}  # fmt: skip


async def received(service: Service, tx: Transaction, events: Sequence[Event[CustomerReceived]]) -> None:
    """Keeps what is newer than what is here and decides it. What was erased stays so."""
    found = {}
    for event in sorted(events, key=lambda one: _age(one.data.observed)):
        id = _id(event, event.data.customer.person.external_id or "")
        found[id] = event
    await _one_at_a_time(tx)
    fresh = set(await shop_customer_book.newer(tx, {id: event.data.observed for id, event in found.items()}))
    keys = await archive.keys_for(tx, list(fresh))
    kept = [_stored(id, found[id]) for id in found if id in fresh and keys.get(id) is not None]
    await _take_over(service, tx, kept, keys)


async def unreadable(service: Service, tx: Transaction, events: Sequence[Event[CustomerUnreadable]]) -> None:
    """Keeps what could not be translated as such; what was taken over before stays with the ERP."""
    await _one_at_a_time(tx)
    for event in sorted(events, key=lambda one: _age(one.data.observed)):
        data = event.data
        id = _id(event, data.external_id)
        if await shop_customer_book.newer(tx, {id: data.observed}):
            await shop_customer_book.put_unreadable(tx, id, _connection(event), event.platform, data)


async def judge_again(service: Service, tx: Transaction, connection: UUID) -> int:
    """Decides anew about the accounts that wait; answers how many there are."""
    await _one_at_a_time(tx)
    waiting = await shop_customer_book.waiting(tx, connection)
    keys = await archive.keys_for(tx, [one.id for one in waiting], create=False)
    await _take_over(service, tx, waiting, keys)
    return len(waiting)


async def _take_over(
    service: Service, tx: Transaction, accounts: Sequence[Stored], keys: dict[UUID, bytes | None]
) -> None:
    if not accounts:
        return
    connections = {one.connection for one in accounts}
    rules = await rules_book.current(tx, connections)
    projects = await connection_replica.projects(tx, list(connections))
    hashed = {one.id: _keys(service, one.customer) for one in accounts}
    known = await register(tx, list(hashed.values()))
    before = await shop_customer_book.taken_over(tx, list(hashed))
    entries = []
    made: list[tuple[Keys, str]] = []
    for one in accounts:
        project = projects.get(one.connection, "")
        now = rules[one.connection].rules.customers
        found = decided(one.customer, hashed[one.id], known, now, project, before.get(one.id, ""))
        if found.outcome == "created":
            known.add(KnownCustomer(found.number, project), hashed[one.id])
            made.append((hashed[one.id]._replace(number=found.number), project))
        if await shop_customer_book.put(tx, one, found, hashed[one.id].email, keys[one.id]):
            entries.append(_entry(service, one, found, hashed[one.id].email))
    await customer_book.add(tx, made)
    await service.journal.write(tx, entries)


def decided(
    account: ShopCustomer, keys: Keys, known: Register, rules: CustomerRules, project: str, own: str = ""
) -> Decided:
    """As the rules for buyers with an account have it (`rules.customers`), with the reason. Who was taken over before
    under his `own` number is no match of himself."""
    handling = rules.accounts
    if own:
        return Decided("created", "shop_customer_created", own)
    if handling.mode == "match":
        for criterion, candidates in recognised(known.of(keys), handling, rules, project):
            if len(candidates) == 1:
                number = candidates[0].number
                return Decided("matched", "shop_customer_matched", number, params={"criterion": criterion})
        if handling.unmatched == "refuse":
            words = {"criteria": ", ".join(handling.criteria)}
            return Decided("waiting", "shop_customer_not_matched", field="customer", params=words)
    if handling.mode == "default" or (handling.mode == "match" and handling.unmatched == "default"):
        return Decided("default", "shop_customer_default", rules.default_customer)
    person = account.person
    if not (person.first_name or person.last_name or person.company):
        return Decided("waiting", "shop_customer_nameless", field="last_name")
    if not keys.number:
        return Decided("waiting", "shop_customer_number_missing", field="number")
    if known.of(Keys(keys.number, "", "")).number:
        return Decided("waiting", "shop_customer_number_taken", field="number")
    return Decided("created", "shop_customer_created", keys.number)


def _keys(service: Service, account: ShopCustomer) -> Keys:
    address = account.billing_address or account.shipping_address
    written = address.model_dump() if address else None
    email = "" if account.person.email_is_masked else account.person.email
    hasher = service.hasher
    return Keys(
        account.person.number.strip(),
        customer_book.email_key(hasher, email),
        customer_book.address_key(hasher, written) if written else "",
    )


async def _one_at_a_time(tx: Transaction) -> None:
    """Two batches at once would each take the same person over."""
    driver = await tx.driver()
    await driver.execute("SELECT pg_advisory_xact_lock($1)", ONE_AT_A_TIME)


def _entry(service: Service, one: Stored, found: Decided, email_key: str) -> JournalEntry:
    keys = [SearchKey(kind="external_id", value=one.external_id)]
    keys += [SearchKey(kind="customer", value=email_key)] if email_key else []
    return service.journal.entry(
        noun="customer",
        subject=str(one.id),
        action=ACTIONS[found.outcome],
        outcome="warning" if found.outcome == "waiting" else "ok",
        code=found.code,
        # No customer's number: it would outlast his erasure in the journal.
        params={**found.params, "external_id": one.external_id},
        connection=one.connection,
        platform=one.platform,
        payload=one.payload,
        keys=keys,
    )


def _stored(id: UUID, event: Event[CustomerReceived]) -> Stored:
    seen = event.data.observed
    return Stored(
        id, _connection(event), event.platform, event.data.customer, seen.stamp, seen.observed_at, seen.payload
    )


def _age(observed: Observation) -> tuple[object, object]:
    return observed.stamp, observed.observed_at


def _id(event: Event[CustomerReceived] | Event[CustomerUnreadable], external_id: str) -> UUID:
    return record_id("customer", _connection(event), external_id)


def _connection(event: Event[CustomerReceived] | Event[CustomerUnreadable]) -> UUID:
    if event.connection is None:
        raise Defect(f"{event.type} of {event.subject} names no connection")
    return event.connection
