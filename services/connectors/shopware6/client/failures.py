"""What the shop's own error codes mean for whoever must act. Its texts are in the shop's language and mean nothing."""

import re
from datetime import timedelta
from typing import Any

import orjson

from shared.contracts.errors import KontorError, Misconfigured, Rejected, Transient
from shared.http.client import Reply

DOMAIN_CODE = re.compile(r"[A-Z0-9]+__[A-Z0-9_]+")
"""A refusal of the shop's own, also where it comes as a server error: repeating the call changes nothing."""
INTEGRITY = "SQLSTATE[23000]"
"""The database refuses a row that refers to none, or that is there already: so is this, though it bears no code."""
LONGEST = 300


def explain(reply: Reply) -> KontorError | None:
    """The error behind an answer of the API; None where the status alone says enough."""
    errors = _errors(reply)
    if reply.status < 400 or not errors:
        return None
    first, code = errors[0], str(errors[0].get("code", ""))
    if reply.status == 401:
        return Misconfigured("The shop does not take the access token.", code="credentials_refused", field="access_key")
    if code == "FRAMEWORK__MISSING_PRIVILEGE_ERROR":
        rights = ", ".join(_missing(first))
        return Misconfigured(f"The integration's role lacks {rights}.", code="scope_missing", field=rights)
    if reply.status < 500 and reply.status in (403, 408, 425, 429):
        return None
    said = _said(first)
    if reply.status >= 500 and not DOMAIN_CODE.fullmatch(code) and INTEGRITY not in said:
        return None
    pointers = " ".join(pointer for one in errors if (pointer := _pointer(one)))
    problems = "\n".join(f"{pointer} {_said(one)}" for one in errors if (pointer := _pointer(one)))
    known = "not_found" if reply.status == 404 else "rejected"
    number = _number(first)
    return Rejected(said, code=known, platform_code=code, pointers=pointers, problems=problems, number=number)


def explain_grant(reply: Reply) -> KontorError | None:
    """The error behind an answer of the token endpoint, whose brake says in its body how long it stays closed."""
    errors = _errors(reply)
    code = str(errors[0].get("code", "")) if errors else ""
    if reply.status == 429 and code == "FRAMEWORK__AUTH_THROTTLED":
        seconds = _seconds(errors[0])
        detail = "The shop lets nobody at this address log in for a while, after wrong attempts."
        return Transient(detail, code="throttled", retry_after=timedelta(seconds=seconds))
    if reply.status in (400, 401) and code:
        detail = "The shop does not know this access key with this secret."
        return Misconfigured(detail, code="credentials_refused", field="secret_access_key")
    return None


def _errors(reply: Reply) -> list[dict[str, Any]]:
    if reply.status < 400:
        return []
    try:
        found = orjson.loads(reply.body)["errors"]
    except (ValueError, KeyError, TypeError):
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _said(error: dict[str, Any]) -> str:
    return str(error.get("detail") or error.get("title") or error.get("code") or "")[:LONGEST]


def _number(error: dict[str, Any]) -> str:
    """The number of a product that another one bears already: this refusal does not say where it stands."""
    meta = error.get("meta")
    parameters = meta.get("parameters") if isinstance(meta, dict) else None
    return str(parameters.get("number", "")) if isinstance(parameters, dict) else ""


def _missing(error: dict[str, Any]) -> list[str]:
    """The privileges, which stand as JSON inside the text."""
    try:
        return [str(one) for one in orjson.loads(str(error.get("detail")))["missingPrivileges"]]
    except (ValueError, KeyError, TypeError):
        return ["a privilege"]


def _pointer(error: dict[str, Any]) -> str:
    source = error.get("source")
    return str(source.get("pointer", "")) if isinstance(source, dict) else ""


def _seconds(error: dict[str, Any]) -> int:
    try:
        return max(int(error["meta"]["parameters"]["seconds"]), 1)
    except (KeyError, TypeError, ValueError):
        return 60
