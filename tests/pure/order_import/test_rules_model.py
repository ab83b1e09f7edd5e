"""The rules as a merchant writes them: what is refused, what counts as a change."""

from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from services.order_import.rules.model import OrderRules, changes
from tests.pure.order_import.ruled import rules


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"payment": {}}, "payment"),
        ({"payments": {"row": {}}}, "payments.row"),
        ({"triggers": {"payment_states": ["bezahlt"]}}, "triggers.payment_states.0"),
        ({"triggers": {"placed_from": datetime(2026, 1, 1)}}, "triggers.placed_from"),  # noqa: DTZ001
        ({"payments": {"rows": {"x": " "}}}, "payments.rows.x"),
        ({"payments": {"use_standard_if_unmapped": True}}, "payments"),
        ({"payments": {"stop_auto_shipping": ["Vorkase"], "standard": "Vorkasse"}}, "payments"),
        ({"shipping": {"fast_lane": ["Kurier"]}}, "shipping"),
        ({"mode": "manual"}, "mode"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(parts: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        rules(**parts)
    assert [".".join(str(step) for step in one["loc"]) for one in refusal.value.errors()] == [field]


def test_rules_survive_being_stored() -> None:
    full = rules(
        triggers={"payment_states": ["paid"], "order_states": ["checked"], "placed_from": "2026-01-01T00:00:00+01:00"},
        payments={"rows": {"PayPal ": "x"}, "standard": "y", "use_standard_if_unmapped": True},
        mode="approval",
    )
    assert OrderRules.model_validate_json(full.model_dump_json()) == full


def test_a_change_is_told_field_by_field_and_row_by_row() -> None:
    before = rules(payments={"rows": {"a": "A", "b": "B"}}, editor="Eva")
    after = rules(
        payments={"rows": {"a": "A2", "c": "C"}}, triggers={"payment_states": ["paid", "authorised"]}, mode="approval"
    )
    assert changes(before, after) == {
        "payments.rows.a": ("A", "A2"),
        "payments.rows.b": ("B", "–"),
        "payments.rows.c": ("–", "C"),
        "editor": ("Eva", "–"),
        "triggers.payment_states": ("–", "paid, authorised"),
        "mode": ("automatic", "approval"),
    }
    assert changes(after, after) == {}
