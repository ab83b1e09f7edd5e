"""What a merchant may enter, and what he is told to mend."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.connectors.ebay.settings import Credentials

ENTERED = {"client_id": "Kramladen-1", "client_secret": "PRD-secret", "refresh_token": "v^1.1#refresh"}


def test_the_first_marketplace_is_where_the_account_is_registered() -> None:
    found = Credentials.model_validate(ENTERED | {"marketplaces": " ebay_at ,EBAY_DE, EBAY_AT"})
    assert found.sites == ("EBAY_AT", "EBAY_DE")
    assert Credentials.model_validate(ENTERED).sites == ("EBAY_DE",)


@pytest.mark.parametrize(
    "entered",
    [
        {"marketplaces": "de"},
        {"marketplaces": " , "},
        {"url": "api.ebay.com"},
        {"alert_email": "nobody"},
        {"signing_key": "jwe"},
        {"signing_private_key": "key"},
        {"client_secret": "with a blank"},
        {"site": "EBAY_DE"},
    ],
)
def test_what_cannot_be_right_is_refused(entered: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Credentials.model_validate(ENTERED | entered)
