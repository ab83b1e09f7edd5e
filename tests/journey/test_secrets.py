"""Credentials go in and never come out: not in a log, a journal entry, a metric, a problem, or a table."""

import json
from typing import Any

import httpx2
import pytest

from services.ops.installation import SCHEMAS
from services.ops.stage import wait_for
from tests.journey.account import Account
from tests.journey.system import ADDRESSES, System
from tests.journey.test_pushes import FEATURES

CANARY = "cs_canary0f1e2d3c4b5a69788796a5b4c3d2e1f0"
SCHEMAS_WITH_SHARED = (*SCHEMAS, "access", "archive")


@pytest.fixture
def exercised(system: System) -> Account:
    """A connection whose credentials have been everywhere: tested, stored, used for reading and sending, refused."""
    account = system.connect(features=FEATURES)
    account.place(3)
    account.place_case("unknown status word")
    account.wait_for_orders(4)
    wait_for(
        "the stock was told", lambda: bool(system.kontor.get(f"/inventory/summary/{account.id}")["told"]), seconds=60
    )
    system.kontor.post(f"/connections/{account.id}/test", {})
    account.fault("revoke_token")
    account.place(1)
    wait_for("the connection is paused", lambda: account.view()["paused_because"] != "", seconds=60)
    account.mend()
    return account


def secrets_of(system: System, account: Account) -> list[str]:
    shop = next(one for one in system.sandbox.get("/_control/shops") if one["name"] == account.name)
    return [shop["credentials"]["consumer_secret"], shop["credentials"]["consumer_key"], system.stage.admin_key]


def found_in_logs(system: System, secrets: list[str]) -> list[str]:
    return [path.name for path in system.logs.glob("*.log") for secret in secrets if secret in path.read_text("utf-8")]


def found_in_tables(system: System, secrets: list[str]) -> list[str]:
    """Every table of every service, row by row as text; bytes are looked at as hexadecimal digits."""
    tables = system.books.rows(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema = ANY($1::text[])",
        list(SCHEMAS_WITH_SHARED),
    )
    assert len(tables) > 40
    found = []
    for table in tables:
        name = f"{table['table_schema']}.{table['table_name']}"
        for secret in secrets:
            sql = f"SELECT count(*) FROM {name} t WHERE t::text LIKE $1 OR t::text LIKE $2"
            if system.books.value(sql, f"%{secret}%", f"%{secret.encode().hex()}%"):
                found.append(name)
    return found


def test_a_connections_secrets_are_in_no_log_no_table_no_metric_and_no_answer(
    system: System, exercised: Account
) -> None:
    secrets = secrets_of(system, exercised)
    assert found_in_logs(system, secrets) == []
    assert found_in_tables(system, secrets) == []
    origin = system.stage.addresses.origin
    answers = [httpx2.get(f"{origin}{path}").text for path in ("/metrics", "/health", "/connections/openapi.json")]
    answers += [json.dumps(system.kontor.get(path)) for path in ("/connections", f"/connections/{exercised.id}")]
    answers.append(json.dumps(system.kontor.pages("/journal/entries", connection=exercised.id)))
    assert [text[:80] for text in answers for secret in secrets if secret in text] == []


def test_a_payload_shows_what_was_asked_without_the_keys(system: System, exercised: Account) -> None:
    lines = system.kontor.pages("/journal/entries", connection=exercised.id)
    payloads = {line["payload"] for line in lines if line["payload"]}
    assert len(payloads) > 4
    text = json.dumps([system.kontor.get(f"/journal/payloads/{payload}") for payload in sorted(payloads)])
    assert "wp-json/wc/v3" in text
    assert [secret for secret in secrets_of(system, exercised) if secret in text] == []


@pytest.mark.parametrize(
    "wrong",
    [{}, {"consumer_key": "no key at all"}, {"surprise": 1}, {"url": "http://127.0.0.1:1/nowhere"}],
    ids=["refused by the shop", "no key", "unknown field", "forbidden address"],
)
def test_a_refused_secret_is_in_no_problem_and_no_log(system: System, wrong: dict[str, Any]) -> None:
    shop = next(one for one in system.sandbox.get("/_control/shops") if one["platform"] == "woocommerce")
    credentials = {ADDRESSES["woocommerce"]: shop["url"], **shop["credentials"], "consumer_secret": CANARY} | wrong
    answer = httpx2.post(
        f"{system.stage.addresses.origin}/connections",
        json={"platform": "woocommerce", "name": "canary", "credentials": credentials},
        headers={"Authorization": f"Bearer {system.stage.admin_key}"},
        timeout=60,
    )
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.json()["detail"].split()) > 3
    assert CANARY not in answer.text
    assert found_in_logs(system, [CANARY]) == []
    assert found_in_tables(system, [CANARY]) == []
