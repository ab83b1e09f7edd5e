"""Consent of an account's owner: the address he is sent to, and the code he comes back with made into credentials."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import Formatter
from typing import Any
from urllib.parse import urlencode, urlsplit

from shared.connector_kit.declaration import Authorisation
from shared.connector_kit.outside import Outside
from shared.contracts.errors import KontorError, Misconfigured, Unknown
from shared.http.reply import Reply
from shared.http.signing import basic


@dataclass(frozen=True)
class Granted:
    """The credentials with what the platform gave, and when they end, where it says so."""

    credentials: dict[str, Any]
    valid_until: datetime | None


def address(
    authorisation: Authorisation, credentials: Mapping[str, Any], *, redirect_uri: str, state: str, challenge: str
) -> str:
    """Where the owner says yes or no. Raises Misconfigured that names a field which is still missing."""
    query = {
        "response_type": "code",
        "client_id": _field(credentials, authorisation.client_id),
        "redirect_uri": _redirect(authorisation, credentials, redirect_uri),
        "scope": " ".join(authorisation.scopes),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    url = _filled(authorisation.authorize_url, credentials)
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


async def exchange(
    authorisation: Authorisation,
    outside: Outside,
    credentials: Mapping[str, Any],
    *,
    code: str,
    verifier: str,
    redirect_uri: str,
) -> Granted:
    """One code for credentials; a code works once, so nothing is repeated. Raises Misconfigured where to begin anew."""
    client_id = _field(credentials, authorisation.client_id)
    secret = str(credentials.get(authorisation.client_secret) or "")
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _redirect(authorisation, credentials, redirect_uri),
        "code_verifier": verifier,
        "client_id": client_id,
    }
    url = urlsplit(_filled(authorisation.token_url, credentials))
    auth = basic(client_id, secret) if secret else None
    door = outside.shop(f"{url.scheme}://{url.netloc}", auth=auth, explain=explain)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        reply = await door.request("POST", url.path, content=urlencode(form), headers=kind)
        answer = reply.json()
    except Unknown as error:
        raise Misconfigured(error.detail, code="authorisation_lost") from error
    return _granted(authorisation, credentials, answer, reply)


def _granted(authorisation: Authorisation, credentials: Mapping[str, Any], answer: Any, reply: Reply) -> Granted:
    if not isinstance(answer, dict) or not all(isinstance(answer.get(name), str) for name in authorisation.fills):
        raise Misconfigured("The platform's answer holds no token.", code="authorisation_lost")
    got = {field: answer[name] for name, field in authorisation.fills.items()}
    seconds = answer.get(authorisation.lifetime) if authorisation.lifetime else None
    until = reply.received_at + timedelta(seconds=int(seconds)) if isinstance(seconds, int) else None
    return Granted({**credentials, **got}, until)


def explain(reply: Reply) -> KontorError | None:
    """A refused token request names its reason in a word (RFC 6749, 5.2)."""
    if reply.status not in (400, 401, 403):
        return None
    try:
        body = reply.json()
    except KontorError:
        body = None
    word = str(body.get("error", "")) if isinstance(body, dict) else ""
    said = str(body.get("error_description", "")) if isinstance(body, dict) else ""
    detail = said or word or f"status {reply.status}"
    if word == "invalid_grant":
        return Misconfigured(detail, code="authorisation_code_refused")
    if word in ("invalid_client", "unauthorized_client"):
        return Misconfigured(detail, code="credentials_refused", field="client_secret")
    return Misconfigured(detail, code="authorisation_refused")


def _field(credentials: Mapping[str, Any], name: str) -> str:
    value = str(credentials.get(name) or "").strip()
    if not value:
        raise Misconfigured(f"{name} is needed before the login", code="credentials_incomplete", field=name, name=name)
    return value


def _redirect(authorisation: Authorisation, credentials: Mapping[str, Any], address: str) -> str:
    return _field(credentials, authorisation.redirect_name) if authorisation.redirect_name else address


def _filled(url: str, credentials: Mapping[str, Any]) -> str:
    names = [name for _, name, _, _ in Formatter().parse(url) if name]
    return url.format_map({name: _field(credentials, name).rstrip("/") for name in names})
