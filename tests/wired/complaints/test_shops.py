"""What merchants complain about in other systems, each complaint tried on every platform."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.order_import.money_proof import prove
from services.sandbox import merchant, seeds
from services.sandbox.faults import Rule
from shared.connector_kit.translation import read
from shared.contracts.errors import Transient
from shared.contracts.order import Charge, Order
from tests.wired.contract.stand import Stand, declined
from tests.wired.contract.test_pushes import articles, level
from tests.wired.contract.test_streams import place

ODD = """Käse & Wein <groß> "fein" 'süß' &amp; %20 \\ {{x}}"""
PERSON = merchant.Address("Zoë", "O'Hara", "Straße 1 & 2", "10115", "Berlin", "DE", "Müller & Söhne <GmbH>", "+49301")
CENT = Decimal("0.01")


def basket(stand: Stand, case: str, **differing: Any) -> merchant.Basket:
    return replace(seeds.case(case, stand.sandbox.clock().replace(microsecond=0)), **differing)


async def bought(stand: Stand, given: merchant.Basket) -> Order:
    """The order as it is read after its customer placed it."""
    stream = stand.stream("order")
    (raw,) = await stream.fetch_one(stand.client, stand.opened.place(given))
    found = read(stream, raw).contract
    assert isinstance(found, Order)
    return found


def only_where_offered(stand: Stand, name: str) -> None:
    """Skips where a connector says that its platform does not have this."""
    if why := declined(stand.connector, name):
        pytest.skip(f"{stand.connector.title}: {why}")


def discounts(order: Order) -> list[Charge]:
    """Discounts that the shop books beside the lines, as negative charges."""
    return [one for one in order.charges if one.kind == "discount"]


def discount(order: Order) -> Decimal:
    """All that was taken off, on the lines and beside them."""
    on_lines = sum((one.discount.amount for one in order.line_items if one.discount is not None), Decimal(0))
    return on_lines - sum((one.total.amount for one in discounts(order)), Decimal(0))


def by_another_app(stand: Stand, id: str) -> None:
    """The order was made by somebody else's app, through the shop's own programming interface."""
    if stand.variety.platform == "shopify":
        stand.shop.orders.open(id).update(sourceName="some-marketplace", app={"id": "gid://shopify/App/9", "name": "X"})
    else:
        stored = stand.shop.store.book.orders[int(id)]
        stored.body()["created_via"] = "rest-api"
        stored.forget()


async def test_a_limit_on_stock_does_not_keep_orders_from_being_read(stand: Stand) -> None:
    only_where_offered(stand, "stock")
    placed = place(stand, 130, spread=3600)
    (article,) = await articles(stand, "KR-1006")
    kind: Any = next(iter(stand.variety.own_faults), "throttle")
    stand.opened.faults.add(Rule(kind, retry_after=30, path_contains=stand.variety.stock_writes))
    with suppress(Transient):
        (result,) = await stand.send("stock", [level(article, 5)])
        assert result.outcome == "retrying"
    assert stand.opened.faults.struck[kind] > 0
    assert stand.shop.stock()["KR-1006"] != 5
    assert set(await stand.items()) == set(placed)


async def test_an_order_made_by_an_app_of_somebody_else_is_read_like_any_other(stand: Stand) -> None:
    only_where_offered(stand, "order-sources")
    id = stand.opened.place(basket(stand, "guest"))
    by_another_app(stand, id)
    stand.sandbox.clock.shift(timedelta(seconds=10))
    stream = stand.stream("order")
    found = read(stream, (await stand.items())[id])
    assert isinstance(found.contract, Order)
    assert found.contract.state == "open"


async def test_orders_of_the_till_are_read_like_those_of_the_website(stand: Stand) -> None:
    only_where_offered(stand, "order-sources")
    ids = {stand.opened.place(basket(stand, case)): case for case in ("point of sale", "guest")}
    stand.sandbox.clock.shift(timedelta(seconds=10))
    items = await stand.items()
    channels = {ids[id]: read(stand.stream("order"), item).contract.channel for id, item in items.items()}  # type: ignore[union-attr]
    assert channels == {"point of sale": "pos", "guest": "web"}


async def test_every_part_of_an_address_stays_in_its_own_field(any_stand: Stand) -> None:
    order = await bought(any_stand, basket(any_stand, "guest", billing=PERSON, shipping=PERSON))
    for found in (order.billing_address, order.shipping_address):
        assert found is not None
        company = ("", PERSON.company) if declined(any_stand.connector, "companies") else (PERSON.company, "")
        name = ("", "Zoë O'Hara") if declined(any_stand.connector, "first-names") else ("Zoë", "O'Hara")
        assert (found.first_name, found.last_name) == name
        assert (found.company, found.addition) == company
        assert found.street == "Straße 1 & 2"
        assert (found.postcode, found.city, found.country) == ("10115", "Berlin", "DE")


@pytest.mark.parametrize("case", ["line discount", "coupon over all lines", "coupon that leaves cents over"])
async def test_a_discount_is_taxed_like_what_it_is_taken_off(any_stand: Stand, case: str) -> None:
    only_where_offered(any_stand, "discounts")
    order = await bought(any_stand, basket(any_stand, case))
    assert discount(order) > 0
    untaxed = declined(any_stand.connector, "taxes")
    for one in order.line_items if not untaxed else ():
        (tax,) = one.taxes
        net = one.total.amount - (tax.amount.amount if order.prices_include_tax else 0)
        assert abs(tax.amount.amount - net * tax.rate) <= CENT, one.title
    for off in discounts(order) if not untaxed else ():
        # Spread over all rates of the goods: what each rate is taken of adds up to the discount.
        taken = sum((tax.amount.amount for tax in off.taxes), Decimal(0))
        bases = sum((tax.amount.amount / tax.rate for tax in off.taxes), Decimal(0))
        net = off.total.amount - (taken if order.prices_include_tax else 0)
        assert abs(bases - net) <= CENT / min(tax.rate for tax in off.taxes), off.title
    assert not untaxed or not [tax for one in (*order.line_items, *order.charges) for tax in one.taxes]
    assert abs(prove(order).difference) <= CENT


async def test_a_sale_without_tax_keeps_its_discount(any_stand: Stand) -> None:
    only_where_offered(any_stand, "discounts")
    only_where_offered(any_stand, "tax-free-sales")
    dear = await bought(any_stand, basket(any_stand, "tax-free export"))
    cheap = await bought(any_stand, basket(any_stand, "tax-free export", coupon=("FREI", Decimal("5.00"))))
    off = dear.total.amount - cheap.total.amount
    assert off > 4
    assert abs(discount(cheap) - off) <= CENT
    assert not [tax for one in cheap.line_items for tax in one.taxes if tax.amount.amount]
    assert abs(prove(cheap).difference) <= CENT


async def test_special_characters_arrive_as_the_customer_typed_them(any_stand: Stand) -> None:
    variant = merchant.Variant("ODD-1", ODD, Decimal("5.00"), stock=3)
    any_stand.shop.stock_catalogue((merchant.Product("odd", ODD, (variant,)),))
    item = merchant.Item("ODD-1", ODD, 1, Decimal("5.00"), properties=(("Gravur", ODD),))
    order = await bought(any_stand, basket(any_stand, "engraving", items=(item,), note=ODD))
    assert order.note == ("" if declined(any_stand.connector, "order-comment") else ODD)
    assert order.line_items[0].title == ODD
    engraved = ODD in [one.value for one in order.line_items[0].properties]
    assert engraved is not bool(declined(any_stand.connector, "line-properties"))


async def test_stock_of_a_product_with_hundreds_of_variants_arrives(stand: Stand) -> None:
    only_where_offered(stand, "stock")
    skus = [f"BIG-{n:03d}" for n in range(260)]
    variants = tuple(
        merchant.Variant(sku, "Schraube", Decimal("1.00"), stock=1, options=(("Größe", sku),)) for sku in skus
    )
    stand.shop.stock_catalogue((merchant.Product("big", "Schraube", variants),))
    stand.sandbox.clock.shift(timedelta(seconds=10))
    found = await articles(stand, *skus)
    batch = stand.push("stock").batch
    pushes = [level(article, place + 2) for place, article in enumerate(found)]
    for start in range(0, len(pushes), batch):
        assert {one.outcome for one in await stand.send("stock", pushes[start : start + batch])} == {"done"}
    assert {sku: place + 2 for place, sku in enumerate(skus)}.items() <= stand.shop.stock().items()


async def test_an_order_nobody_can_read_stops_no_other(stand: Stand) -> None:
    before = place(stand, 60, spread=600)
    bad = [stand.opened.place(basket(stand, case)) for case in ("wrong type", "unknown status word")]
    after = place(stand, 60, spread=5)
    stream = stand.stream("order")
    found = {id: read(stream, item) for id, item in (await stand.items()).items()}
    assert set(found) == {*before, *bad, *after}
    assert {id for id, one in found.items() if one.unreadable is not None} == set(bad)
    assert all(one.unreadable is None or one.unreadable.field for one in found.values())


@pytest.mark.parametrize("case", ["bank transfer, unpaid", "cash on delivery fee"])
async def test_goods_nobody_paid_for_are_not_called_paid(any_stand: Stand, case: str) -> None:
    if case == "cash on delivery fee":
        only_where_offered(any_stand, "order-fees")
    order = await bought(any_stand, basket(any_stand, case))
    assert order.payment_state in ("unpaid", "unconfirmed")
    assert not [one for one in order.payments if one.state == "paid"]


def unknown_payment(stand: Stand, id: str) -> None:
    """The shop has no word about the payment, or an order that is done without one."""
    if hasattr(stand.shop, "forget_payment"):
        stand.shop.forget_payment(id)
    elif stand.variety.platform == "shopify":
        stand.shop.orders.open(id).update(displayFinancialStatus=None)
    elif stand.variety.platform == "tradebyte":
        stand.shop.account.orders[int(id.rpartition(":")[2])].paid = None
    else:
        stored = stand.shop.store.book.orders[int(id)]
        stored.body().update(status="completed", date_paid=None, date_paid_gmt=None)
        stored.forget()


async def test_a_payment_nobody_knows_about_is_unconfirmed_and_never_paid(stand: Stand) -> None:
    only_where_offered(stand, "payment-states")
    id = stand.opened.place(basket(stand, "guest"))
    unknown_payment(stand, id)
    stream = stand.stream("order")
    (raw,) = await stream.fetch_one(stand.client, id)
    found = read(stream, raw).contract
    assert isinstance(found, Order)
    assert found.payment_state == "unconfirmed"
