"""What the merchant enters to connect a Shopware 6 shop; the JSON Schema is the form."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Credentials(BaseModel):
    """Address and integration (Shopware administration > Settings > System > Integrations)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[
        str,
        Field(
            title="Shop address",
            description="The address below which the administration lies, for example https://shop.example.",
            json_schema_extra={
                "title_de": "Shop-Adresse",
                "description_de": "Die Adresse, unter der die Administration liegt, z. B. https://shop.example.",
            },
            min_length=8,
            max_length=300,
        ),
    ]
    access_key: Annotated[
        str,
        Field(
            title="Access key ID",
            description="Begins with SWIA. The integration needs a role with the rights of the README, or all rights.",
            json_schema_extra={
                "title_de": "Zugangs-ID",
                "description_de": "Beginnt mit SWIA. Die Integration braucht eine Rolle mit den Rechten der README.",
                "secret": True,
            },
            pattern=r"^SWIA\w+$",
        ),
    ]
    secret_access_key: Annotated[
        str,
        Field(
            title="Secret access key",
            description="The shop shows it only once, when the integration is made.",
            json_schema_extra={
                "title_de": "Sicherheitsschlüssel",
                "description_de": "Der Shop zeigt ihn nur einmal, beim Anlegen der Integration.",
                "secret": True,
            },
            min_length=8,
        ),
    ]

    mark_documents: Annotated[
        Literal["", "sent"],
        Field(
            title="Mark documents",
            description='"sent" marks an uploaded document as sent: customers see it in their account. Empty: no mark.',
            json_schema_extra={
                "title_de": "Belege markieren",
                "description_de": "Mit „sent“ wird ein hochgeladener Beleg als versendet markiert: Kunden sehen ihn.",
            },
        ),
    ] = ""

    entry_category: Annotated[
        str,
        Field(
            title="Entry category",
            description="Path of the category below which ours are made, joined by “ > ”. Empty: where the sales "
            "channel's navigation begins.",
            json_schema_extra={
                "title_de": "Einstiegskategorie",
                "description_de": "Pfad der Kategorie, unter der unsere angelegt werden, mit „ > “ verbunden. Leer: wo "
                "die Navigation des Verkaufskanals beginnt.",
            },
            max_length=500,
        ),
    ] = ""

    media_folder: Annotated[
        str,
        Field(
            title="Media folder",
            description="Name of the folder that images of products are put into. Empty: the shop's own for products.",
            json_schema_extra={
                "title_de": "Medienordner",
                "description_de": "Name des Ordners, in den Produktbilder kommen. Leer: der des Shops für Produkte.",
            },
            max_length=200,
        ),
    ] = ""

    page_layout: Annotated[
        str,
        Field(
            title="Page layout",
            description="Name of the shop's layout for the page of a new product. Empty: the shop's own choice.",
            json_schema_extra={
                "title_de": "Seitenlayout",
                "description_de": "Name des Layouts für die Seite eines neuen Produkts. Leer: wie der Shop es vorgibt.",
            },
            max_length=200,
        ),
    ] = ""

    variants_in_lists: Annotated[
        Literal["", "one", "each"],
        Field(
            title="Variants in lists",
            description='"one" shows a new product with variants once in lists, "each" shows every variant. Empty: as '
            "the shop does by itself.",
            json_schema_extra={
                "title_de": "Varianten in Listen",
                "description_de": "„one“ zeigt ein neues Produkt mit Varianten einmal in Listen, „each“ jede Variante. "
                "Leer: wie der Shop es von selbst tut.",
            },
        ),
    ] = ""

    @field_validator("url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// (or http:// for a shop without TLS)")
        return value.rstrip("/").removesuffix("/admin").removesuffix("/api")
