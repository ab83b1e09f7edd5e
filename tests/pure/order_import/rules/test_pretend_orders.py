"""Every order of the golden pairs, under many rules: what the ERP gets comes to what the channel states."""

import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from services.order_import.money_proof import prove
from services.order_import.rules.contents import Contents
from services.order_import.rules.knowledge import ChargeArticle, ChargeArticleKind, Component
from services.order_import.rules.model_charges import ChargeRules
from services.order_import.rules.model_customers import CustomerRules, Handling
from services.order_import.rules.model_lines import LineRules
from services.order_import.rules.model_taxes import TaxRules
from shared.contracts.money import minor_unit
from shared.contracts.order import Order
from tests.pure.order_import.rules.asked import Rules, decided, why_not, worth

FOLDER = Path(__file__).parents[2] / "golden"
KINDS: tuple[ChargeArticleKind, ...] = ("shipping", "discount", "surcharge")
ARTICLES = {kind: ChargeArticle(f"_{kind}") for kind in KINDS}


def pairs() -> Iterator[tuple[str, Order]]:
    for path in sorted(FOLDER.glob("*/*.expected.json")):
        found = json.loads(path.read_text("utf-8"))
        if "line_items" in found:
            yield f"{path.parent.name}/{path.name.removesuffix('.expected.json')}", Order.model_validate(found)


PAIRS = dict(pairs())


def variants() -> Iterator[Rules]:
    ways = product((False, True), (False, True), ("channel", "goods"), ("proportional", "largest"))
    for aggregate, as_lines, tax_from, mixed in ways:
        yield Rules(
            lines=LineRules(aggregate=aggregate, name="erp", description="channel"),
            charges=ChargeRules.model_validate({"as_lines": as_lines, "tax_from": tax_from, "mixed_rates": mixed}),
            taxes=TaxRules(exempt_when_missing=as_lines),
        )


def test_there_are_orders_of_every_connector() -> None:
    assert len({name.split("/")[0] for name in PAIRS}) >= 2
    assert len(PAIRS) > 60


@pytest.mark.parametrize("name", PAIRS)
def test_an_order_comes_to_the_channels_total_to_the_cent_whatever_the_merchant_decides(name: str) -> None:
    order = PAIRS[name]
    numbers = {line.sku for line in order.line_items if line.sku}
    known = {number: number for number in (*numbers, "part-a", "part-b", *(f"_{kind}" for kind in KINDS))}
    bills = {number: (Component("part-a", Decimal(2)), Component("part-b", Decimal(1))) for number in numbers}
    for rules, exploded in product(variants(), (False, True)):
        contents, ruling = decided(
            order, rules, articles=known, charge_articles=ARTICLES, bills=bills if exploded else {}
        )
        off = prove(order).difference
        assert contents.total == order.total
        assert contents.difference.amount == off
        assert abs(worth(contents) - order.total.amount + off) < minor_unit(order.currency)
        assert not {"charge_article_missing", "article_unknown"} & set(why_not(ruling))
        assert contents.fixed


@pytest.mark.parametrize("name", PAIRS)
def test_a_merchant_who_decides_nothing_gets_every_order_with_the_taxes_it_states(name: str) -> None:
    order = PAIRS[name]
    contents, ruling = decided(order)
    assert why_not(ruling) == []
    stated = sum((tax.amount.amount for line in order.line_items for tax in line.taxes), Decimal(0))
    stated += sum((tax.amount.amount for charge in order.charges for tax in charge.taxes), Decimal(0))
    told = sum((one.tax.amount for one in contents.lines), Decimal(0))
    told += sum((one.tax.amount for one in contents.charges if order.charges[one.position].taxes), Decimal(0))
    assert told == stated
    assert contents.auto_shipping


@pytest.mark.parametrize("name", PAIRS)
def test_what_was_decided_can_be_kept_as_json_and_read_again(name: str) -> None:
    contents, _ = decided(PAIRS[name], Rules(lines=LineRules(aggregate=True)), charge_articles=ARTICLES)
    kept = TypeAdapter(Contents)
    assert kept.validate_json(kept.dump_json(contents)) == contents


def test_a_whole_order_can_go_to_one_customer() -> None:
    rules = Rules(customers=CustomerRules(guests=Handling(mode="default"), default_customer="10000"))
    contents, _ = decided(PAIRS["woocommerce/guest"], rules)
    assert (contents.customer.action, contents.customer.number) == ("default", "10000")
