"""One installation on one machine: its secrets, and the environment that every process of it gets."""

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from shared.chassis.access import new_key
from shared.chassis.sealing import new_key as new_sealing_key

SCHEMAS = ("connections", "connectors", "orders", "inventory", "journal")


@dataclass(frozen=True)
class Secrets:
    """Made once and kept in `.local/secrets.json`, readable by this user only."""

    admin_key: str
    service_key: str
    role_password: str
    hash_key: str


def secrets_of(folder: Path) -> Secrets:
    """The installation's secrets, made at the first call; the key ring lies beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secrets.json"
    if not path.exists():
        made = Secrets(new_key(), new_key(), secrets.token_urlsafe(24), secrets.token_urlsafe(32))
        _write(path, json.dumps(asdict(made), indent=1))
    ring = key_ring(folder)
    if not ring.exists():
        _write(ring, new_sealing_key() + "\n")
    return Secrets(**json.loads(path.read_text()))


def key_ring(folder: Path) -> Path:
    """Where the master key lies: one key per line, newest first."""
    return folder / "keyring"


def role_url(admin_url: str, schema: str, password: str) -> str:
    """The database URL of one service's own role."""
    url = make_url(admin_url)
    return url.set(username=f"{url.database}_{schema}", password=password).render_as_string(hide_password=False)


def environment(
    folder: Path, admin_url: str, broker_url: str, origin: str, *, allow_hosts: Iterable[str] = ()
) -> dict[str, str]:
    """What a process of this installation finds in its environment."""
    own = secrets_of(folder)
    base = {name: value for name, value in os.environ.items() if not name.startswith("KONTOR_")}
    urls = {f"{schema.upper()}_DATABASE_URL": role_url(admin_url, schema, own.role_password) for schema in SCHEMAS}
    return base | urls | {
        "KONTOR_BROKER_URL": broker_url,
        "KONTOR_SERVICE_KEY": own.service_key,
        "KONTOR_HASH_KEY": own.hash_key,
        "KONTOR_KEY_RING": str(key_ring(folder)),
        "KONTOR_PUBLIC_BASE_URL": origin,
        "KONTOR_CONNECTIONS_URL": origin,
        "KONTOR_ORDERS_URL": origin,
        "KONTOR_INVENTORY_URL": origin,
        "KONTOR_JOURNAL_URL": origin,
        "KONTOR_CONNECTOR_URL": f"{origin}/connectors/{{platform}}",
        "KONTOR_ALLOW_HOSTS": ",".join(allow_hosts),
        "PYTHONUNBUFFERED": "1",
    }  # fmt: skip


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
