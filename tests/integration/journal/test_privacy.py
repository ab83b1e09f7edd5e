"""A customer is erased: with the real order book under its own role, the real archive, and a look into every table."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import create_async_engine

from services.connections import keys
from services.journal.erasing import Eraser
from services.journal.settings import JournalSettings
from services.ops.roles import ensure
from services.order_import.service import orders_routes
from shared.chassis import problems
from shared.contracts.journal import JournalEntry
from shared.contracts.order import Address, Customer
from shared.persistence import archive
from shared.persistence.database import Database, engine_url
from tests.integration.journal.house import House
from tests.integration.order_import.book import Book, open_book, order_id, received
from tests.integration.order_import.test_shop_customers import account, take, told
from tests.pure.order_import import samples

CANARIES = ("kanarienvogel@example.org", "Kanarienvogel", "Zwitschergasse", "Wellensittich GmbH", "0171-4711-0815",
            "Bitte beim Nachbarn Spatz klingeln")  # fmt: skip
MAIL, NAME, STREET, COMPANY, PHONE, NOTE = CANARIES
KEY = {"Idempotency-Key": "wish-of-erika-1"}


def bird(external_id: str = "1001") -> Any:
    """An order full of personal data."""
    home = Address(first_name="Erika", last_name=NAME, street=f"{STREET} 1", company=COMPANY, postcode="51147",
                   city="Köln", country="DE", phone=PHONE)  # fmt: skip
    return samples.order(
        external_id,
        customer=Customer(external_id="c-7", email=MAIL, first_name="Erika", last_name=NAME, phone=PHONE),
        billing_address=home,
        shipping_address=home,
        note=NOTE,
    )


@pytest.fixture
async def book(house: House, schema_url: str) -> AsyncIterator[Book]:
    """The real order book beside the journal, in the same database under its own role."""
    parts = urlsplit(schema_url)
    role = f"{parts.path.strip('/')}_orders"
    url = urlunsplit(parts._replace(netloc=f"{role}:orders@{parts.netloc.rpartition('@')[2]}"))
    parsed, arguments = engine_url(schema_url)
    engine = create_async_engine(parsed, connect_args=arguments)
    async with engine.begin() as connection:
        await ensure(connection, [("orders", url)])
    await engine.dispose()
    opened = await open_book(url, Database(schema_url, schema="orders", name="test", pool_size=1))
    async with opened.admin.transaction() as tx:
        names = await tx.value(
            """SELECT string_agg('orders.' || tablename, ', ') FROM pg_tables
               WHERE schemaname = 'orders' AND tablename NOT IN ('feed_head', 'master_state')"""
        )
        await tx.execute(f"TRUNCATE {names}")
        await keys.add(tx, "service-key", name="service journal", role="service", by="test")
    app = FastAPI()
    problems.install(app)
    app.state.service = opened.service
    app.include_router(orders_routes(opened.service), prefix="/orders")
    house.neighbours.orders = httpx2.ASGITransport(app=app)
    await opened.know("KR-1")
    yield opened
    await opened.admin.close()
    await opened.close()


async def bought(house: House, book: Book, external_id: str = "1001", minute: int = 0) -> UUID:
    """An order is read, archived, judged and journalled."""
    order = bird(external_id)
    async with book.service.database.transaction() as tx:
        raw = archive.RawItem("order", samples.SHOP, external_id, order.model_dump_json().encode())
        (payload,) = await archive.store(tx, [raw])
    await book.take(received(order, samples.observed(minute, payload=payload)))
    await house.record(*[one.data for one in await book.sent("journal.recorded")])
    return order_id(external_id)


async def erase(house: House, headers: dict[str, str] | None = None, **body: Any) -> httpx2.Response:
    return await house.call("POST", "/privacy/erasures", role="admin", json=body, headers=headers or {})


async def traces(admin: Database) -> dict[str, list[str]]:
    """Which tables hold a canary, in text or in bytes; every table of every schema of ours is looked at."""
    found: dict[str, list[str]] = {}
    async with admin.transaction() as tx:
        tables = await tx.rows(
            """SELECT n.nspname || '.' || c.relname AS name,
                      array_remove(array_agg(a.attname) FILTER (WHERE a.atttypid = 'bytea'::regtype), NULL) AS bytes
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
               WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('connections', 'connectors', 'orders', 'inventory',
                                                                'journal', 'access', 'archive') GROUP BY 1"""
        )
        for table in tables:
            for canary in CANARIES:
                tests = ["strpos(t::text, :canary) > 0"] + [
                    f"position(convert_to(:canary, 'UTF8') in {column}) > 0" for column in table["bytes"] or []
                ]
                sql = f"SELECT count(*) FROM {table['name']} t WHERE {' OR '.join(tests)}"
                if await tx.value(sql, canary=canary):
                    found.setdefault(table["name"], []).append(canary)
    return found


async def readable(house: House) -> list[bool]:
    """Whether each archived body can still be opened."""
    async with house.service.database.transaction() as tx:
        ids = [row["id"] for row in await tx.rows("SELECT id FROM archive.payloads")]
        return [one.body is not None for one in (await archive.load(tx, ids)).values()]


async def test_after_an_erasure_nothing_personal_can_be_read_anywhere(house: House, book: Book) -> None:
    order = await bought(house, book)
    assert "orders.orders" in await traces(house.admin)
    assert await readable(house) == [True]
    reply = await erase(house, customer=f" {MAIL.upper()} ")
    assert reply.status_code == 200, reply.text
    report = reply.json()
    assert [(one["order_id"], one["outcome"], one["payloads_destroyed"]) for one in report["orders"]] == [
        (str(order), "erased", 1)
    ]
    assert report["state"] == "finished"
    assert report["search_keys_deleted"] == 1
    assert await traces(house.admin) == {}
    assert await readable(house) == [False]
    async with house.admin.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM archive.keys WHERE key IS NOT NULL") == 0


async def test_an_account_of_somebody_who_never_ordered_lies_encrypted_and_goes_with_its_original(
    house: House, book: Book
) -> None:
    who = account("7", email=MAIL, last_name=NAME, phone=PHONE, company=COMPANY)
    async with book.service.database.transaction() as tx:
        raw = archive.RawItem("customer", samples.SHOP, "7", who.model_dump_json().encode())
        (payload,) = await archive.store(tx, [raw])
    await take(book, told(who, payload=payload))
    await house.record(*[one.data for one in await book.sent("journal.recorded")])
    assert await traces(house.admin) == {}
    assert await readable(house) == [True]
    report = (await erase(house, customer=MAIL)).json()
    assert (report["state"], report["shop_customers"], report["orders"]) == ("finished", 1, [])
    assert any("1 accounts with shops" in sentence for sentence in report["sentences"])
    assert await readable(house) == [False]
    assert (await erase(house, customer=MAIL)).json()["shop_customers"] == 0


async def test_the_journal_stays_and_tells_the_erasure(house: House, book: Book) -> None:
    order = await bought(house, book)
    await erase(house, customer=MAIL)
    await house.record(*[one.data for one in await book.sent("journal.recorded")])
    await house.written()
    life = await house.get(f"/journal/timeline/order/{order}")
    assert life["next"]["code"] == "next_erased"
    assert {"order_imported", "erasure_order_erased"} <= {step["code"] for step in life["steps"]}
    assert "anna (admin)" in {step["actor"] for step in life["steps"]}


async def test_an_erased_customer_is_no_longer_found_by_his_mail(house: House, book: Book) -> None:
    await bought(house, book)
    assert (await house.get("/journal/entries", customer=MAIL))["items"]
    await erase(house, customer=MAIL)
    assert (await house.get("/journal/entries", customer=MAIL))["items"] == []


async def test_an_order_that_is_edited_after_its_erasure_brings_nothing_back(house: House, book: Book) -> None:
    await bought(house, book)
    await erase(house, customer=MAIL)
    async with book.service.database.transaction() as tx:
        raw = archive.RawItem("order", samples.SHOP, "1001", b'{"name": "Kanarienvogel"}')
        assert await archive.store(tx, [raw]) == [None]
    await book.take(received(bird(), samples.observed(30)))
    found = await traces(house.admin)
    assert not {table for table in found if not table.startswith("orders.outbox")}, found


async def test_an_original_that_was_erased_says_so(house: House, book: Book) -> None:
    await bought(house, book)
    async with house.service.database.transaction() as tx:
        payload = await tx.value("SELECT id FROM archive.payloads")
    await erase(house, customer=MAIL)
    shown = await house.get(f"/journal/payloads/{payload}", language="de")
    assert (shown["state"], shown["body"]) == ("erased", None)
    assert "gelöscht" in shown["sentence"]


async def test_the_same_wish_twice_is_carried_out_once_and_answered_alike(house: House, book: Book) -> None:
    await bought(house, book)
    first, second = await erase(house, KEY, customer=MAIL), await erase(house, KEY, customer=MAIL)
    assert first.json() == second.json()
    report = await house.call("GET", f"/privacy/erasures/{first.json()['id']}", role="admin")
    assert report.json() == first.json()
    erased = [entry for entry in await house.written() if entry.code == "erasure_finished"]
    assert len(erased) == 1


async def test_another_wish_under_the_same_key_is_refused(house: House, book: Book) -> None:
    await erase(house, KEY, customer=MAIL)
    reply = await erase(house, KEY, customer="somebody@example.org")
    assert (reply.status_code, reply.json()["code"]) == (422, "erasure_key_reused")


async def test_an_order_nobody_could_read_is_erased_by_its_id(house: House, book: Book) -> None:
    async with book.service.database.transaction() as tx:
        await archive.store(tx, [archive.RawItem("order", samples.SHOP, "77", b'{"name": "Kanarienvogel"}')])
    reply = await erase(house, order_ids=[str(order_id("77"))])
    assert [one["payloads_destroyed"] for one in reply.json()["orders"]] == [1]
    assert await readable(house) == [False]


async def test_other_customers_stay_as_they_are(house: House, book: Book) -> None:
    await bought(house, book)
    other = samples.order("2002")
    async with book.service.database.transaction() as tx:
        await archive.store(tx, [archive.RawItem("order", samples.SHOP, "2002", other.model_dump_json().encode())])
    await book.take(received(other, samples.observed(1)))
    await erase(house, customer=MAIL)
    assert (await book.row("2002"))["content"]["customer"]["last_name"] == "Mustermann"
    assert sorted(await readable(house)) == [False, True]


async def test_an_erasure_that_meets_a_silent_order_book_is_finished_later_by_itself(house: House, book: Book) -> None:
    await bought(house, book)
    house.neighbours.down = True
    reply = await erase(house, customer=MAIL)
    assert (reply.status_code, reply.json()["state"]) == (202, "under_way")
    house.neighbours.down = False
    house.now += timedelta(minutes=5)
    eraser = Eraser(house.service, JournalSettings())
    await eraser.resume()
    await eraser.resume()
    report = await house.call("GET", f"/privacy/erasures/{reply.json()['id']}", role="admin")
    assert report.json()["state"] == "finished"
    assert await traces(house.admin) == {}


@pytest.mark.parametrize("mode", ["erase", "restrict"])
@pytest.mark.parametrize("erased", [0, 1])
async def test_calls_about_several_orders_are_erased_with_any_of_them(
    house: House, book: Book, mode: str, erased: int
) -> None:
    orders = await bought(house, book), await bought(house, book, "1002")
    async with book.service.database.transaction() as tx:
        calls = archive.RawItem("fulfilment-push", samples.SHOP, "parcel", b'{"to": "Kanarienvogel"}', owners=orders)
        (payload,) = await archive.store(tx, [calls])
    assert (await house.get(f"/journal/payloads/{payload}"))["state"] == "readable"
    report = (await erase(house, order_ids=[str(orders[erased])], mode=mode)).json()
    assert [one["payloads_destroyed"] for one in report["orders"]] == [2]
    shown = await house.get(f"/journal/payloads/{payload}")
    assert (shown["state"], shown["body"]) == ("pruned" if mode == "restrict" else "erased", None)
    assert sorted(await readable(house)) == [False, False, True]
    rest = (await erase(house, order_ids=[str(orders[1 - erased])])).json()
    assert [one["payloads_destroyed"] for one in rest["orders"]] == [1]


async def versions(book: Book, order: UUID) -> list[str]:
    async with await book.client("admin") as client:
        reply = await client.get(f"/orders/{order}/versions")
    assert reply.status_code == 200, reply.text
    body = reply.json()
    return [one["content_state"] for one in (body["items"] if isinstance(body, dict) else body)]


async def test_a_restricted_order_keeps_its_versions_out_of_reach_until_the_legal_date(
    house: House, book: Book
) -> None:
    order = await bought(house, book)
    assert await versions(book, order) == ["readable"]
    report = (await erase(house, customer=MAIL, mode="restrict")).json()
    (one,) = report["orders"]
    assert (one["outcome"], one["kept_until"]) == ("restricted", str(date(house.now.year + 8, 12, 31)))
    assert any("booking vouchers" in sentence for sentence in report["sentences"])
    assert await versions(book, order) == ["erased"]
    assert await readable(house) == [False]
    assert await traces(house.admin) == {}


async def test_a_restriction_can_be_lifted_for_an_audit_with_a_reason_in_the_journal(house: House, book: Book) -> None:
    order = await bought(house, book)
    report = (await erase(house, customer=MAIL, mode="restrict")).json()
    path = f"/privacy/erasures/{report['id']}/lift"
    reply = await house.call("POST", path, role="admin", json={"reason": "Betriebsprüfung 2026"})
    assert reply.json()["orders"] == 1
    assert await versions(book, order) == ["readable"]
    told = [entry for entry in await house.written() if entry.code == "erasure_lifted"]
    assert [(entry.actor, entry.params["reason"]) for entry in told] == [("anna (admin)", "Betriebsprüfung 2026")]
    again = await house.call("POST", path, role="admin", json={"reason": "Betriebsprüfung 2026"})
    assert again.json()["orders"] == 0
    await erase(house, order_ids=[str(order)], mode="restrict")
    assert await versions(book, order) == ["erased"]


async def test_a_restricted_key_is_destroyed_when_its_legal_time_is_over(house: House, book: Book) -> None:
    order = await bought(house, book)
    report = (await erase(house, customer=MAIL, mode="restrict")).json()
    eraser = Eraser(house.service, JournalSettings())
    await eraser.destroy_due()
    house.now = house.now.replace(year=house.now.year + 9, day=1)
    await eraser.destroy_due()
    path = f"/privacy/erasures/{report['id']}/lift"
    lifted = await house.call("POST", path, role="admin", json={"reason": "Betriebsprüfung 2036"})
    assert lifted.json()["orders"] == 0
    assert await versions(book, order) == ["erased"]
    ended: list[JournalEntry] = [one for one in await house.written() if one.code == "erasure_order_erased"]
    assert [one.subject for one in ended] == [str(order)]


async def test_an_erasure_after_a_restriction_destroys_the_key_in_the_safe_too(house: House, book: Book) -> None:
    order = await bought(house, book)
    await erase(house, customer=MAIL, mode="restrict")
    report = (await erase(house, order_ids=[str(order)])).json()
    assert [one["outcome"] for one in report["orders"]] == ["erased"]
    async with house.admin.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM restricted_keys") == 0


async def left(house: House, customer: str, role: str = "service") -> httpx2.Response:
    return await house.call("POST", "/privacy/internal/erasures", role=role, json={"customer": customer})


async def masked(house: House, book: Book) -> str:
    """An order of a buyer whom only the platform's own name tells apart; answers how the platform names him."""
    order = bird()
    buyer = order.customer.model_copy(update={"email_is_masked": True})
    order = order.model_copy(update={"customer": buyer})
    async with book.service.database.transaction() as tx:
        raw = archive.RawItem("order", samples.SHOP, "1001", order.model_dump_json().encode())
        (payload,) = await archive.store(tx, [raw])
    await book.take(received(order, samples.observed(0, payload=payload)))
    await house.record(*[one.data for one in await book.sent("journal.recorded")])
    return f"{samples.SHOP}:c-7"


async def test_a_buyer_who_left_a_platform_is_erased_without_a_person_asking_and_twice_is_harmless(
    house: House, book: Book
) -> None:
    buyer = await masked(house, book)
    assert "orders.orders" in await traces(house.admin)
    reply = await left(house, buyer)
    assert (reply.status_code, reply.json()["known"]) == (200, True)
    assert await traces(house.admin) == {}
    assert await readable(house) == [False]
    report = await house.call("GET", f"/privacy/erasures/{reply.json()['id']}", role="admin")
    assert report.json()["state"] == "finished"
    again = await left(house, buyer)
    assert again.json() == {"known": False, "id": None}


async def test_a_buyer_of_somebody_else_leaves_no_trace(house: House, book: Book) -> None:
    buyer = await masked(house, book)
    for stranger in (f"{buyer}8", "c-7", f"{UUID(int=1)}:c-7"):
        assert (await left(house, stranger)).json() == {"known": False, "id": None}
    async with house.admin.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM erasures") == 0
    assert await readable(house) == [True]


async def test_only_our_own_services_say_that_a_buyer_left(house: House, book: Book) -> None:
    assert (await left(house, "somebody", role="admin")).status_code == 403
