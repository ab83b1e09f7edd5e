"""What a merchant sets per connection about the prices it is told."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.inventory.price_rows import Tax
from shared.contracts.money import Currency

ListName = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
GroupId = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
Rate = Annotated[Decimal, Field(ge=0, le=100, max_digits=6, decimal_places=3)]


class PriceGuardSettings(BaseModel):
    """Which prices are held until a person confirms them. A price of 0 always is.

    `moved_share` is the change in percent from which a price is held; None holds no change but 0. The first push of a
    connection is held as a whole when one of its prices would be, or with `first` "always" in any case.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    moved_share: Decimal | None = Field(Decimal(30), ge=0, le=1000, max_digits=7, decimal_places=3)
    first: Literal["limits", "always"] = "limits"


class PriceSettings(BaseModel):
    """Which price a connection's listings are told, and in which terms.

    `price_list` "" is the standard price. An article without a price in the list has none, unless `fallback` takes its
    standard price. `currency` None is the one in which the shop shows the listing. `net` tells the shop prices without
    tax; a price that was sent the other way is converted by the rate of its article. `rounded` False keeps four
    decimals of a net price, for shops that add the tax themselves. `strike` sends strike prices, and takes them away
    where an article has none; without it the shop's own stay. `groups` says which group of the shop's customers, by its
    id there, pays the prices of which list; that of the connection's own list is told its prices by quantity, where a
    shop knows such only for groups.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    price_list: ListName = ""
    fallback: bool = False
    currency: Currency | None = None
    net: bool = False
    standard_rate: Rate = Decimal(19)
    reduced_rate: Rate = Decimal(7)
    rounded: bool = True
    strike: bool = False
    groups: Annotated[dict[ListName, GroupId], Field(max_length=200)] = {}
    guard: PriceGuardSettings = PriceGuardSettings()

    @field_validator("groups")
    @classmethod
    def _each_once(cls, groups: dict[str, str]) -> dict[str, str]:
        if len(set(groups.values())) < len(groups):
            raise ValueError("one group of the shop cannot pay the prices of two lists")
        return groups

    def rate(self, tax: Tax) -> Decimal:
        """The tax in percent."""
        return {"standard": self.standard_rate, "reduced": self.reduced_rate, "exempt": Decimal(0)}[tax]


def changes(before: PriceSettings, after: PriceSettings) -> dict[str, tuple[str, str]]:
    """Which settings differ, as texts before and after."""
    old, new = _flat(before), _flat(after)
    names = sorted(old.keys() | new.keys())
    return {name: (_word(old.get(name)), _word(new.get(name))) for name in names if old.get(name) != new.get(name)}


def _flat(settings: PriceSettings) -> dict[str, object]:
    values = settings.model_dump(mode="json")
    guard, groups = values.pop("guard"), values.pop("groups")
    groups = {f"groups.{name or '–'}": group for name, group in groups.items()}
    return values | groups | {f"guard.{name}": value for name, value in guard.items()}


def _word(value: object) -> str:
    return "–" if value in (None, "") else str(value)
