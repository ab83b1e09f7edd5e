"""What the rules know of orders: read once per batch, and right for each of them."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from services.order_import import master_facts
from services.order_import.master_facts import Asked
from services.order_import.rules.contents import decide_contents
from services.order_import.rules.knowledge import ChargeArticle, Component, Knowledge, KnownCustomer, Project
from shared.contracts.order import Customer, Order
from shared.persistence.database import Transaction
from tests.integration.order_import.book import Book, order_id
from tests.pure.order_import.rules.asked import Rules
from tests.pure.order_import.samples import ADDRESS, line, order

AT = "/orders/master-data"
MATERIAL = {
    "normal_rate": "0.20", "reduced_rate": "0.10", "valid_from": "2021-07-01", "active": True,
}  # fmt: skip


class Counting(Transaction):
    """Counts the statements that go through it."""

    def __init__(self, inner: Transaction) -> None:
        super().__init__(inner._connection)
        self.statements = 0

    async def rows(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        self.statements += 1
        return await super().rows(sql, **params)


def asked(bought: Order, **differing: Any) -> Asked:
    return Asked(order_id(bought.external_id), bought, **({"project": "North"} | differing))


async def known(book: Book, *wanted: Asked) -> list[Knowledge]:
    async with book.service.database.transaction() as tx:
        return await master_facts.load(tx, book.service.hasher, wanted)


async def material(book: Book) -> None:
    """A merchant's master data."""
    await book.know("SET", "A", "B", "PORTO", "KR-1")
    client = await book.client()
    people = [
        {"number": "1", "project": "North", "email": "ERIKA@example.org"},
        {"number": "2", "project": "South", **ADDRESS.model_dump(exclude={"state", "phone"})},
        {"number": "3", "email": "somebody@example.org"},
    ]
    for path, body in (
        ("projects/North", {"default_customer": "10000", "pos_customer": "90000"}),
        ("charge-articles/shipping", {"article_number": "PORTO", "is_shipping": True, "names": {"de": "Versand"}}),
        ("delivery-thresholds/AT", MATERIAL),
        ("customers", {"customers": people}),
        ("bills-of-material", {"bills": [{"head": "SET", "components": [{"article_number": "A", "quantity": 2}]}]}),
    ):
        answer = await client.put(f"{AT}/{path}", json=body)
        assert answer.status_code == 200, answer.text


async def test_each_order_gets_what_concerns_it(book: Book) -> None:
    await material(book)
    mine = asked(order("1", line("SET"), line("NEW")))
    numbered = Customer(external_id="7", number="3", last_name="Somebody")
    other = asked(order("2", customer=numbered, billing_address=None, shipping_address=None), project="West")
    abroad = asked(order("3", shipping_address=ADDRESS.model_copy(update={"country": "AT"})))
    (third,) = await known(book, abroad)
    assert third.thresholds["AT"].rates.normal == Decimal("0.20")
    first, second = await known(book, mine, other)
    assert first.project == Project("North", "10000", "90000")
    assert first.matches.email == (KnownCustomer("1", "North"),)
    assert first.matches.address == (KnownCustomer("2", "South"),)
    assert first.matches.number == ()
    assert first.bills == {"SET": (Component("A", Decimal(2)),)}
    assert set(first.articles) == {"SET", "A", "PORTO", "KR-1"}
    assert first.charge_articles == {"shipping": ChargeArticle("PORTO", {"de": "Versand"})}
    assert first.thresholds == {}
    assert (second.project, second.matches.number) == (Project("West"), (KnownCustomer("3", ""),))
    assert (second.matches.email, second.matches.address) == ((), ())


async def test_a_number_that_two_articles_carry_is_no_article(book: Book) -> None:
    async with book.admin.transaction() as tx:
        await tx.execute(
            """INSERT INTO known_articles (id, version, number)
               SELECT gen_random_uuid(), 1, 'KR-1' FROM generate_series(1, 2)"""
        )
    (found,) = await known(book, asked(order("1")))
    assert found.articles == {}


async def test_many_orders_cost_as_many_queries_as_one(book: Book) -> None:
    await material(book)
    counts = []
    async with book.service.database.transaction() as tx:
        for size in (1, 200):
            counting = Counting(tx)
            batch = [asked(order(str(n), line("SET"), line("KR-1"))) for n in range(size)]
            assert len(await master_facts.load(counting, book.service.hasher, batch)) == size
            counts.append(counting.statements)
        assert await master_facts.load(tx, book.service.hasher, []) == []
    assert counts[0] == counts[1] <= 6


async def test_an_order_stays_taxed_as_it_was_created_when_the_record_changes(book: Book) -> None:
    await material(book)
    there = ADDRESS.model_copy(update={"country": "AT"})
    customer = Customer(last_name="Mustermann", vat_id="no such id")
    bought = asked(order("1", billing_address=there, shipping_address=there, customer=customer))

    async def decided(rates: set[str]) -> Any:
        (found,) = await known(book, bought)
        contents, _ = decide_contents(bought.order, Rules(), found)
        assert {str(one.tax_rate) for one in contents.lines} == rates
        async with book.service.database.transaction() as tx:
            await master_facts.freeze_taxes(tx, {bought.id: contents.tax})
        return contents

    first = await decided({"0.20"})
    client = await book.client()
    raised = MATERIAL | {"normal_rate": "0.25"}
    assert (await client.put(f"{AT}/delivery-thresholds/AT", json=raised, headers={"If-Match": "*"})).status_code == 200
    again = await decided({"0.20"})
    assert (again.tax, again.lines) == (first.tax, first.lines)
    assert await book.value("SELECT count(*) FROM frozen_taxes WHERE content::text LIKE '%such%'") == 0
    fresh = Asked(UUID(int=7), bought.order, "North")
    (found,) = await known(book, fresh)
    assert {str(one.tax_rate) for one in decide_contents(fresh.order, Rules(), found)[0].lines} == {"0.25"}
