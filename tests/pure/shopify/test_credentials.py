"""The form that a merchant fills in."""

import pytest
from pydantic import ValidationError

from services.connectors.shopify.settings import Credentials

SHOP = "https://kramladen.myshopify.com"


def test_either_an_app_or_a_fixed_token_opens_the_shop() -> None:
    app = Credentials(shop_url=SHOP + "/", client_id="a", client_secret="b")
    assert app.asks_for_tokens
    assert app.shop_url == SHOP
    assert not Credentials(shop_url=SHOP, access_token="shpat_x").asks_for_tokens


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"client_id": "a"},
        {"client_secret": "b"},
        {"access_token": "x", "colour": "red"},
    ],
)
def test_half_an_app_opens_nothing(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Credentials.model_validate({"shop_url": SHOP, **given})


@pytest.mark.parametrize("url", ["kramladen.myshopify.com", "ftp://kramladen.myshopify.com", ""])
def test_an_address_is_a_whole_address(url: str) -> None:
    with pytest.raises(ValidationError):
        Credentials(shop_url=url, access_token="shpat_x")
