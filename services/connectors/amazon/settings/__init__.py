"""What the merchant enters to connect an account; the JSON Schema is the form."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from services.connectors.amazon.settings.markets import EUROPE, FAR_EAST, MARKETS, NORTH_AMERICA, Market
from shared.connector_kit.forms import said

KEY = r"^[\x21-\x7e]*$"


class Credentials(BaseModel):
    """An application in Seller Central that the seller has authorised, and the marketplaces that are meant."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[
        str,
        said(
            "Address of the API",
            "Adresse der Schnittstelle",
            f"The region of the account: {EUROPE}, {NORTH_AMERICA} or {FAR_EAST}.",
            f"Die Region des Kontos: {EUROPE}, {NORTH_AMERICA} oder {FAR_EAST}.",
            max_length=300,
        ),
    ] = EUROPE
    login_url: Annotated[
        str,
        said(
            "Address of Login with Amazon",
            "Adresse von Login with Amazon",
            "https://api.amazon.com for all regions.",
            "https://api.amazon.com für alle Regionen.",
            max_length=300,
        ),
    ] = "https://api.amazon.com"
    client_id: Annotated[
        str,
        said(
            "LWA client identifier",
            "LWA-Client-ID",
            "Of the application, in Seller Central under Develop Apps: amzn1.application-oa2-client.…",
            "Der Anwendung, im Seller Central unter Apps entwickeln: amzn1.application-oa2-client.…",
            pattern=KEY,
            min_length=1,
            max_length=200,
        ),
    ]
    client_secret: Annotated[
        str,
        said(
            "LWA client secret",
            "LWA-Client-Secret",
            "Amazon wants a new one every 180 days; the old one works for seven more days.",
            "Amazon verlangt alle 180 Tage ein neues; das alte gilt noch sieben Tage.",
            pattern=KEY,
            min_length=1,
            max_length=300,
            secret=True,
        ),
    ]
    refresh_token: Annotated[
        str,
        said(
            "Refresh token",
            "Refresh-Token",
            "Made when the seller authorises the application. It begins with Atzr|.",
            "Entsteht, wenn der Händler die Anwendung autorisiert. Beginnt mit Atzr|.",
            pattern=KEY,
            min_length=1,
            max_length=2000,
            secret=True,
        ),
    ]
    seller_id: Annotated[
        str,
        said(
            "Seller ID",
            "Händler-ID",
            "The merchant token, in Seller Central under Account Info.",
            "Das Händler-Token, im Seller Central unter Kontoinformationen.",
            pattern=r"^[A-Z0-9]+$",
            min_length=5,
            max_length=30,
        ),
    ]
    marketplaces: Annotated[
        str,
        said(
            "Marketplaces",
            "Marktplätze",
            "Countries with blanks between them, all of one region, for example DE FR IT.",
            "Länder, durch Leerzeichen getrennt, alle aus einer Region, z. B. DE FR IT.",
            pattern=r"^[A-Z]{2}( [A-Z]{2})*$",
            max_length=100,
        ),
    ] = "DE"
    fulfilment: Annotated[
        Literal["all", "merchant", "amazon"],
        said(
            "Whose shipments",
            "Wessen Versand",
            "All orders, only those that you send (FBM), or only those that Amazon sends (FBA). Two connections, one "
            "for each, may have external numbers with a label each, SKU_FBM and SKU_FBA.",
            "Alle Bestellungen, nur selbst versandte (FBM) oder nur von Amazon versandte (FBA). Zwei Anbindungen, eine "
            "je Art, können Fremdnummern mit je eigener Bezeichnung haben, SKU_FBM und SKU_FBA.",
        ),
    ] = "all"
    invoices: Annotated[
        Literal["own", "amazon", "none"],
        said(
            "Whose invoices",
            "Wessen Rechnungen",
            "own: yours, they are uploaded. amazon: Amazon writes them (VAT calculation service); their numbers are "
            "read and nothing is uploaded. none: somebody else does; nothing is uploaded or read.",
            "own: Ihre, sie werden hochgeladen. amazon: Amazon schreibt sie (Umsatzsteuer-Berechnungsservice); ihre "
            "Nummern werden gelesen, hochgeladen wird nichts. none: ein Dritter; nichts wird hochgeladen oder gelesen.",
        ),
    ] = "own"

    @field_validator("url", "login_url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// (or http:// for a test without TLS)")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _one_region(self) -> Self:
        unknown = [country for country in self.marketplaces.split() if country not in MARKETS]
        if unknown:
            raise ValueError(f"marketplaces: {', '.join(unknown)} is not known; known are {', '.join(MARKETS)}")
        if self.url in (EUROPE, NORTH_AMERICA, FAR_EAST):
            elsewhere = [market.country for market in self.markets if market.region != self.url]
            if elsewhere:
                raise ValueError(f"marketplaces: {', '.join(elsewhere)} is not in the region of {self.url}")
        return self

    @property
    def markets(self) -> tuple[Market, ...]:
        return tuple(MARKETS[country] for country in dict.fromkeys(self.marketplaces.split()))
