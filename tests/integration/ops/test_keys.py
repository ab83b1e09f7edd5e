"""API keys made on the command line open the same doors as those made over REST."""

import pytest

from shared.chassis.access import Access
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs
from tests.integration.ops.conftest import Type

pytestmark = pytest.mark.integration


async def test_a_key_that_was_made_here_is_known_to_every_service_and_ends_when_revoked(
    owner: Database, open_as: OpenAs, command: Type
) -> None:
    made = await command("keys", "create", "Warehouse", "--role", "operate")
    assert made.exit_code == 0, made.output
    key = made.stdout.strip()
    holder = await Access(open_as("orders")).principal(key)
    assert holder is not None
    assert (holder.name, holder.role, holder.connections) == ("Warehouse", "operate", None)
    for _ in range(2):
        assert (await command("keys", "revoke", str(holder.id))).exit_code == 0
    assert await Access(open_as("orders")).principal(key) is None
    async with owner.transaction() as tx:
        told = [row["body"].decode() for row in await tx.rows("SELECT body FROM connections.outbox ORDER BY id")]
    assert ["key_created" in told[0], "key_revoked" in told[1], len(told)] == [True, True, 2]
    assert key not in "".join(told)


async def test_a_key_limited_to_a_connection_sees_no_other(open_as: OpenAs, command: Type) -> None:
    id = "6f3c1d1e-8a55-4d53-9f0e-6f0a6c0f4b11"
    made = await command("keys", "create", "Agency", "--connection", id)
    holder = await Access(open_as("orders")).principal(made.stdout.strip())
    assert holder is not None
    assert [str(one) for one in holder.connections or ()] == [id]


async def test_the_list_shows_no_key_but_says_what_each_may_do_and_until_when(command: Type) -> None:
    key = (await command("keys", "create", "Auditor", "--project", "north", "--expires", "2999-12-31")).stdout.strip()
    listed = (await command("keys", "list")).output
    assert all(word in listed for word in ("Auditor", "read", "north", "2999-12-31", "valid"))
    assert key not in listed


async def test_a_role_that_does_not_exist_makes_no_key(owner: Database, command: Type) -> None:
    assert (await command("keys", "create", "Nobody", "--role", "king")).exit_code != 0
    async with owner.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM access.api_keys") == 0
