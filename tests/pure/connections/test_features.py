"""Every feature that can be exchanged has its switch at each connection."""

from datetime import UTC, datetime
from typing import get_args

from services.connections.book import Record
from services.connections.desk import FEATURES
from services.connections.views import ConnectionChange, view
from shared.contracts.connection import Connection, Feature
from tests.pure.order_import.samples import SHOP


def test_every_feature_has_a_switch_that_may_be_turned() -> None:
    assert set(FEATURES) == set(get_args(Feature))
    everything = dict.fromkeys(FEATURES, True)
    assert ConnectionChange.model_validate({"integration": everything}).integration == everything


def test_a_connection_from_before_a_feature_has_it_switched_off() -> None:
    connection = Connection(
        id=SHOP, version=1, platform="shop", name="Shop", productive=True, integration={"orders": True}
    )
    assert [connection.blocked_by(feature) for feature in ("orders", "cancellations")] == ["", "integration_mode_off"]


def test_a_switch_that_can_do_nothing_is_not_shown_unless_it_is_on_or_nobody_knows() -> None:
    record = Record(
        id=SHOP, platform="shop", name="Shop", project="", version=1, productive=False, integration={"prices": True},
        paused_because="", paused_detail="", options={}, facts={}, sealed="", tested_at=None,
        credentials_valid_until=None, created_at=datetime(2026, 3, 1, tzinfo=UTC), deleted_at=None,
    )  # fmt: skip
    shown = view(record, "en", {"orders", "stock"})
    assert shown.integration == {"orders": False, "stock": False, "prices": True}
    assert [one.feature for one in shown.switches] == list(shown.integration)
    assert list(view(record, "en").integration) == list(FEATURES)
