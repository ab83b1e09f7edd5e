"""What the merchant enters to connect an account; the JSON Schema is the form."""

import re
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from shared.connector_kit.forms import said

PRINTABLE = r"^[\x21-\x7e]*$"


class Credentials(BaseModel):
    """The keyset of the merchant's own app (developer account > application keys), the seller's consent to it, and
    where he sells."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[
        str,
        said(
            "Address of the API",
            "Adresse der Schnittstelle",
            "https://api.ebay.com, or https://api.sandbox.ebay.com for tests.",
            "https://api.ebay.com oder https://api.sandbox.ebay.com für Tests.",
            max_length=300,
        ),
    ] = "https://api.ebay.com"
    login_url: Annotated[
        str,
        said(
            "Address of the login",
            "Adresse der Anmeldung",
            "https://auth.ebay.com, or https://auth.sandbox.ebay.com for tests. The seller agrees there.",
            "https://auth.ebay.com oder https://auth.sandbox.ebay.com für Tests. Dort stimmt der Verkäufer zu.",
            max_length=300,
        ),
    ] = "https://auth.ebay.com"
    client_id: Annotated[
        str,
        said(
            "App ID (Client ID)",
            "App-ID (Client-ID)",
            "From the application keys of your developer account.",
            "Aus den Application Keys Ihres Entwicklerkontos.",
            pattern=PRINTABLE,
            min_length=8,
            max_length=200,
        ),
    ]
    client_secret: Annotated[
        str,
        said(
            "Cert ID (Client secret)",
            "Cert-ID (Client-Secret)",
            "Stands beside the App ID.",
            "Steht neben der App-ID.",
            pattern=PRINTABLE,
            min_length=8,
            max_length=200,
            secret=True,
        ),
    ]
    ru_name: Annotated[
        str,
        said(
            "RuName",
            "RuName",
            "The name under which Kontor's return address is registered at eBay; needed for the login only.",
            "Der Name, unter dem Kontors Rücksprungadresse bei eBay eingetragen ist; nur für die Anmeldung nötig.",
            pattern=PRINTABLE,
            max_length=200,
        ),
    ] = ""
    refresh_token: Annotated[
        str,
        said(
            "Refresh token",
            "Refresh-Token",
            "Given by the login; it ends after 18 months, or when the seller changes his password.",
            "Entsteht bei der Anmeldung; endet nach 18 Monaten oder wenn der Verkäufer sein Passwort ändert.",
            pattern=PRINTABLE,
            min_length=8,
            max_length=4000,
            secret=True,
        ),
    ]
    marketplaces: Annotated[
        str,
        said(
            "Marketplaces",
            "Marktplätze",
            "Where you sell, with commas: EBAY_DE, EBAY_AT. The first one is where your account is registered.",
            "Wo Sie verkaufen, mit Komma getrennt: EBAY_DE, EBAY_AT. Beim ersten ist Ihr Konto angemeldet.",
            max_length=200,
        ),
    ] = "EBAY_DE"
    fulfillment_policy: Annotated[
        str,
        said(
            "Shipping policy",
            "Versandbedingungen",
            "Name or id of the business policy for new listings; the live test shows them. Empty where there is one.",
            "Name oder ID der Rahmenbedingung für neue Angebote; der Test zeigt sie. Leer, wenn es nur eine gibt.",
            max_length=100,
        ),
    ] = ""
    payment_policy: Annotated[
        str,
        said(
            "Payment policy",
            "Zahlungsbedingungen",
            "Name or id, as above.",
            "Name oder ID, wie oben.",
            max_length=100,
        ),
    ] = ""
    return_policy: Annotated[
        str,
        said(
            "Return policy",
            "Rücknahmebedingungen",
            "Name or id, as above.",
            "Name oder ID, wie oben.",
            max_length=100,
        ),
    ] = ""
    stock_location: Annotated[
        str,
        said(
            "Place of stock",
            "Lagerort",
            "Key of the place that new listings are sent from; the live test shows them. Empty where there is one.",
            "Schlüssel des Lagerorts, von dem neue Angebote kommen; der Test zeigt sie. Leer, wenn es nur einen gibt.",
            max_length=36,
        ),
    ] = ""
    alert_email: Annotated[
        str,
        said(
            "E-mail address for failed notifications",
            "E-Mail-Adresse für gescheiterte Benachrichtigungen",
            "eBay writes there when it could not reach Kontor. Without it Kontor only asks at intervals.",
            "Dorthin schreibt eBay, wenn es Kontor nicht erreicht. Ohne sie fragt Kontor nur regelmäßig nach.",
            pattern=r"^([^@\s]+@[^@\s]+)?$",
            max_length=200,
        ),
    ] = ""
    signing_key: Annotated[
        str,
        said(
            "Key of the digital signature (jwe)",
            "Schlüssel der digitalen Signatur (jwe)",
            "From eBay's key management; sellers in the EU and the UK need it for cancellations and refunds.",
            "Aus eBays Schlüsselverwaltung; in der EU und im UK für Stornierungen und Rückzahlungen nötig.",
            pattern=PRINTABLE,
            max_length=4000,
            secret=True,
        ),
    ] = ""
    signing_private_key: Annotated[
        str,
        said(
            "Private key of the digital signature",
            "Privater Schlüssel der digitalen Signatur",
            "Ed25519, one line, shown once when the key was made. Only together with the jwe.",
            "Ed25519, eine Zeile, wird beim Anlegen einmal gezeigt. Nur zusammen mit dem jwe.",
            max_length=4000,
            secret=True,
        ),
    ] = ""

    @field_validator("url", "login_url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// (or http:// for a test without TLS)")
        return value.rstrip("/")

    @field_validator("marketplaces")
    @classmethod
    def _known_form(cls, value: str) -> str:
        words = [word.strip().upper() for word in value.split(",") if word.strip()]
        if not words or not all(re.fullmatch("EBAY(_[A-Z]{2,6}){1,2}", word) for word in words):
            raise ValueError("must be names like EBAY_DE, with commas between them")
        return ", ".join(dict.fromkeys(words))

    @model_validator(mode="after")
    def _whole_key(self) -> Self:
        if bool(self.signing_key) != bool(self.signing_private_key):
            raise ValueError("needs signing_key and signing_private_key together, or neither")
        return self

    @property
    def sites(self) -> tuple[str, ...]:
        """The marketplaces; the first is where the account is registered."""
        return tuple(self.marketplaces.split(", "))
