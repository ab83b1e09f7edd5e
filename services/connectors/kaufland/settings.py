"""What the merchant enters to connect an account; the JSON Schema is the form."""

import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from shared.connector_kit.forms import said

KEY = r"^[\x21-\x7e]*$"


class Credentials(BaseModel):
    """The key pair of a seller (seller portal > settings > API), and which part of the account is meant."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[
        str,
        said(
            "Address of the API",
            "Adresse der Schnittstelle",
            "https://sellerapi.kaufland.com, or https://sellerapi-playground.kaufland.com for tests.",
            "https://sellerapi.kaufland.com oder https://sellerapi-playground.kaufland.com für Tests.",
            max_length=300,
        ),
    ] = "https://sellerapi.kaufland.com"
    client_key: Annotated[
        str,
        said(
            "Client key",
            "Client-Key",
            "From the seller portal, Settings > API. 32 characters.",
            "Aus dem Seller-Portal, Einstellungen > API. 32 Zeichen.",
            pattern=KEY,
            min_length=8,
            max_length=200,
        ),
    ]
    secret_key: Annotated[
        str,
        said(
            "Secret key",
            "Secret-Key",
            "Shown once, when it is made. 64 characters.",
            "Wird nur beim Anlegen einmal gezeigt. 64 Zeichen.",
            pattern=KEY,
            min_length=8,
            max_length=200,
            secret=True,
        ),
    ]
    storefronts: Annotated[
        str,
        said(
            "Storefronts",
            "Storefronts",
            "Two letters each, with commas: de, cz. Empty: every storefront of the account.",
            "Je zwei Buchstaben, mit Komma getrennt: de, cz. Leer: alle Storefronts des Kontos.",
            max_length=100,
        ),
    ] = ""
    fallback_email: Annotated[
        str,
        said(
            "E-mail address for failed notifications",
            "E-Mail-Adresse für gescheiterte Benachrichtigungen",
            "Kaufland writes there when it could not reach Kontor. Without it Kontor only asks at intervals.",
            "Dorthin schreibt Kaufland, wenn es Kontor nicht erreicht. Ohne sie fragt Kontor nur regelmäßig nach.",
            pattern=r"^([^@\s]+@[^@\s]+)?$",
            max_length=200,
        ),
    ] = ""
    fulfilled_by_kaufland: Annotated[
        bool,
        said(
            "Also orders that Kaufland sends",
            "Auch von Kaufland versandte Aufträge",
            "They are read for the books; Kontor reserves no stock for them and reports no parcels.",
            "Sie werden für die Buchhaltung gelesen; Kontor reserviert dafür nichts und meldet keine Pakete.",
        ),
    ] = False
    partner_client_key: Annotated[
        str,
        said(
            "Client key of the software partner",
            "Client-Key des Software-Partners",
            "Only for a provider that serves many sellers, together with his secret key.",
            "Nur für einen Anbieter, der viele Händler bedient, zusammen mit seinem Secret-Key.",
            pattern=KEY,
            max_length=200,
        ),
    ] = ""
    partner_secret_key: Annotated[
        str,
        said(
            "Secret key of the software partner",
            "Secret-Key des Software-Partners",
            "Only together with the client key of the software partner.",
            "Nur zusammen mit dem Client-Key des Software-Partners.",
            pattern=KEY,
            max_length=200,
            secret=True,
        ),
    ] = ""
    signature: Annotated[
        Literal["hex", "base64"],
        said(
            "Form of the signature",
            "Form der Signatur",
            "hex, as in Kaufland's own code samples. base64 only if Kaufland's support asks for it.",
            "hex, wie in Kauflands eigenen Code-Beispielen. base64 nur, wenn Kauflands Support es verlangt.",
        ),
    ] = "hex"

    @field_validator("url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// (or http:// for a test without TLS)")
        return value.rstrip("/").removesuffix("/v2")

    @field_validator("storefronts")
    @classmethod
    def _two_letters(cls, value: str) -> str:
        words = [word.strip().lower() for word in value.split(",") if word.strip()]
        if not all(re.fullmatch("[a-z]{2}", word) for word in words):
            raise ValueError("must be two letters for each storefront, with commas between them")
        return ", ".join(dict.fromkeys(words))

    @model_validator(mode="after")
    def _whole_partner(self) -> Self:
        if bool(self.partner_client_key) != bool(self.partner_secret_key):
            raise ValueError("needs partner_client_key and partner_secret_key together, or neither")
        return self

    @property
    def named_storefronts(self) -> tuple[str, ...]:
        """The storefronts the merchant named; none where he means all."""
        return tuple(self.storefronts.split(", ")) if self.storefronts else ()
