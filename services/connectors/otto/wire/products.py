"""What the platform asks of products, how the seller ships, and what it says of a product on the market."""

from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field

from services.connectors.otto.wire.base import Text, Texts, Wire, none_is_empty


class Attribute(Wire):
    name: str
    type: Text = ""
    multiple: bool | None = Field(None, alias="multiValue")
    unit: Text = ""
    allowed: Texts = Field((), alias="allowedValues")
    recommended: Texts = Field((), alias="recommendedValues")
    features: Texts = Field((), alias="featureRelevance")
    relevance: Text = ""


class CategoryGroup(Wire):
    name: str = Field(alias="categoryGroup")
    categories: Texts = ()
    themes: Texts = Field((), alias="variationThemes")
    attributes: Annotated[tuple[Attribute, ...], BeforeValidator(none_is_empty)] = ()


class Brand(Wire):
    id: str
    name: str
    usable: bool = False


class ShippingProfile(Wire):
    id: str = Field(alias="shippingProfileId")
    name: Text = Field("", alias="shippingProfileName")


class Complaint(Wire):
    code: Text = ""
    title: Text = ""


class Judgement(Wire):
    """What the platform itself says of a product, after its data was taken."""

    status: str
    moin: Text = ""
    errors: Annotated[tuple[Complaint, ...], BeforeValidator(none_is_empty)] = ()
    changed_at: AwareDatetime = Field(alias="lastModified")
