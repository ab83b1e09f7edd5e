"""The seller agrees at eBay's login, and comes back with what lasts."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from services.connectors.ebay.connector import EBAY
from services.connectors.ebay.settings import Credentials
from services.connectors.ebay.vocabulary import SCOPE, SCOPES
from shared.connector_kit import authorising
from shared.connector_kit.routes_authorisation import _with_defaults
from shared.contracts.errors import Misconfigured
from tests.wired.contract.stand import HOST, Stand

RETURN = "https://kontor.test/connections/authorisation"
HERE = {"redirect_uri": RETURN}
assert EBAY.authorisation is not None
CONSENT = EBAY.authorisation


def entered(stand: Stand) -> dict[str, Any]:
    login = stand.shop.store.login
    url = f"https://{HOST}/ebay/{stand.shop.name}"
    keys = {"client_id": login.client_id, "client_secret": login.client_secret, "ru_name": login.ru_name}
    return {"url": url, "login_url": url, **keys}


async def code_of(stand: Stand, address: str) -> str:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(stand.app), follow_redirects=False) as browser:
        back = await browser.get(address)
    assert back.status_code == 302
    assert parse_qs(urlsplit(back.headers["location"]).query)["state"] == ["S1"]
    return parse_qs(urlsplit(back.headers["location"]).query)["code"][0]


async def test_the_login_is_asked_by_the_name_of_the_return_address_and_gives_what_lasts(stand: Stand) -> None:
    form = entered(stand)
    address = authorising.address(CONSENT, form, **HERE, state="S1", challenge="C")
    query = parse_qs(urlsplit(address).query)
    assert query["redirect_uri"] == [form["ru_name"]]
    assert query["scope"] == [" ".join(f"{SCOPE}/{scope}" for scope in SCOPES)]
    code = await code_of(stand, address)
    granted = await authorising.exchange(CONSENT, stand.outside, form, code=code, verifier="V", **HERE)
    assert Credentials.model_validate(granted.credentials).refresh_token == stand.shop.store.login.refresh_token
    assert granted.valid_until is not None
    assert (granted.valid_until - stand.sandbox.clock()).days in (546, 547)


async def test_a_code_works_once(stand: Stand) -> None:
    form = entered(stand)
    code = await code_of(stand, authorising.address(CONSENT, form, **HERE, state="S1", challenge="C"))
    await authorising.exchange(CONSENT, stand.outside, form, code=code, verifier="V", **HERE)
    with pytest.raises(Misconfigured) as caught:
        await authorising.exchange(CONSENT, stand.outside, form, code=code, verifier="V", **HERE)
    assert caught.value.code == "authorisation_code_refused"


def test_without_the_name_of_the_return_address_nobody_is_sent_to_the_login() -> None:
    form = _with_defaults(EBAY, {"client_id": "Kramladen-1", "client_secret": "PRD-secret"})
    with pytest.raises(Misconfigured) as caught:
        authorising.address(CONSENT, form, **HERE, state="S1", challenge="C")
    assert caught.value.field == "ru_name"


def test_what_the_form_leaves_out_is_ebays_own_address() -> None:
    form = _with_defaults(EBAY, {"client_id": "Kramladen-1", "ru_name": "Kramladen-Ru"})
    address = authorising.address(CONSENT, form, **HERE, state="S1", challenge="C")
    assert address.startswith("https://auth.ebay.com/oauth2/authorize?response_type=code&")


def test_a_platform_that_knows_addresses_is_still_sent_the_address() -> None:
    plain = replace(CONSENT, redirect_name="")
    form = _with_defaults(EBAY, {"client_id": "Kramladen-1"})
    address = authorising.address(plain, form, **HERE, state="S1", challenge="C")
    assert parse_qs(urlsplit(address).query)["redirect_uri"] == [RETURN]
