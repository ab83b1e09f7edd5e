"""One connection of the demonstration and what became of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from services.ops.ledger import Ledger

Say = Callable[[str], None]


@dataclass
class Chapter:
    """Addresses of a connection and its shop, then the figures of the report. A `source_only` one is read when somebody
    asks for it, and nothing is sent to it."""

    id: str
    platform: str
    name: str
    shop: str
    source_only: bool = False
    ledger: Ledger | None = None
    stock_pushed: int = 0
    stock_wrong: list[str] = field(default_factory=list)
    shipment: dict[str, Any] = field(default_factory=dict)
    shipped_order: str = ""
    left_out: dict[str, int] = field(default_factory=dict)
    seen_by_shop: dict[str, Any] = field(default_factory=dict)
