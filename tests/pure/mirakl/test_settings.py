"""What a merchant types in."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.connectors.mirakl.settings import Credentials


def form(**given: Any) -> Credentials:
    return Credentials.model_validate({"url": "https://operator.mirakl.net", "api_key": "abcdefgh"} | given)


@pytest.mark.parametrize("tail", ["", "/", "/api", "/api/"])
def test_the_address_is_the_same_with_and_without_the_api_at_its_end(tail: str) -> None:
    assert form(url=f"https://market.example/shop{tail}").url == "https://market.example/shop"


@pytest.mark.parametrize("wrong", [{"url": "operator.mirakl.net"}, {"shop_id": "shop 1"}, {"api_key": "short"}])
def test_what_cannot_work_is_refused_in_the_form(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        form(**wrong)
    assert caught.value.errors()[0]["loc"] == tuple(wrong)


def test_a_preset_fills_fields_that_the_form_takes_and_may_be_changed() -> None:
    presets = Credentials.model_json_schema()["presets"]
    names = [one["title"] for one in presets]
    assert {"Conrad", "Decathlon", "Douglas", "Fressnapf", "Home24", "Hornbach", "MediaMarkt/Saturn"} < set(names)
    for one in presets:
        filled = form(**one["values"])
        assert {field: getattr(filled, field) for field in one["values"]} == one["values"]
        assert ("note" in one) == ("note_de" in one)
    (decathlon,) = [one for one in presets if one["name"] == "decathlon"]
    assert form(**decathlon["values"] | {"url": "https://other.example"}).url == "https://other.example"
