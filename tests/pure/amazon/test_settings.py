"""Which marketplaces may be connected together."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.connectors.amazon.settings import Credentials
from services.connectors.amazon.settings.markets import EUROPE, NORTH_AMERICA

ENTERED = {"client_id": "amzn1.x", "client_secret": "s", "refresh_token": "Atzr|r", "seller_id": "A1SELLER"}


def entered(**more: Any) -> Credentials:
    return Credentials.model_validate(ENTERED | more)


def test_several_marketplaces_of_one_region_are_one_connection() -> None:
    found = entered(marketplaces="DE FR DE")
    assert [market.id for market in found.markets] == ["A1PA6795UKMFR9", "A13V1IB3VIYZZH"]
    assert found.url == EUROPE


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"marketplaces": "DE US"}, "US"),
        ({"marketplaces": "US", "url": EUROPE}, "US"),
        ({"marketplaces": "DE", "url": NORTH_AMERICA}, "DE"),
        ({"marketplaces": "DE XX"}, "XX"),
        ({"marketplaces": "de"}, "marketplaces"),
        ({"url": "sellingpartnerapi-eu.amazon.com"}, "https://"),
        ({"refresh_token": ""}, "refresh_token"),
    ],
)
def test_what_does_not_belong_together_is_refused_by_name(given: dict[str, str], named: str) -> None:
    with pytest.raises(ValidationError) as caught:
        entered(**given)
    assert named in str(caught.value)
