"""What the merchant enters to connect a TB.One account; the JSON Schema is the form."""

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from services.connectors.tradebyte.settings import catalogue, returns, sftp
from shared.connector_kit.forms import said

PAIRS = re.compile(r"[^=,]+=[^=,]+")


class Credentials(BaseModel):
    """REST access of one account (TB.One > Administration > Users, role "API only", approved for each channel). Orders,
    messages, stock and prices may go as files over SFTP instead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[
        str,
        said(
            "REST address",
            "REST-Adresse",
            "The address of the REST interface; the staging system has another one.",
            "Die Adresse der REST-Schnittstelle; das Testsystem hat eine andere.",
            pattern=r"^https?://[^\s]+$",
            max_length=300,
        ),
    ] = "https://rest.core.tradebyte.com"
    account: Annotated[
        str,
        said(
            "Account number",
            "Händler-ID",
            "The merchant's number (HNR), shown in the title of the info window of TB.One.",
            "Die Händlernummer (HNR), im Titel des Info-Fensters von TB.One zu sehen.",
            pattern=r"^\w{1,20}$",
        ),
    ]
    user: Annotated[
        str,
        said(
            "API user",
            "API-Benutzer",
            "A user of the role API only, approved for every channel below.",
            "Ein Benutzer mit der Rolle API only, freigegeben für jeden Kanal unten.",
            min_length=1,
            max_length=100,
        ),
    ]
    password: Annotated[
        str,
        said(
            "Password",
            "Passwort",
            "The API user's password.",
            "Das Passwort des API-Benutzers.",
            min_length=1,
            max_length=200,
            secret=True,
        ),
    ]
    channels: Annotated[
        str,
        said(
            "Channel ids",
            "Kanal-IDs",
            "The numbers of the channels, with commas between them; not their signs.",
            "Die Nummern der Kanäle, durch Komma getrennt; nicht ihre Kürzel.",
            pattern=r"^\s*\d+\s*(,\s*\d+\s*)*$",
        ),
    ]
    currency: Annotated[
        str,
        said(
            "Currency",
            "Währung",
            "What the channels sell in; an order does not say so.",
            "Worin die Kanäle verkaufen; ein Auftrag nennt sie nicht.",
            pattern=r"^[A-Z]{3}$",
        ),
    ] = "EUR"
    currencies: Annotated[
        str,
        said(
            "Channels in other currencies",
            "Kanäle in anderer Währung",
            "Channel sign and currency, for example zach=CHF, zapl=PLN.",
            "Kürzel des Kanals und Währung, zum Beispiel zach=CHF, zapl=PLN.",
            pattern=r"^$|^\s*\w+\s*=\s*[A-Z]{3}\s*(,\s*\w+\s*=\s*[A-Z]{3}\s*)*$",
        ),
    ] = ""
    parcel_types: Annotated[
        str,
        said(
            "Package types",
            "Pakettypen",
            "Carrier and import key of its package type, for example DHL=DHL_STD_NATIONAL.",
            "Dienstleister und Importschlüssel seines Pakettyps, z. B. DHL=DHL_STD_NATIONAL.",
            max_length=2000,
        ),
    ] = ""
    price_channels: Annotated[
        str,
        said(
            "Channels that are told prices",
            "Kanäle, die Preise erhalten",
            "Signs of the channels with commas between them: chde, chat. The first one's price is the article's.",
            "Kürzel der Kanäle, durch Komma getrennt: chde, chat. Der Preis des ersten gilt als der des Artikels.",
            pattern=r"^$|^\s*\w+\s*(,\s*\w+\s*)*$",
            max_length=500,
        ),
    ] = ""
    tax_classes: Annotated[
        str,
        said(
            "Tax classes",
            "Steuerklassen",
            "Rate in percent and TB.One's class: 1 reduced, 2 normal, 3 free. Others leave the class as it is.",
            "Satz in Prozent und Klasse in TB.One: 1 ermäßigt, 2 normal, 3 frei. Andere lassen die Klasse stehen.",
            pattern=r"^$|^\s*[\d.]+\s*=\s*[123]\s*(,\s*[\d.]+\s*=\s*[123]\s*)*$",
            max_length=200,
        ),
    ] = "19=2, 7=1, 0=3"
    article_channels: catalogue.Channels = ""
    numbered_by: catalogue.NumberedBy = "number"
    keyword_separator: catalogue.Separator = ","
    return_causes: returns.Causes = ""
    return_states: returns.States = ""
    delivery: sftp.Way = "rest"
    sftp_host: sftp.Host = ""
    sftp_port: sftp.Port = 22
    sftp_user: sftp.User = ""
    sftp_password: sftp.Password = ""
    sftp_host_key: sftp.HostKey = ""
    sftp_orders: sftp.OrdersFolder = "orders"
    sftp_messages: sftp.MessagesFolder = "messages"
    sftp_stock: sftp.StockFolder = "stock"
    sftp_catalogue: sftp.CatalogueFolder = "catalogue"

    @field_validator("tax_classes")
    @classmethod
    def _rates_are_numbers(cls, value: str) -> str:
        try:
            _rates(value)
        except InvalidOperation:
            raise ValueError("must be rates such as 19=2, 7=1, with commas between them") from None
        return value

    @field_validator("parcel_types", "return_causes", "return_states")
    @classmethod
    def _in_pairs(cls, value: str) -> str:
        if not all(PAIRS.fullmatch(part) for part in value.split(",") if part.strip()):
            raise ValueError("must be pairs such as DHL=DHL_STD_NATIONAL, with commas between them")
        return value

    @field_validator("sftp_host_key")
    @classmethod
    def _one_key(cls, value: str) -> str:
        if value.strip() and not sftp.HOST_KEY.fullmatch(value.strip()):
            raise ValueError("must be a fingerprint (SHA256:…) or a public key (ssh-ed25519 …)")
        return value.strip()

    @model_validator(mode="after")
    def _whole_access(self) -> Self:
        needed = ("sftp_host", "sftp_user", "sftp_password", "sftp_host_key")
        missing = [name for name in needed if not getattr(self, name)]
        if self.delivery == "sftp" and missing:
            raise ValueError(f"files need {', '.join(missing)}")
        return self

    @property
    def channel_ids(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.channels.split(","))

    def currency_of(self, sign: str) -> str:
        return _pairs(self.currencies).get(sign.strip().lower(), self.currency)

    @property
    def price_signs(self) -> tuple[str, ...]:
        return _signs(self.price_channels)

    @property
    def article_signs(self) -> tuple[str, ...]:
        return _signs(self.article_channels)

    @property
    def classes(self) -> dict[Decimal, str]:
        """TB.One's class of each tax rate in percent."""
        return _rates(self.tax_classes)

    def parcel_type(self, carrier: str) -> str:
        """The import key of a carrier's package type; empty where none was entered."""
        return _pairs(self.parcel_types).get(carrier.strip().lower(), "")

    def return_cause(self, reason: str) -> str:
        """The import key of a reason for a return; empty where none was entered."""
        return _pairs(self.return_causes).get(reason, "")

    def return_state(self, restocked: bool) -> str:
        """The import key of the state the goods are in; empty where none was entered."""
        return _pairs(self.return_states).get("restocked" if restocked else "other", "")


def _signs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _rates(text: str) -> dict[Decimal, str]:
    return {Decimal(rate).normalize(): tax_class for rate, tax_class in _pairs(text).items()}


def _pairs(text: str) -> dict[str, str]:
    parts = (part.partition("=") for part in text.split(",") if part.strip())
    return {left.strip().lower(): right.strip() for left, _, right in parts}
