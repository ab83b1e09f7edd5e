"""The marketplaces in which the pretend merchant may sell."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Market:
    """One marketplace. All of these are of the region Europe."""

    id: str
    country: str
    domain: str
    currency: str = "EUR"
    language: str = "de_DE"


MARKETS = {
    market.country: market
    for market in (
        Market("A1PA6795UKMFR9", "DE", "www.amazon.de"),
        Market("A13V1IB3VIYZZH", "FR", "www.amazon.fr", language="fr_FR"),
        Market("APJ6JRA9NG5V4", "IT", "www.amazon.it", language="it_IT"),
        Market("A1C3SOZRARQ6R3", "PL", "www.amazon.pl", "PLN", "pl_PL"),
    )
}
