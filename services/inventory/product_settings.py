"""What a merchant sets per connection about the products it is told."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shared.contracts.product import Part

Strategy = Literal["create", "update", "both"]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$", examples=["material"])]
Place = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$", examples=["online-store"])]
TOLD: tuple[Part, ...] = ("texts", "variants", "images", "categories", "tags", "properties", "custom_fields")
"""What is told unless somebody says otherwise: texts for search engines and translations are often kept in the shop."""


class ProductSettings(BaseModel):
    """Which products a connection is told, and what of them.

    `strategy`: only make new ones, only change those that are there, or both. `parts` are the kinds of data that are
    told; what is none of them always is: numbers, measures, whether it is active. `images`: only bring new ones, or
    also take away what is not here. `channels` are the places within the shop where a new product is shown, as the shop
    names them. `custom_fields` says which attribute of ours is which field there; other attributes go where the channel
    is used to have them. `deletes`: an article that is deleted here is deleted there, instead of only taken off sale.

    New products are made by themselves only where a filter of articles is saved (`/inventory/participation`): without
    one every article takes part, and all of them would be made at once. By hand each can be made in any case.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    strategy: Strategy = "both"
    parts: tuple[Part, ...] = Field(TOLD, max_length=9)
    images: Literal["create", "create_and_delete"] = "create"
    channels: tuple[Place, ...] = Field((), max_length=100)
    custom_fields: dict[Name, Name] = Field({}, max_length=500)
    deletes: bool = False

    @field_validator("parts", "channels")
    @classmethod
    def _once(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        """Each once, in the order given."""
        return tuple(dict.fromkeys(given))

    @property
    def creates(self) -> bool:
        return self.strategy != "update"

    @property
    def updates(self) -> bool:
        return self.strategy != "create"


def changes(before: ProductSettings, after: ProductSettings) -> dict[str, tuple[str, str]]:
    """Which settings differ, as texts before and after."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return {name: (_word(old[name]), _word(new[name])) for name in new if old[name] != new[name]}


def _word(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} = {there}" for name, there in value.items()) or "–"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value in (None, "") else str(value)
