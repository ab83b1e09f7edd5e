"""What this machine's servers promise: a place of one's own, nothing of anybody else's touched, nothing left behind."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aio_pika
import asyncpg
import pytest

from services.ops.local import Running, Servers, Unavailable, down, reset, start
from services.ops.local.rabbitmq import MEMORY_URL
from services.ops.local.state import locked

ROOT = Path(__file__).resolve().parents[3]
DEMO = """
import pathlib, signal, sys
from services.ops.local import provide
signal.signal(signal.SIGTERM, lambda *_: (print("ended in order", flush=True), sys.exit(0)))
provide(pathlib.Path(sys.argv[1]), lambda sentence: None, name="demo")
print("up", flush=True)
signal.pause()
"""
OWN_POSTGRES_ONLY = {"KONTOR_RUNG_POSTGRES": "embedded", "KONTOR_RUNG_RABBITMQ": "memory"}


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """Another project folder on the same machine."""
    yield tmp_path
    reset(tmp_path, print)


async def _ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_each_user_gets_an_empty_database_whose_commits_are_on_disk(postgres_url: str) -> None:
    tables = "select count(*) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
    assert "/kontor_test_" in postgres_url
    assert await _ask(postgres_url, "show synchronous_commit") == "on"
    assert await _ask(postgres_url, "show server_encoding") == "UTF8"
    assert isinstance(await _ask(postgres_url, tables), int)


async def test_each_user_gets_a_virtual_host_in_which_it_may_do_everything(rabbitmq_url: str) -> None:
    name = f"provisioning.{secrets.token_hex(4)}"
    async with await aio_pika.connect(rabbitmq_url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        queue = await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "quorum"})
        await channel.default_exchange.publish(aio_pika.Message(b"order"), routing_key=name)
        message = await queue.get(timeout=10)
        assert message is not None
        assert message.body == b"order"
        await queue.delete(if_unused=False, if_empty=False)


async def test_the_same_name_finds_its_data_again(servers: Servers) -> None:
    name = f"test_again_{secrets.token_hex(3)}"
    first = servers.running.provide(name)
    try:
        await _execute(first.postgres_url, "create table orders ()")
        assert servers.running.provide(name) == first
        assert await _ask(first.postgres_url, "select to_regclass('orders')::text") == "orders"
    finally:
        first.drop()


async def test_dropping_takes_the_roles_named_after_the_database_and_no_others(servers: Servers) -> None:
    provided = servers.running.provide(f"test_roles_{secrets.token_hex(3)}")
    stranger = provided.name.replace("_", "x", 1) + "_orders"  # differs only where a pattern's _ would match anything
    await _execute(
        provided.postgres_url,
        f"create role {provided.name}_orders login",
        f"create role {stranger} login",
        f"create schema orders authorization {provided.name}_orders",
    )
    provided.drop()
    admin = servers.running.postgres.admin_url
    left = "select array_agg(rolname::text) from pg_roles where rolname ~ '"
    try:
        assert await _ask(admin, f"{left}{provided.name[7:]}_'") == [stranger]
        assert not await _ask(admin, f"select count(*) from pg_database where datname = '{provided.name}'")
    finally:
        await _execute(admin, f"drop role {stranger}")


async def test_somebody_elses_database_of_the_same_name_is_neither_used_nor_dropped(servers: Servers) -> None:
    running = servers.running
    with locked(running.root) as state:
        name = f"kontor_test_theirs_{secrets.token_hex(3)}"
        await _execute(running.postgres.admin_url, f"create database {name}")
        try:
            with pytest.raises(Unavailable, match=f"database {name} already exists .* not created by this folder"):
                running.postgres.create(name, state)
            with pytest.raises(Unavailable, match="it stays"):
                running.postgres.remove(name, state)
            assert await _ask(running.postgres.database_url(name), "select 1") == 1
        finally:
            await _execute(running.postgres.admin_url, f"drop database {name}")


def test_somebody_elses_virtual_host_of_the_same_name_is_neither_used_nor_deleted(
    servers: Servers, rabbitmq_url: str
) -> None:
    broker = servers.running.rabbitmq
    assert broker.management is not None
    name = f"kontor_test_theirs_{secrets.token_hex(3)}"
    broker.management.create_vhost(name)
    try:
        with locked(servers.running.root) as state:
            with pytest.raises(Unavailable, match=f"virtual host {name} already exists .* not created by this folder"):
                broker.create(name, state)
            with pytest.raises(Unavailable, match="it stays"):
                broker.remove(name, state)
        assert broker.management.has_vhost(name)
    finally:
        broker.management.delete_vhost(name)


def test_a_server_of_the_operator_gets_our_database_and_loses_only_that_on_reset(
    servers: Servers, rabbitmq_url: str, tmp_path: Path
) -> None:
    theirs = servers.running
    assert theirs.rabbitmq.management is not None
    environment = {
        "KONTOR_POSTGRES_URL": theirs.postgres.admin_url,
        "KONTOR_RABBITMQ_URL": theirs.rabbitmq.url,
        "KONTOR_RABBITMQ_MANAGEMENT_URL": theirs.rabbitmq.management.url,
    }
    ours = start(tmp_path, print, keep=True, environment=environment)
    assert (ours.postgres.rung, ours.rabbitmq.rung) == ("environment", "environment")
    name = ours.provide("demo").name
    assert theirs.rabbitmq.management.has_vhost(name)
    with pytest.raises(Unavailable, match="Set KONTOR_POSTGRES_URL to that server again"):
        reset(tmp_path, print, environment={})
    reset(tmp_path, print, environment=environment)
    assert not theirs.rabbitmq.management.has_vhost(name)
    assert theirs.rabbitmq.management.has_vhost(servers.name)
    assert not (tmp_path / ".local").exists()


def test_a_virtual_host_named_in_the_address_is_used_as_it_is(
    servers: Servers, rabbitmq_url: str, tmp_path: Path
) -> None:
    environment = {"KONTOR_POSTGRES_URL": servers.running.postgres.admin_url, "KONTOR_RABBITMQ_URL": rabbitmq_url}
    running = start(tmp_path, print, keep=False, environment=environment)
    with locked(tmp_path) as state:
        assert running.rabbitmq.create("kontor_demo", state) == rabbitmq_url
    assert f"virtual host {servers.name} exactly as" in running.rabbitmq.sentence
    assert servers.running.rabbitmq.url in rabbitmq_url != MEMORY_URL


async def test_the_last_user_stops_the_servers_and_the_data_stays(elsewhere: Path) -> None:
    first = start(elsewhere, print, keep=False, environment=OWN_POSTGRES_ONLY)
    second = start(elsewhere, print, keep=False, environment=OWN_POSTGRES_ONLY)
    assert first.postgres == second.postgres
    database = first.provide("demo").postgres_url
    await _execute(database, "create table orders ()")
    first.release()
    assert await _ask(database, "select 1") == 1
    second.release()
    with pytest.raises(OSError, match=r"(refused|Connect call failed)"):
        await _ask(database, "select 1")
    again: Running = start(elsewhere, print, keep=False, environment=OWN_POSTGRES_ONLY)
    assert await _ask(again.provide("demo").postgres_url, "select to_regclass('orders')::text") == "orders"
    again.release()


def test_our_own_servers_listen_on_this_machine_only(servers: Servers) -> None:
    ports = [servers.running.postgres.admin_url.rpartition(":")[2].split("/")[0]]
    if servers.rabbitmq_url != MEMORY_URL:
        ports.append(servers.running.rabbitmq.url.rpartition(":")[2])
    listening = subprocess.run(["cat", "/proc/net/tcp", "/proc/net/tcp6"], capture_output=True, text=True, check=False)
    for port in ports:
        addresses = {
            line.split()[1].split(":")[0]
            for line in listening.stdout.splitlines()
            if line.split()[1].endswith(f":{int(port):04X}") and line.split()[3] == "0A"
        }
        assert addresses <= {"0100007F", "00000000000000000000000001000000"}, port


def test_down_ends_a_demo_that_still_runs_and_then_its_servers(elsewhere: Path) -> None:
    environment = {**os.environ, **OWN_POSTGRES_ONLY, "PYTHONPATH": str(ROOT)}
    demo = subprocess.Popen([sys.executable, "-c", DEMO, str(elsewhere)], env=environment, stdout=subprocess.PIPE)
    try:
        assert demo.stdout is not None
        assert demo.stdout.readline() == b"up\n"
        said: list[str] = []
        down(elsewhere, said.append)
        assert said == ["Stopped the demo.", "Stopped PostgreSQL."]
        assert demo.stdout.read() == b"ended in order\n"
        assert demo.wait(timeout=10) == 0
    finally:
        demo.kill()
        demo.communicate()
