"""Connecting by the owner's consent, end to end: this service, a connector that declares it, the sandbox's login."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
import pytest

from services.connections.authorising import CALLBACK, LIVES
from services.sandbox.oauth import CODE_LIVES, REFRESH_LIVES, AuthorisationServer
from tests.integration.connections.house import DOOR, House
from tests.wired.contract.stand import HOST

pytestmark = pytest.mark.integration


class Owner:
    """The account's owner with his browser; it follows what he is sent."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.login: AuthorisationServer = house.outside.state.login
        self.login.redirect_uris.add(f"{DOOR}{CALLBACK}")
        self.browser = httpx2.AsyncClient(transport=httpx2.ASGITransport(house.outside))

    def app(self) -> dict[str, str]:
        """What the merchant types: his own app at the platform."""
        return {
            "url": f"https://{HOST}",
            "client_id": self.login.client_id,
            "client_secret": self.login.client_secret,
        }

    async def draft(self) -> str:
        answer = await self.house.call("POST", "/connections/drafts", {"platform": "consent", "name": "North"})
        return str(answer.json()["id"])

    async def sent_to(self, draft: str, credentials: dict[str, Any] | None = None) -> str:
        """Where the owner is sent."""
        wish = {"credentials": self.app() if credentials is None else credentials}
        answer = await self.house.call("POST", f"/connections/drafts/{draft}/authorisation", wish)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["address"])

    async def decides(self, address: str, decision: str = "allow") -> str:
        """He sees the platform's page and presses a button; answers where he is sent back to."""
        page = await self.browser.get(address)
        assert page.status_code == 200, page.text
        form = dict(parse_qsl(urlsplit(address).query)) | {"decision": decision}
        answer = await self.browser.post(address.partition("?")[0], content=urlencode(form))
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def comes_back(self, address: str, **headers: str) -> httpx2.Response:
        return await self.house.http.get(address, headers=headers)


@pytest.fixture
def owner(house: House) -> Owner:
    return Owner(house)


async def test_an_owner_agrees_and_the_draft_has_credentials_that_work(owner: Owner, house: House) -> None:
    draft = await owner.draft()
    address = await owner.sent_to(draft)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert (asked["scope"], asked["code_challenge_method"], asked["response_type"]) == ("orders.read", "S256", "code")
    done = await owner.comes_back(await owner.decides(address))
    assert (done.status_code, done.json()["id"], done.json()["name"]) == (200, draft, "North")
    shown = (await house.call("GET", f"/connections/drafts/{draft}")).json()
    assert (shown["next"], shown["facts"]) == ("features", {"account": "Kramladen", "scopes": "orders.read"})
    assert shown["credentials_valid_until"] is not None
    await house.call("PUT", f"/connections/drafts/{draft}/features", {"integration": {"orders": True}})
    saved = await house.call("POST", f"/connections/drafts/{draft}/save")
    assert saved.status_code == 201, saved.text
    await house.tell("consent")
    assert (await house.call("POST", f"/connections/{draft}/go-live", {})).status_code == 200
    assert (await house.call("GET", f"/connections/{draft}/health")).json()["credentials_valid_until"]


async def test_no_secret_of_the_login_is_stored_in_clear_or_told(owner: Owner, house: House) -> None:
    draft = await owner.draft()
    address = await owner.sent_to(draft)
    back = await owner.decides(address)
    kept = await house.value("SELECT string_agg(a::text, '') FROM connections.authorisations a")
    state = parse_qs(urlsplit(address).query)["state"][0]
    done = await owner.comes_back(back)
    kept += await house.value("SELECT string_agg(d::text, '') FROM connections.drafts d")
    (refresh_token,) = owner.login.refresh_tokens
    for secret in (owner.login.client_secret, refresh_token, state):
        assert secret not in kept + done.text
    assert await house.value("SELECT sealed FROM connections.authorisations") == ""


async def test_a_repeated_wish_to_begin_a_login_keeps_no_state_anywhere(owner: Owner, house: House) -> None:
    path, wish = f"/connections/drafts/{await owner.draft()}/authorisation", {"credentials": owner.app()}
    first = await house.call("POST", path, wish, Idempotency_Key="login")
    again = await house.call("POST", path, wish, Idempotency_Key="login")
    assert (first.status_code, again.status_code, again.json()["code"]) == (200, 409, "idempotency_shown_once")
    assert await house.value("SELECT body FROM connections.idempotency WHERE key = 'login'") is None


async def test_a_browser_gets_a_page_with_one_sentence_in_its_language(owner: Owner) -> None:
    back = await owner.decides(await owner.sent_to(await owner.draft()))
    german = {"Accept": "text/html", "Accept-Language": "de"}
    page = await owner.comes_back(back, **german)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "freigegeben" in page.text
    again = await owner.comes_back(back, **german)
    assert (again.status_code, "schon abgeschlossen" in again.text) == (409, True)


async def test_a_state_works_once(owner: Owner) -> None:
    back = await owner.decides(await owner.sent_to(await owner.draft()))
    assert (await owner.comes_back(back)).status_code == 200
    again = await owner.comes_back(back)
    assert (again.status_code, again.json()["code"]) == (409, "authorisation_state_used")
    assert len(owner.login.refresh_tokens) == 1


async def test_a_state_that_nobody_was_given_counts_nothing(owner: Owner) -> None:
    back = await owner.decides(await owner.sent_to(await owner.draft()))
    code = parse_qs(urlsplit(back).query)["code"][0]
    for state in ("made-up", ""):
        answer = await owner.comes_back(f"{CALLBACK}?{urlencode({'state': state, 'code': code})}")
        assert (answer.status_code, answer.json()["code"]) == (422, "authorisation_state_unknown")
    assert owner.login.refresh_tokens == {}


async def test_the_code_of_another_login_is_not_taken(owner: Owner) -> None:
    first = await owner.decides(await owner.sent_to(await owner.draft()))
    second = await owner.decides(await owner.sent_to(await owner.draft()))
    code = parse_qs(urlsplit(first).query)["code"][0]
    state = parse_qs(urlsplit(second).query)["state"][0]
    answer = await owner.comes_back(f"{CALLBACK}?{urlencode({'state': state, 'code': code})}")
    assert (answer.status_code, answer.json()["code"]) == (422, "authorisation_code_refused")


async def test_an_owner_who_refuses_leaves_the_draft_as_it_was(owner: Owner, house: House) -> None:
    draft = await owner.draft()
    answer = await owner.comes_back(await owner.decides(await owner.sent_to(draft), "deny"))
    assert (answer.status_code, answer.json()["code"]) == (422, "authorisation_denied")
    assert answer.json()["advice"]
    assert (await house.call("GET", f"/connections/drafts/{draft}")).json()["next"] == "credentials"


async def test_a_platform_that_does_not_allow_the_login_is_quoted(owner: Owner) -> None:
    address = (await owner.sent_to(await owner.draft())).replace("orders.read", "everything")
    answer = await owner.comes_back(await owner.decides(address))
    assert (answer.status_code, answer.json()["code"]) == (422, "authorisation_refused")
    assert "A scope is not known." in answer.json()["detail"]


async def test_a_code_that_has_expired_says_so(owner: Owner, house: House) -> None:
    draft = await owner.draft()
    back = await owner.decides(await owner.sent_to(draft))
    house.outside.state.sandbox.clock.shift(CODE_LIVES + timedelta(seconds=1))
    answer = await owner.comes_back(back)
    assert (answer.status_code, answer.json()["code"]) == (422, "authorisation_code_refused")
    assert "expired" in answer.json()["detail"]
    assert (await house.call("GET", f"/connections/drafts/{draft}")).json()["next"] == "credentials"


async def test_an_owner_who_takes_longer_than_ten_minutes_begins_anew(owner: Owner, house: House) -> None:
    back = await owner.decides(await owner.sent_to(await owner.draft()))
    house.clock.shifted = LIVES
    answer = await owner.comes_back(back)
    assert (answer.status_code, answer.json()["code"]) == (422, "authorisation_state_expired")
    assert owner.login.refresh_tokens == {}


async def test_a_login_for_a_draft_that_is_gone_is_for_nothing(owner: Owner, house: House) -> None:
    draft = await owner.draft()
    back = await owner.decides(await owner.sent_to(draft))
    await house.call("DELETE", f"/connections/drafts/{draft}")
    answer = await owner.comes_back(back)
    assert (answer.status_code, answer.json()["code"]) == (404, "draft_gone")


async def test_what_the_login_needs_first_is_named(owner: Owner, house: House) -> None:
    draft = await owner.draft()
    path = f"/connections/drafts/{draft}/authorisation"
    entered = owner.app() | {"client_id": ""}
    answer = await house.call("POST", path, {"credentials": entered})
    assert (answer.status_code, answer.json()["field"]) == (422, "credentials.client_id")
    wrong = owner.app() | {"client_secret": "wrong"}
    answer = await owner.comes_back(await owner.decides(await owner.sent_to(draft, wrong)))
    assert (answer.status_code, answer.json()["code"]) == (422, "credentials_refused")
    assert answer.json()["field"] == "credentials.client_secret"


async def test_a_connection_is_renewed_by_consent_without_typing_the_app_again(owner: Owner, house: House) -> None:
    draft = await owner.draft()
    await owner.comes_back(await owner.decides(await owner.sent_to(draft)))
    await house.call("PUT", f"/connections/drafts/{draft}/features", {"integration": {"orders": True}})
    await house.call("POST", f"/connections/drafts/{draft}/save")
    owner.login.refresh_tokens.clear()
    wish = await house.call("POST", f"/connections/{draft}/authorisation", {})
    done = await owner.comes_back(await owner.decides(wish.json()["address"]))
    assert (done.status_code, done.json()["id"]) == (200, draft)
    await house.tell("consent")
    assert (await house.call("POST", f"/connections/{draft}/test")).json()["ok"]
    assert await house.told("credentials_renewed") == 1
    await house.call("POST", f"/connections/{draft}/go-live", {})
    house.clock.shifted = REFRESH_LIVES + timedelta(minutes=1)
    health = (await house.call("GET", f"/connections/{draft}/health")).json()
    assert (health["state"], health["reason"]) == ("stopped", "health_credentials_ended")


async def test_a_platform_that_connects_by_keys_has_no_login(house: House) -> None:
    made = (await house.call("POST", "/connections/drafts", {"platform": "woocommerce", "name": "North"})).json()
    answer = await house.call("POST", f"/connections/drafts/{made['id']}/authorisation", {})
    assert (answer.status_code, answer.json()["code"]) == (422, "authorisation_not_offered")


async def test_without_a_public_address_the_operator_is_told(owner: Owner, house: House) -> None:
    service = house.service("connections")
    service.settings = service.settings.model_copy(update={"public_base_url": None})
    draft = await owner.draft()
    answer = await house.call("POST", f"/connections/drafts/{draft}/authorisation", {"credentials": owner.app()})
    assert (answer.status_code, answer.json()["code"]) == (409, "public_address_missing")
