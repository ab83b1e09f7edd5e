"""A connection: one account on one platform. Secrets never travel in messages."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from shared.contracts.model import Contract, Payload

Feature = Literal[
    "orders",
    "articles",
    "stock",
    "prices",
    "fulfilments",
    "cancellations",
    "documents",
    "refunds",
    "products",
    "returns",
]


class ConnectionChanged(Payload):
    """Something about a connection changed: read it again from its owner."""

    type = "connection.changed"

    id: UUID
    version: int
    platform: str
    deleted: bool = False


class Connection(Contract):
    """What a connector needs to know of one connection. `sealed` opens only with the key ring.

    Automatic exchange of a feature needs `productive` and the feature's integration mode. `paused_because` is a code of
    `sentences.toml`; empty means running.
    """

    id: UUID
    version: int
    platform: str
    name: str
    project: str = ""
    productive: bool = False
    integration: dict[str, bool] = {}
    paused_because: str = ""
    options: dict[str, Any] = {}
    sealed: str = ""
    deleted: bool = False

    def runs(self, feature: str) -> bool:
        """Whether automatic exchange of this feature is on."""
        return not self.deleted and not self.paused_because and self.productive and self.integration.get(feature, False)

    def blocked_by(self, feature: str, *, by_hand: bool = False) -> str:
        """The code of the switch that keeps this feature from running; empty when it runs.

        What a person asked for `by_hand` needs no automatic exchange, but a connection that works.
        """
        if self.deleted:
            return "connection_deleted"
        if self.paused_because:
            return "connection_paused"
        if by_hand:
            return ""
        if not self.productive:
            return "productive_mode_off"
        return "" if self.integration.get(feature, False) else "integration_mode_off"


class SyncRun(Payload):
    """Read again: one record by its external id, or a stream's window. Sent by operators, re-judging and webhooks."""

    type = "sync.run"
    kind = "command"

    noun: Literal["order", "article"]
    external_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    path: Literal["manual", "backfill"] = "manual"
