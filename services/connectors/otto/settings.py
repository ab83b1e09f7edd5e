"""What the merchant enters to connect an account; the JSON Schema is the form."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from shared.connector_kit.forms import said


class Credentials(BaseModel):
    """An app in OTTO Partner Connect: the seller's own, or a service partner's with the seller's installation of it.
    Beside it what every parcel must say: where it is sent from, and how it comes back."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[
        str,
        said(
            "Address of the API",
            "Adresse der Schnittstelle",
            "https://api.otto.market, or https://sandbox.api.otto.market for OTTO's test environment.",
            "https://api.otto.market oder https://sandbox.api.otto.market für OTTOs Testumgebung.",
            max_length=300,
        ),
    ] = "https://api.otto.market"
    client_id: Annotated[
        str,
        said(
            "Client ID",
            "Client-ID",
            "Of the app in OTTO Partner Connect.",
            "Der App in OTTO Partner Connect.",
            min_length=1,
            max_length=200,
        ),
    ]
    client_secret: Annotated[
        str,
        said(
            "Client secret",
            "Client-Secret",
            "The app's secret.",
            "Das Secret der App.",
            min_length=1,
            max_length=300,
            secret=True,
        ),
    ]
    app_id: Annotated[
        str,
        said(
            "App ID of the service partner",
            "App-ID des Servicepartners",
            "Only for an app of a service partner, together with the installation ID. Leave empty with an own app.",
            "Nur bei der App eines Servicepartners, zusammen mit der Installations-ID. Bei eigener App leer lassen.",
            pattern=r"^[\w-]*$",
            max_length=100,
        ),
    ] = ""
    installation_id: Annotated[
        str,
        said(
            "Installation ID",
            "Installations-ID",
            "Which seller's installation of the service partner's app this is.",
            "Welche Installation der App des Servicepartners das ist.",
            pattern=r"^[\w-]*$",
            max_length=100,
        ),
    ] = ""
    ship_from_zip: Annotated[
        str,
        said(
            "Postcode of the warehouse",
            "Postleitzahl des Lagers",
            "Every parcel names where it is sent from.",
            "Jede Sendung nennt, von wo sie kommt.",
            min_length=1,
            max_length=10,
        ),
    ]
    ship_from_city: Annotated[
        str,
        said(
            "City of the warehouse",
            "Ort des Lagers",
            "Every parcel names where it is sent from.",
            "Jede Sendung nennt, von wo sie kommt.",
            min_length=1,
            max_length=60,
        ),
    ]
    ship_from_country: Annotated[
        str,
        said(
            "Country of the warehouse",
            "Land des Lagers",
            "Three letters (ISO 3166-1 alpha-3), for example DEU.",
            "Drei Buchstaben (ISO 3166-1 alpha-3), z. B. DEU.",
            pattern=r"^[A-Z]{3}$",
        ),
    ] = "DEU"
    return_carrier: Annotated[
        Literal["", "DHL", "GLS", "HERMES"],
        said(
            "Carrier of returns",
            "Dienstleister der Retouren",
            "Only if your return labels bear the same number as the parcel: the carrier chosen for returns in OTTO "
            "Partner Connect. OTTO refuses parcels without a return number; forwarders need none.",
            "Nur wenn Ihre Retourenlabels dieselbe Nummer tragen wie das Paket: der in OTTO Partner Connect gewählte "
            "Dienstleister. Pakete ohne Retourennummer lehnt OTTO ab; Speditionen brauchen keine.",
        ),
    ] = ""

    read_receipts: Annotated[
        Literal["no", "yes"],
        said(
            "Read OTTO's receipts",
            "OTTOs Belege lesen",
            "OTTO writes invoices and credit notes in your name. With yes they stand in each order, and price "
            "reductions are seen; the app needs the scope receipts.",
            "OTTO schreibt Rechnungen und Gutschriften in Ihrem Namen. Mit yes stehen sie am Auftrag, und "
            "Preisnachlässe werden gesehen; die App braucht den Scope receipts.",
        ),
    ] = "no"

    read_returns: Annotated[
        Literal["no", "yes"],
        said(
            "Read returns",
            "Retouren lesen",
            "With yes announced, accepted and rejected returns stand in each order and can be accepted or rejected "
            "from here; the app needs the scope returns.",
            "Mit yes stehen angekündigte, angenommene und abgelehnte Retouren am Auftrag und lassen sich von hier aus "
            "annehmen oder ablehnen; die App braucht den Scope returns.",
        ),
    ] = "no"

    @field_validator("url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// (or http:// for a test without TLS)")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _whole_installation(self) -> Self:
        if bool(self.app_id) != bool(self.installation_id):
            raise ValueError("needs app_id and installation_id together, or neither")
        return self
