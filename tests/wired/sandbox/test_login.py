"""The sandbox's login is as strict as a platform's: it sends nobody astray and gives nothing away twice."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from services.sandbox.oauth import ACCESS_LIVES, CODE_LIVES, REFRESH_LIVES, AuthorisationServer

BACK = "https://kontor.test/back"
VERIFIER = "a-verifier-that-is-long-enough-to-be-one-of-them"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 28, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def login() -> AuthorisationServer:
    return AuthorisationServer(Clock(), redirect_uris={BACK})


def asked(login: AuthorisationServer, **other: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": login.client_id,
        "redirect_uri": BACK,
        "scope": "orders.read",
        "state": "s",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | other


def answer(login: AuthorisationServer, *, agreed: bool = True, **other: str) -> dict[str, str]:
    query = urlsplit(login.decide(asked(login, **other), agreed=agreed)).query
    return {name: values[0] for name, values in parse_qs(query).items()}


def wish(code: str, **other: str) -> dict[str, str]:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    return form | other


def test_a_strange_app_or_return_address_is_not_even_asked_about(login: AuthorisationServer) -> None:
    assert login.refusal(asked(login)) == ""
    assert login.refusal(asked(login, client_id="other"))
    assert login.refusal(asked(login, redirect_uri=f"{BACK}/../elsewhere"))


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_a_request_that_is_not_allowed_comes_back_with_its_state_and_no_code(
    login: AuthorisationServer, other: dict[str, str], error: str
) -> None:
    found = answer(login, **other)
    assert (found["error"], found["state"], "code" in found) == (error, "s", False)
    assert answer(login, agreed=False)["error"] == "access_denied"


@pytest.mark.parametrize("other", [{"code_verifier": "another"}, {"redirect_uri": "https://kontor.test"}])
def test_a_code_needs_its_verifier_and_its_address(login: AuthorisationServer, other: dict[str, str]) -> None:
    status, body = login.token(wish(answer(login)["code"], **other))
    assert (status, body["error"]) == (400, "invalid_grant")


def test_a_code_that_comes_back_a_second_time_ends_what_it_was_exchanged_for(login: AuthorisationServer) -> None:
    code = answer(login)["code"]
    _, first = login.token(wish(code))
    assert login.scope_of(f"Bearer {first['access_token']}") == "orders.read"
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    assert login.token(refresh)[0] == 200
    assert login.token(wish(code))[0] == 400
    assert login.token(refresh)[0] == 400


def test_codes_and_tokens_end_in_their_time(login: AuthorisationServer) -> None:
    code, late = answer(login)["code"], answer(login)["code"]
    _, tokens = login.token(wish(code))
    clock = login.clock
    assert isinstance(clock, Clock)
    clock.now += CODE_LIVES
    assert login.token(wish(late))[1]["error_description"] == "The code has expired."
    clock.now += ACCESS_LIVES
    assert login.scope_of(f"Bearer {tokens['access_token']}") is None
    clock.now += REFRESH_LIVES + timedelta(seconds=1)
    assert login.token({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})[0] == 400


@pytest.mark.parametrize("given", ["", "Basic", "Basic !", "Basic YTpi", "Bearer x"])
def test_only_the_app_itself_exchanges_codes(login: AuthorisationServer, given: str) -> None:
    assert not login.knows(given)
    proof = base64.b64encode(f"{login.client_id}:{login.client_secret}".encode()).decode()
    assert login.knows(f"Basic {proof}")
