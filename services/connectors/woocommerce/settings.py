"""What the merchant enters to connect a WooCommerce shop; the JSON Schema is the form."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Credentials(BaseModel):
    """Address and REST API key (WooCommerce > Settings > Advanced > REST API)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[
        str,
        Field(
            title="Shop address",
            description="The shop's own address, for example https://shop.example; a sub-directory belongs to it.",
            json_schema_extra={
                "title_de": "Shop-Adresse",
                "description_de": "Die Adresse des Shops, z. B. https://shop.example; ein Unterordner gehört dazu.",
            },
            min_length=8,
            max_length=300,
        ),
    ]
    consumer_key: Annotated[
        str,
        Field(
            title="Consumer key",
            description="Begins with ck_. Read rights are enough to import, write rights are needed to send.",
            json_schema_extra={
                "title_de": "Consumer key",
                "description_de": "Beginnt mit ck_. Zum Importieren genügt Lesen, zum Übertragen ist Schreiben nötig.",
            },
            pattern=r"^ck_\w+$",
        ),
    ]
    consumer_secret: Annotated[
        str,
        Field(
            title="Consumer secret",
            description="Begins with cs_; the shop shows it only once.",
            json_schema_extra={
                "title_de": "Consumer secret",
                "description_de": "Beginnt mit cs_; der Shop zeigt es nur einmal.",
                "secret": True,
            },
            pattern=r"^cs_\w+$",
        ),
    ]

    api_refund: Annotated[
        bool,
        Field(
            title="Refunds pay the money out",
            description="On: the shop has the payment provider send the money. Off: a refund is only entered in the "
            "shop, and you pay the money yourself.",
            json_schema_extra={
                "title_de": "Rückzahlungen zahlen das Geld aus",
                "description_de": "Ein: der Shop lässt den Zahlungsanbieter das Geld senden. Aus: die Rückzahlung "
                "wird im Shop nur eingetragen, und Sie zahlen das Geld selbst.",
            },
        ),
    ] = False

    properties_visible: Annotated[
        bool,
        Field(
            title="Properties are shown to customers",
            description="On: properties that are told with a product stand under its additional information.",
            json_schema_extra={
                "title_de": "Eigenschaften für Kunden sichtbar",
                "description_de": "Ein: mit einem Produkt übertragene Eigenschaften stehen bei dessen zusätzlichen "
                "Informationen.",
            },
        ),
    ] = False

    @field_validator("url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// (or http:// for a shop without TLS)")
        return value.rstrip("/")
