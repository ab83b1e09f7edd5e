"""What a merchant types in."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.connectors.kaufland.settings import Credentials


def form(**given: Any) -> Credentials:
    return Credentials.model_validate({"client_key": "c" * 32, "secret_key": "s" * 64} | given)


@pytest.mark.parametrize("tail", ["", "/", "/v2", "/v2/"])
def test_the_address_is_the_same_with_and_without_the_version_at_its_end(tail: str) -> None:
    assert form(url=f"https://sellerapi.kaufland.com{tail}").url == "https://sellerapi.kaufland.com"


def test_storefronts_are_taken_in_any_case_and_once_and_none_means_all() -> None:
    assert form(storefronts="DE, cz,de , ").named_storefronts == ("de", "cz")
    assert form().named_storefronts == ()
    assert form(storefronts="es").named_storefronts == ("es",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "sellerapi.kaufland.com"},
        {"client_key": "short"},
        {"secret_key": "with a blank " * 5},
        {"storefronts": "Germany"},
        {"fallback_email": "nobody"},
        {"signature": "md5"},
    ],
)
def test_what_cannot_work_is_refused_in_the_form(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        form(**wrong)
    assert caught.value.errors()[0]["loc"] == tuple(wrong)


@pytest.mark.parametrize("half", [{"partner_client_key": "p" * 32}, {"partner_secret_key": "p" * 64}])
def test_half_a_partners_keys_are_refused(half: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="together, or neither"):
        form(**half)
