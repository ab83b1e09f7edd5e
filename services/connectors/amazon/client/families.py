"""Families of variations: what a listing only names, its parent's title, read once for all its children."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass
class Families:
    """Titles of parents by their SKU, in each marketplace. A parent that is not listed has none."""

    titles: dict[str, dict[str, str]] = field(default_factory=dict)

    async def complete(
        self, listings: Callable[[Sequence[str]], Awaitable[Mapping[str, Row]]], rows: Sequence[Row]
    ) -> None:
        """Learns from these listings, and asks for the parents of those that are children."""
        self._learn([row for row in rows if _named(row, "childSkus")])
        missing = {sku for row in rows for sku in _named(row, "parentSkus")} - set(self.titles)
        if missing:
            found = await listings(sorted(missing))
            self.titles |= {sku: {} for sku in missing}
            self._learn(list(found.values()))

    def shown(self, row: Row, market: str) -> Row:
        """What a listing says of itself in a marketplace, and its parent's title there."""
        parent = next((sku for sku in _named(row, "parentSkus", market)), "")
        title = self.titles.get(parent, {}).get(market, "")
        told = {name: row[name] for name in ("attributes", "relationships") if row.get(name)}
        return told | ({"parentTitle": title} if title else {})

    def _learn(self, rows: Sequence[Row]) -> None:
        for row in rows:
            names = {one.get("marketplaceId"): one.get("itemName") for one in row.get("summaries") or ()}
            self.titles[str(row["sku"])] = {str(id): str(name) for id, name in names.items() if id and name}


def _named(row: Row, kind: str, market: str = "") -> list[str]:
    return [
        str(sku)
        for group in row.get("relationships") or ()
        if not market or group.get("marketplaceId") == market
        for one in group.get("relationships") or ()
        if one.get("type") == "VARIATION"
        for sku in one.get(kind) or ()
    ]
