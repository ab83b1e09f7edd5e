"""What the merchant enters to connect a Shopify shop; the JSON Schema is the form."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class Credentials(BaseModel):
    """The shop's own address, and an app: client id and secret (Dev Dashboard), or an older app's fixed token."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    shop_url: Annotated[
        str,
        Field(
            title="Shop address",
            description="The shop's own address, https://<shop>.myshopify.com; not the address its customers see.",
            json_schema_extra={
                "title_de": "Shop-Adresse",
                "description_de": "Die eigene Adresse des Shops, https://<shop>.myshopify.com; nicht die für Kunden.",
            },
            min_length=8,
            max_length=300,
        ),
    ]
    client_id: Annotated[
        str,
        Field(
            title="Client ID",
            description="Of the merchant's own app in the Dev Dashboard. Leave empty with a fixed access token.",
            json_schema_extra={
                "title_de": "Client-ID",
                "description_de": "Der eigenen App im Dev Dashboard. Mit festem Zugriffstoken leer lassen.",
            },
            max_length=100,
        ),
    ] = ""
    client_secret: Annotated[
        str,
        Field(
            title="Client secret",
            description="The app's secret; the shop also signs its webhooks with it.",
            json_schema_extra={
                "title_de": "Client-Secret",
                "description_de": "Das Secret der App; der Shop signiert damit auch seine Webhooks.",
                "secret": True,
            },
            max_length=200,
        ),
    ] = ""
    previous_client_secret: Annotated[
        str,
        Field(
            title="Previous client secret",
            description="Only for an hour after the secret was changed: webhooks may still be signed with the old one.",
            json_schema_extra={
                "title_de": "Bisheriges Client-Secret",
                "description_de": "Nur in der Stunde nach einem Wechsel: so lange gelten alte Signaturen noch.",
                "secret": True,
            },
            max_length=200,
        ),
    ] = ""
    access_token: Annotated[
        str,
        Field(
            title="Access token",
            description="Of an app made in the shop's admin before 2026; begins with shpat_. Otherwise leave empty.",
            json_schema_extra={
                "title_de": "Zugriffstoken",
                "description_de": "Einer vor 2026 im Shop angelegten App; beginnt mit shpat_. Sonst leer lassen.",
                "secret": True,
            },
            max_length=200,
        ),
    ] = ""

    @field_validator("shop_url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if not self.access_token and not (self.client_id and self.client_secret):
            raise ValueError("needs either client_id with client_secret, or access_token")
        return self

    @property
    def asks_for_tokens(self) -> bool:
        """Whether access tokens are given out for the app's client id and secret."""
        return bool(self.client_id and self.client_secret)
