"""What a merchant types in, with blanks and capitals as people type."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.connectors.tradebyte.settings import Credentials


def given(**differing: Any) -> Credentials:
    return Credentials.model_validate({"account": "4711", "user": "u", "password": "p", "channels": "12"} | differing)


def test_channels_come_apart_whatever_blanks_are_between_them() -> None:
    assert given(channels=" 12, 13 ,14").channel_ids == ("12", "13", "14")


def test_a_channel_has_the_currency_of_its_own_or_that_of_all() -> None:
    settings = given(currency="EUR", currencies="zach = CHF, zapl=PLN")
    assert [settings.currency_of(sign) for sign in ("zach", "ZACH", "zapl", "zade")] == ["CHF", "CHF", "PLN", "EUR"]


def test_a_carrier_has_a_package_type_or_none() -> None:
    settings = given(parcel_types="DHL=DHL_STD_NATIONAL, Hermes = HERMES_STD_NATIONAL")
    assert [settings.parcel_type(one) for one in ("dhl", "Hermes ", "GLS", "")] == [
        "DHL_STD_NATIONAL", "HERMES_STD_NATIONAL", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "differing",
    [
        {"channels": "chde"},
        {"channels": ""},
        {"currency": "Euro"},
        {"currencies": "zach:CHF"},
        {"parcel_types": "DHL"},
        {"url": "rest.example.test"},
        {"account": "47/11"},
    ],
    ids=lambda one: str(one),
)
def test_what_cannot_work_is_refused_with_the_field(differing: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        given(**differing)
    assert caught.value.errors()[0]["loc"] == tuple(differing)
