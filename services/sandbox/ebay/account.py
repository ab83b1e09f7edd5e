"""The seller's business policies and his places of stock: without them nothing is listed."""

from dataclasses import dataclass, field
from typing import Any

KINDS = ("fulfillment", "payment", "return")


def _usual(marketplaces: tuple[str, ...]) -> dict[str, dict[str, tuple[str, str]]]:
    return {
        kind: {f"{6_000_000_001 + 10 * place + market}": (name, "Standard") for market, name in enumerate(marketplaces)}
        for place, kind in enumerate(KINDS)
    }


@dataclass
class Account:
    """`policies` are a marketplace and a name by kind and id; `locations` whether each is enabled."""

    marketplaces: tuple[str, ...]
    policies: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    locations: dict[str, bool] = field(default_factory=lambda: {"LAGER": True})

    def __post_init__(self) -> None:
        self.policies = self.policies or _usual(self.marketplaces)

    def add(self, kind: str, marketplace: str, name: str) -> str:
        """A further policy; answers its id."""
        id = str(6_100_000_000 + sum(len(one) for one in self.policies.values()))
        self.policies[kind][id] = marketplace, name
        return id

    def listed(self, kind: str, marketplace: str) -> list[dict[str, Any]]:
        return [
            {
                f"{kind}PolicyId": id,
                "name": name,
                "marketplaceId": market,
                "categoryTypes": [{"name": "ALL_EXCLUDING_MOTORS_VEHICLES"}],
            }
            for id, (market, name) in self.policies[kind].items()
            if market == marketplace
        ]

    def lacking(self, kind: str, id: Any, marketplace: str) -> bool:
        """Whether an offer of a marketplace names no policy of this kind that is there."""
        return self.policies[kind].get(str(id), ("", ""))[0] != marketplace

    def terms(self, marketplace: str) -> dict[str, Any]:
        """What an offer says of it that was made by hand."""
        first = {
            kind: next((id for id, (one, _) in self.policies[kind].items() if one == marketplace)) for kind in KINDS
        }
        policies = {f"{kind}PolicyId": id for kind, id in first.items()}
        return {"listingPolicies": policies, "merchantLocationKey": next(iter(self.locations))}
