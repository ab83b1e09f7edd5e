"""The marketplaces that a connection may name, and the addresses of their regions."""

from dataclasses import dataclass

EUROPE, NORTH_AMERICA, FAR_EAST = (f"https://sellingpartnerapi-{region}.amazon.com" for region in ("eu", "na", "fe"))


@dataclass(frozen=True)
class Market:
    """One marketplace: its id, its currency, and the address of its region."""

    id: str
    country: str
    currency: str
    region: str = EUROPE


# The page of marketplace ids, read 2026-11-29.
MARKETS = {
    market.country: market
    for market in (
        Market("A1PA6795UKMFR9", "DE", "EUR"),
        Market("A13V1IB3VIYZZH", "FR", "EUR"),
        Market("APJ6JRA9NG5V4", "IT", "EUR"),
        Market("A1RKKUPIHCS9HS", "ES", "EUR"),
        Market("A1805IZSGTT6HS", "NL", "EUR"),
        Market("A1C3SOZRARQ6R3", "PL", "PLN"),
        Market("A2NODRKZP88ZB9", "SE", "SEK"),
        Market("AMEN7PMS3EDWL", "BE", "EUR"),
        Market("A28R8C7NBKEWEA", "IE", "EUR"),
        Market("A1F83G8C2ARO7P", "GB", "GBP"),
        Market("A33AVAJ2PDY3EV", "TR", "TRY"),
        Market("ATVPDKIKX0DER", "US", "USD", NORTH_AMERICA),
        Market("A2EUQ1WTGCTBG2", "CA", "CAD", NORTH_AMERICA),
        Market("A1VC38T7YXB528", "JP", "JPY", FAR_EAST),
    )
}
MARKET_OF = {market.id: market for market in MARKETS.values()}
