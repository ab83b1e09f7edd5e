"""What the merchant enters to connect a TB.One account; the JSON Schema is the form."""

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

PAIRS = re.compile(r"[^=,]+=[^=,]+")


class Credentials(BaseModel):
    """REST access of one account (TB.One > Administration > Users, role "API only", approved for each channel)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[
        str,
        Field(
            title="REST address",
            description="The address of the REST interface; the staging system has another one.",
            json_schema_extra={
                "title_de": "REST-Adresse",
                "description_de": "Die Adresse der REST-Schnittstelle; das Testsystem hat eine andere.",
            },
            pattern=r"^https?://[^\s]+$",
            max_length=300,
        ),
    ] = "https://rest.core.tradebyte.com"
    account: Annotated[
        str,
        Field(
            title="Account number",
            description="The merchant's number (HNR), shown in the title of the info window of TB.One.",
            json_schema_extra={
                "title_de": "Händler-ID",
                "description_de": "Die Händlernummer (HNR), im Titel des Info-Fensters von TB.One zu sehen.",
            },
            pattern=r"^\w{1,20}$",
        ),
    ]
    user: Annotated[
        str,
        Field(
            title="API user",
            description="A user of the role API only, approved for every channel below.",
            json_schema_extra={
                "title_de": "API-Benutzer",
                "description_de": "Ein Benutzer mit der Rolle API only, freigegeben für jeden Kanal unten.",
            },
            min_length=1,
            max_length=100,
        ),
    ]
    password: Annotated[
        str,
        Field(
            title="Password",
            description="The API user's password.",
            json_schema_extra={
                "title_de": "Passwort",
                "description_de": "Das Passwort des API-Benutzers.",
                "secret": True,
            },
            min_length=1,
            max_length=200,
        ),
    ]
    channels: Annotated[
        str,
        Field(
            title="Channel ids",
            description="The numbers of the channels, with commas between them; not their signs.",
            json_schema_extra={
                "title_de": "Kanal-IDs",
                "description_de": "Die Nummern der Kanäle, durch Komma getrennt; nicht ihre Kürzel.",
            },
            pattern=r"^\s*\d+\s*(,\s*\d+\s*)*$",
        ),
    ]
    currency: Annotated[
        str,
        Field(
            title="Currency",
            description="What the channels sell in; an order does not say so.",
            json_schema_extra={
                "title_de": "Währung",
                "description_de": "Worin die Kanäle verkaufen; ein Auftrag nennt sie nicht.",
            },
            pattern=r"^[A-Z]{3}$",
        ),
    ] = "EUR"
    currencies: Annotated[
        str,
        Field(
            title="Channels in other currencies",
            description="Channel sign and currency, for example zach=CHF, zapl=PLN.",
            json_schema_extra={
                "title_de": "Kanäle in anderer Währung",
                "description_de": "Kürzel des Kanals und Währung, zum Beispiel zach=CHF, zapl=PLN.",
            },
            pattern=r"^$|^\s*\w+\s*=\s*[A-Z]{3}\s*(,\s*\w+\s*=\s*[A-Z]{3}\s*)*$",
        ),
    ] = ""
    parcel_types: Annotated[
        str,
        Field(
            title="Package types",
            description="Carrier and import key of its package type, for example DHL=DHL_STD_NATIONAL.",
            json_schema_extra={
                "title_de": "Pakettypen",
                "description_de": "Dienstleister und Importschlüssel seines Pakettyps, z. B. DHL=DHL_STD_NATIONAL.",
            },
            max_length=2000,
        ),
    ] = ""

    @field_validator("parcel_types")
    @classmethod
    def _in_pairs(cls, value: str) -> str:
        if not all(PAIRS.fullmatch(part) for part in value.split(",") if part.strip()):
            raise ValueError("must be pairs such as DHL=DHL_STD_NATIONAL, with commas between them")
        return value

    @property
    def channel_ids(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.channels.split(","))

    def currency_of(self, sign: str) -> str:
        return _pairs(self.currencies).get(sign.strip().lower(), self.currency)

    def parcel_type(self, carrier: str) -> str:
        """The import key of a carrier's package type; empty where none was entered."""
        return _pairs(self.parcel_types).get(carrier.strip().lower(), "")


def _pairs(text: str) -> dict[str, str]:
    parts = (part.partition("=") for part in text.split(",") if part.strip())
    return {left.strip().lower(): right.strip() for left, _, right in parts}
