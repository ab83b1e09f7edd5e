"""What the merchant enters to connect a shop at an operator's Mirakl; the JSON Schema is the form."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

ONE_PER_COUNTRY = {
    "note": "The operator has one shop for each country: connect each of them by itself, with its shop id.",
    "note_de": "Der Betreiber führt je Land einen eigenen Shop: bitte jeden einzeln anbinden, mit seiner Shop-ID.",
}
NO_INVOICES = {
    "note": "One shop for each country, connected by itself with its shop id. The operator writes the invoices.",
    "note_de": "Je Land ein eigener Shop, mit seiner Shop-ID anzubinden. Rechnungen schreibt der Betreiber.",
}
PRESETS: tuple[dict[str, Any], ...] = (
    {"name": "conrad", "title": "Conrad", "values": {}} | NO_INVOICES,
    {"name": "decathlon", "title": "Decathlon", "values": {"url": "https://marketplace-decathlon-eu.mirakl.net"}},
    {"name": "douglas", "title": "Douglas", "values": {}},
    {"name": "fressnapf", "title": "Fressnapf", "values": {}},
    {"name": "hornbach", "title": "Hornbach", "values": {}},
    {"name": "home24", "title": "Home24", "values": {"url": "https://home24.mirakl.net"}},
    {
        "name": "mediamarktsaturn",
        "title": "MediaMarkt/Saturn",
        "values": {"url": "https://mediamarktsaturn.mirakl.net"},
    },
    {"name": "shop-apotheke", "title": "Shop Apotheke", "values": {}} | ONE_PER_COUNTRY,
    {"name": "voelkner", "title": "Voelkner", "values": {}},
)
"""Operators to choose from. `values` are by field of the form; where there are none, no address is known for sure."""


class Credentials(BaseModel):
    """The operator's address and the shop's API key (Mirakl: user name at the top right > API key). `presets` fill what
    is known of an operator."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"presets": list(PRESETS)})

    url: Annotated[
        str,
        Field(
            title="Address of the operator's Mirakl",
            description="As in the browser when you work there, for example https://operator.mirakl.net.",
            json_schema_extra={
                "title_de": "Adresse des Mirakl des Betreibers",
                "description_de": "Wie im Browser, wenn man dort arbeitet, z. B. https://betreiber.mirakl.net.",
            },
            min_length=8,
            max_length=300,
        ),
    ]
    api_key: Annotated[
        str,
        Field(
            title="API key",
            description="Made in Mirakl under the user's own settings, tab API key.",
            json_schema_extra={
                "title_de": "API-Schlüssel",
                "description_de": "In Mirakl in den eigenen Einstellungen, Reiter API-Schlüssel, zu erzeugen.",
                "secret": True,
            },
            min_length=8,
            max_length=200,
        ),
    ]
    shop_id: Annotated[
        str,
        Field(
            title="Shop id",
            description="Only where the user has several shops; without it, the user's default shop is meant.",
            json_schema_extra={
                "title_de": "Shop-ID",
                "description_de": "Nur nötig, wenn der Benutzer mehrere Shops hat; sonst gilt sein Standard-Shop.",
            },
            pattern=r"^\d{0,18}$",
        ),
    ] = ""
    cancellation_reason: Annotated[
        str,
        Field(
            title="Reason for cancelled lines",
            description="The operator's code for it. Only needed where he offers shops more than one reason.",
            json_schema_extra={
                "title_de": "Grund für stornierte Positionen",
                "description_de": "Der Code des Betreibers. Nur nötig, wenn er Shops mehr als einen Grund anbietet.",
            },
            max_length=60,
        ),
    ] = ""

    invoice_type: Annotated[
        str,
        Field(
            title="Type of invoices",
            description="The operator's code for invoices to customers, usually CUSTOMER_INVOICE.",
            json_schema_extra={
                "title_de": "Art der Rechnungen",
                "description_de": "Der Code des Betreibers für Rechnungen an Kunden, meist CUSTOMER_INVOICE.",
            },
            max_length=60,
        ),
    ] = "CUSTOMER_INVOICE"
    credit_note_type: Annotated[
        str,
        Field(
            title="Type of credit notes",
            description="The operator's code for them. Without it, credit notes are refused and the codes named.",
            json_schema_extra={
                "title_de": "Art der Gutschriften",
                "description_de": "Der Code des Betreibers. Ohne ihn werden Gutschriften abgelehnt, mit den Codes.",
            },
            max_length=60,
        ),
    ] = ""

    accept_orders: Annotated[
        Literal["no", "yes"],
        Field(
            title="Accept orders by themselves",
            description='With "yes", every readable order is accepted in full. That binds the shop.',
            json_schema_extra={
                "title_de": "Aufträge von selbst annehmen",
                "description_de": "Mit „yes“ wird jeder lesbare Auftrag ganz angenommen. Das bindet den Shop.",
            },
        ),
    ] = "no"

    @field_validator("url")
    @classmethod
    def _base_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// (or http:// for a test without TLS)")
        return value.rstrip("/").removesuffix("/api").rstrip("/")
