"""Every feature that can be exchanged has its switch at each connection."""

from typing import get_args

from services.connections.desk import FEATURES
from services.connections.views import ConnectionChange
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
