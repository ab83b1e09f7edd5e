"""What the merchant enters to connect a Shopware 5 shop; the JSON Schema is the form."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, field_validator

from shared.connector_kit.forms import said


class Credentials(BaseModel):
    """A backend user with API access (Configuration > User administration), and how the shop writes what it has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[
        str,
        said(
            "Shop address",
            "Shop-Adresse",
            "The address of the shop, for example https://shop.example; its API lies below /api.",
            "Die Adresse des Shops, z. B. https://shop.example; die API liegt darunter unter /api.",
            min_length=8,
            max_length=300,
        ),
    ]
    user: Annotated[
        str,
        said(
            "User name",
            "Benutzername",
            "The backend user for whom API access is switched on.",
            "Der Backend-Benutzer, für den der API-Zugang eingeschaltet ist.",
            pattern=r"^[^:\s]+$",
            max_length=200,
        ),
    ]
    api_key: Annotated[
        str,
        said(
            "API key",
            "API-Schlüssel",
            "Stands beside the user in the user administration; 40 characters. Not the user's password.",
            "Steht beim Benutzer in der Benutzerverwaltung; 40 Zeichen. Nicht das Passwort des Benutzers.",
            pattern=r"^\S+$",
            min_length=8,
            max_length=200,
            secret=True,
        ),
    ]
    authentication: Annotated[
        Literal["digest", "basic"],
        said(
            "Authentication",
            "Anmeldeverfahren",
            "digest works with every version. basic from 5.3.2 on, where a proxy in front spoils digest.",
            "digest geht mit jeder Version. basic ab 5.3.2, wenn ein Proxy davor digest stört.",
        ),
    ] = "digest"
    timezone: Annotated[
        str,
        said(
            "Time zone of the shop",
            "Zeitzone des Shops",
            "What the shop's clock shows where a time is told without a zone, for example Europe/Berlin.",
            "Wonach die Uhr des Shops geht, wenn eine Zeit ohne Zone genannt ist, z. B. Europe/Berlin.",
            max_length=60,
        ),
    ] = "Europe/Berlin"
    customer_group: Annotated[
        str,
        said(
            "Customer group of the prices",
            "Kundengruppe der Preise",
            "The key of the group whose prices are read; EK are the shop's customers.",
            "Das Kürzel der Gruppe, deren Preise gelesen werden; EK sind die Shopkunden.",
            pattern=r"^\w{1,15}$",
        ),
    ] = "EK"

    @field_validator("url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// (or http:// for a shop without TLS)")
        return value.rstrip("/").removesuffix("/backend").removesuffix("/api")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            raise ValueError("must be a time zone by its name, for example Europe/Berlin") from None
        return value
