"""Lines for the ERP: nothing of money or pieces is lost, whatever is put together or taken apart."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.order_import.demand import Left, demand
from services.order_import.parcel_plan import Packed, Refused, Wanted, plan
from services.order_import.rules.knowledge import Component
from services.order_import.rules.lines import ContentLine, grouped
from services.order_import.rules.model_lines import LineRules
from shared.contracts.order import LineItem, Property
from tests.pure.order_import.rules.asked import Rules, codes, decided, why_not
from tests.pure.order_import.samples import eur, line, order

SET = (Component("P-1", Decimal(2)), Component("P-2", Decimal(1)))
KNOWN = {number: f"{number} of the ERP" for number in ("KR-1", "KR-2", "SET", "P-1", "P-2")}
TOGETHER = Rules(lines=LineRules(aggregate=True))


def got(*items: LineItem, rules: Rules = TOGETHER, bills: Any = None) -> tuple[ContentLine, ...]:
    return decided(order("1", *items), rules, articles=KNOWN, bills=bills or {})[0].lines


def packed(
    stated: Sequence[LineItem], lines: Sequence[ContentLine], wanted: Sequence[Wanted] | None, left: Left = Left()
) -> Packed:
    """A parcel of what the ERP has, of lines that are known by their numbers."""
    numbers = [each.sku or "" for each in stated]
    return plan(order("1", *stated), numbers, left, wanted, {"SET": SET}, grouped(lines))


def together(left: Left, parcel: Packed) -> Left:
    lines, components = defaultdict(Decimal, left.lines), defaultdict(Decimal, left.components)
    for each in parcel.lines:
        lines[each.line_external_id] += each.quantity
    for place, pieces in parcel.components.items():
        components[place] += pieces
    return Left(dict(lines), dict(components))


def reserved(*stated: LineItem) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for each in demand(order("1", *stated), [each.sku or "" for each in stated], bills={"SET": SET}):
        found[each.article_number] += each.quantity
    return dict(found)


def one(sku: str, id: str, **differing: Any) -> LineItem:
    return line(sku, external_id=id, **differing)


ITEMS = st.lists(
    st.builds(
        lambda sku, quantity, cancelled, price, personal: {
            "sku": sku, "quantity": quantity, "cancelled": min(cancelled, quantity), "price": price,
            "personal": personal,
        },
        sku=st.sampled_from(["KR-1", "KR-2", "SET"]),
        quantity=st.sampled_from([1, 1, 1, 2, 5]),
        cancelled=st.integers(0, 2),
        price=st.sampled_from(["10.00", "3.33"]),
        personal=st.sampled_from([False, False, True]),
    ),
    min_size=1,
    max_size=12,
)  # fmt: skip


def basket(items: list[dict[str, Any]]) -> list[LineItem]:
    return [
        one(
            each["sku"], f"x{place}", quantity=each["quantity"], price=each["price"],
            cancelled_quantity=Decimal(each["cancelled"]),
            properties=(Property(name="Gravur", value="Oma"),) if each["personal"] else (),
        )
        for place, each in enumerate(items)
    ]  # fmt: skip


@settings(deadline=None)
@given(items=ITEMS, aggregate=st.booleans(), explode=st.booleans())
def test_money_and_pieces_are_all_there_again(items: list[dict[str, Any]], aggregate: bool, explode: bool) -> None:
    stated = basket(items)
    rules = Rules(lines=LineRules(aggregate=aggregate, explode_bills=explode))
    lines = got(*stated, rules=rules, bills={"SET": SET})
    assert sum(each.gross.amount for each in lines) == sum(each.total.amount for each in stated)
    assert sum(each.tax.amount for each in lines) == sum(tax.amount.amount for each in stated for tax in each.taxes)
    pieces: dict[str, Decimal] = defaultdict(Decimal)
    cancelled: dict[str, Decimal] = defaultdict(Decimal)
    for each in lines:
        if not each.head:
            assert each.quantity == sum(origin.quantity for origin in each.origins)
            for origin in each.origins:
                pieces[origin.line_external_id] += origin.quantity
                cancelled[origin.line_external_id] += origin.cancelled_quantity
    assert pieces == {each.external_id: each.quantity for each in stated}
    assert cancelled == {each.external_id: each.cancelled_quantity for each in stated}
    assert len({each.key for each in lines}) == len(lines)


@settings(deadline=None)
@given(items=ITEMS, aggregate=st.booleans(), data=st.data())
def test_what_was_shipped_finds_exactly_back(items: list[dict[str, Any]], aggregate: bool, data: st.DataObject) -> None:
    stated = basket(items)
    lines = got(*stated, rules=Rules(lines=LineRules(aggregate=aggregate)), bills={"SET": SET})
    shipped: dict[str, Decimal] = defaultdict(Decimal)
    left = Left()
    for _ in range(2):
        wanted = []
        for each in (each for each in lines if not each.exploded):
            if pieces := data.draw(st.integers(0, int(each.open - shipped[each.key]))):
                wanted.append(Wanted(line_external_id=each.key, quantity=Decimal(pieces)))
                shipped[each.key] += pieces
        if wanted:
            left = together(left, packed(stated, lines, wanted, left))
    out = left.lines
    for each in stated:
        assert 0 <= out.get(each.external_id, Decimal(0)) <= each.quantity - each.cancelled_quantity
    for each in lines:
        if each.head or each.exploded:
            continue
        ids = {origin.line_external_id for origin in each.origins}
        assert sum(out.get(id, Decimal(0)) for id in ids) == shipped[each.key]
    for head in (each for each in lines if each.exploded):
        ids = {origin.line_external_id for origin in head.origins}
        parts = [each for each in lines if each.head == head.key]
        told = sum(out.get(id, Decimal(0)) for id in ids)
        assert all(told * part.per_head <= shipped[part.key] for part in parts)
        assert told == head.open or any((told + 1) * part.per_head > shipped[part.key] for part in parts)


@settings(deadline=None)
@given(items=ITEMS, aggregate=st.booleans())
def test_when_everything_is_shipped_the_channel_hears_of_every_piece_it_did_not_cancel(
    items: list[dict[str, Any]], aggregate: bool
) -> None:
    stated = basket(items)
    lines = got(*stated, rules=Rules(lines=LineRules(aggregate=aggregate)), bills={"SET": SET})
    left = {each.external_id: each.quantity - each.cancelled_quantity for each in stated}
    wanted = [Wanted(line_external_id=each.key) for each in lines if not each.exploded and each.open]
    for way in (wanted, None) if wanted else ():
        out = packed(stated, lines, way).lines
        assert {each.line_external_id: each.quantity for each in out} == {id: n for id, n in left.items() if n}


def test_equal_lines_of_one_piece_become_one_line() -> None:
    (found,) = got(one("KR-1", "a"), one("KR-1", "b"), one("KR-1", "c"))
    assert (found.quantity, found.gross.amount, found.key) == (3, Decimal("30.00"), "a")
    assert [origin.line_external_id for origin in found.origins] == ["a", "b", "c"]
    contents, ruling = decided(order("1", one("KR-1", "a"), one("KR-1", "b")), TOGETHER)
    assert len(contents.lines) == 1
    assert "lines_put_together" in codes(ruling)


@pytest.mark.parametrize("differing", [
    {"price": "10.01"}, {"properties": (Property(name="Gravur", value="Oma"),)}, {"quantity": 2}, {"taxes": ()},
    {"title": "Another"}, {"held": True}, {"sku": "KR-2"},
])  # fmt: skip
def test_lines_that_differ_stay_apart(differing: dict[str, Any]) -> None:
    assert len(got(one("KR-1", "a"), one(**({"sku": "KR-1", "id": "b"} | differing)))) == 2


def test_two_personalised_lines_stay_apart_even_with_the_same_words() -> None:
    words = (Property(name="Gravur", value="Oma"),)
    assert len(got(one("KR-1", "a", properties=words), one("KR-1", "b", properties=words))) == 2


def test_lines_stay_as_they_are_unless_the_merchant_wants_them_together() -> None:
    assert len(got(one("KR-1", "a"), one("KR-1", "b"), rules=Rules())) == 2


def test_a_head_keeps_the_price_and_its_components_cost_nothing() -> None:
    head, first, second = got(one("SET", "a", quantity=2, price="25.00"), bills={"SET": SET})
    assert (head.exploded, head.gross.amount, head.quantity) == (True, Decimal("50.00"), 2)
    assert [(each.article_number, each.quantity, each.gross.amount, each.head) for each in (first, second)] == [
        ("P-1", 4, 0, "a"), ("P-2", 2, 0, "a"),
    ]  # fmt: skip
    assert first.name == "P-1 of the ERP"
    assert len(got(one("SET", "a"), rules=Rules(lines=LineRules(explode_bills=False)), bills={"SET": SET})) == 1


def test_a_head_is_shipped_when_all_its_components_are() -> None:
    stated = [one("SET", "a", quantity=2)]
    for first, second, heads in ((4, 0, 0), (3, 2, 1), (4, 2, 2)):
        wanted = [
            Wanted(line_external_id=f"a/{number}", quantity=Decimal(pieces))
            for number, pieces in (("P-1", first), ("P-2", second))
            if pieces
        ]
        parcel = packed(stated, got(*stated, bills={"SET": SET}), wanted)
        assert sum(each.quantity for each in parcel.lines) == heads


def test_components_are_summed_over_all_lines_before_reserving() -> None:
    assert reserved(one("SET", "a", quantity=2), one("P-1", "b", quantity=3)) == {"P-1": 7, "P-2": 2}


def test_pieces_cancelled_in_the_channel_are_not_reserved() -> None:
    assert reserved(one("SET", "a", quantity=3, cancelled_quantity=Decimal(1))) == {"P-1": 4, "P-2": 2}


def test_a_component_that_nobody_knows_parks_the_order_like_any_unknown_number() -> None:
    bills = {"SET": (Component("GONE", Decimal(1)),)}
    _, ruling = decided(order("1", one("SET", "a")), articles={"SET": ""}, bills=bills)
    assert [(each.code, each.key, each.field) for each in ruling.reasons] == [
        ("article_unknown", "GONE", "line_items.0.sku")
    ]
    cancelled = order("1", one("SET", "a", cancelled_quantity=Decimal(1)))
    assert why_not(decided(cancelled, articles={"SET": ""}, bills=bills)[1]) == []


def test_more_pieces_than_a_line_has_and_lines_that_are_not_there_are_refused() -> None:
    stated = [one("SET", "a", quantity=2)]
    lines = got(*stated, bills={"SET": SET})
    for name, pieces, code in (("a/P-1", 5, "shipment_exceeds_outstanding"), ("a/P-9", 1, "shipment_line_unknown")):
        with pytest.raises(Refused, match=code):
            packed(stated, lines, [Wanted(line_external_id=name, quantity=Decimal(pieces))])


def test_names_and_descriptions_come_from_where_the_merchant_wants_them() -> None:
    item = one(
        "KR-1", "a", title="Mug", properties=(Property(name="Gravur", value="Oma"), Property(name="_id", value="4"))
    )
    for rules, name, description in (
        ({}, "Mug", ""),
        ({"name": "erp"}, "KR-1 of the ERP", ""),
        ({"description": "erp"}, "Mug", "KR-1 of the ERP"),
        ({"description": "channel"}, "Mug", "Mug\nGravur: Oma"),
    ):
        (found,) = got(item, rules=Rules(lines=LineRules.model_validate(rules)))
        assert (found.name, found.description) == (name, description)


def test_a_line_whose_number_nobody_knows_has_no_article_and_the_channels_name() -> None:
    (found,) = decided(order("1", one("NEW", "a", title="Mug")), Rules(lines=LineRules(name="erp")), articles={})[
        0
    ].lines
    assert (found.article_number, found.sku, found.name) == ("", "NEW", "Mug")


def test_a_setting_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="surprise"):
        LineRules.model_validate({"surprise": 1})


def test_a_head_without_cost_is_one_more_line_of_zero() -> None:
    head, *_ = got(one("SET", "a", price="0.00", taxes=(), total=eur("0.00")), bills={"SET": SET})
    assert head.gross.amount == 0
    assert why_not(decided(order("1", one("SET", "a", price="0.00", taxes=())))[1]) == []
