"""What comes back from more than one interface: a page of a list, and a task."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from services.connectors.otto.client.answers import parsed
from shared.contracts.errors import Transient
from shared.http.client import Reply


@dataclass(frozen=True)
class Listed:
    """One page. `next` are the parameters of the page behind it, None at the end."""

    rows: list[dict[str, Any]]
    next: dict[str, str] | None
    server_time: datetime


@dataclass(frozen=True)
class Task:
    """What was taken and is worked through later. `wait` is in how many seconds to look again, said `at`."""

    id: str
    done: bool
    wait: float
    at: datetime


def task_of(reply: Reply, id: str = "") -> Task:
    """Raises Transient for an answer that names no task."""
    body = parsed(reply)
    links = body.get("links") if isinstance(body, dict) else None
    href = next((str(one.get("href", "")) for one in links or [] if one.get("rel") == "self"), "")
    id = id or urlsplit(href).path.rpartition("/")[2]
    if not id:
        raise Transient("A task was answered without its address.", code="not_json")
    at = reply.server_time or datetime.now(UTC)
    later = body.get("pingAfter")
    wait = (datetime.fromisoformat(later) - at).total_seconds() if later else 0.0
    return Task(id, body.get("state") == "done", wait, at)


def now_text() -> str:
    """Tells which of two updates is the newer one."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
