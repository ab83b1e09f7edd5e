"""What a merchant sets per connection about the stock it is told."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from shared.contracts.article import Criterion

Name = Annotated[str, Field(min_length=1, max_length=100)]


class GuardSettings(BaseModel):
    """When pushes of a connection are held until a person confirms them.

    Held is what would, together with what fell to zero within `window_minutes`, take more than `zero_share` percent of
    the connection's listings off sale, and at least `zero_minimum` of them. The first push of a connection is held as a
    whole when it would do that, or with `first` "always" in any case. `moved_share` is the change in percent from which
    a preview calls a quantity moved. With `confirm_after_minutes` a hold is confirmed by itself after that time, for
    merchants who would rather risk an empty shop than selling what is not there; None waits for a person.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    zero_share: Decimal = Field(Decimal(20), ge=0, le=100, max_digits=6, decimal_places=3)
    zero_minimum: int = Field(10, ge=1, le=1_000_000)
    window_minutes: int = Field(10, ge=1, le=1440)
    first: Literal["limits", "always"] = "limits"
    moved_share: Decimal = Field(Decimal(30), ge=0, le=1000, max_digits=7, decimal_places=3)
    confirm_after_minutes: int | None = Field(None, ge=1, le=43_200)


class StockSettings(BaseModel):
    """How the sellable quantity of a connection's listings is made.

    `warehouses` None means all. `locations` maps the channel's location to warehouses: then each location is told its
    own number, and the reserved quantity, which is known per article only, is taken off at each of them. `ships_from`
    is the warehouse from which this connection's orders leave; None takes the one that holds most of the article.
    `number_label` is the label of the external numbers by which listings and order lines are matched; None matches by
    article number. `matching` and `variant_matching` are the criteria by which listings, and variants of products, find
    their articles, the first that names one decides; None is the platform's usual order. `listing_label` is the label
    of external numbers that are the platform's numbers of listings; None is the usual one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    warehouses: tuple[Name, ...] | None = Field(None, max_length=200)
    locations: dict[Name, tuple[Name, ...]] = Field({}, max_length=200)
    ships_from: Name | None = None
    reservations: bool = True
    open_orders: bool | None = None
    correction: bool = False
    pseudo_stock: bool = False
    buffer: int = Field(0, ge=0, le=1_000_000)
    percentage: Decimal = Field(Decimal(100), ge=0, le=100, max_digits=6, decimal_places=3)
    minimum: int = Field(0, ge=0, le=1_000_000)
    maximum: int | None = Field(None, ge=0, le=1_000_000_000)
    number_label: Name | None = None
    matching: Annotated[tuple[Criterion, ...], Field(min_length=1)] | None = None
    variant_matching: Annotated[tuple[Criterion, ...], Field(min_length=1)] | None = None
    listing_label: Name | None = None
    guard: GuardSettings = GuardSettings()

    @model_validator(mode="after")
    def _one_location_per_warehouse(self) -> "StockSettings":
        mapped = [warehouse for warehouses in self.locations.values() for warehouse in warehouses]
        if twice := sorted({warehouse for warehouse in mapped if mapped.count(warehouse) > 1}):
            raise ValueError(f"a warehouse belongs to one location only; twice here: {', '.join(twice)}")
        if self.locations and self.warehouses is not None:
            raise ValueError("give either warehouses or locations: with locations, their warehouses are counted")
        if self.maximum is not None and self.maximum < self.minimum:
            raise ValueError("the maximum is below the minimum: nothing would ever be sold")
        return self

    @field_validator("matching", "variant_matching")
    @classmethod
    def _each_criterion_once(cls, value: tuple[Criterion, ...] | None) -> tuple[Criterion, ...] | None:
        if twice := sorted({one for one in value or () if (value or ()).count(one) > 1}):
            raise ValueError(f"a criterion counts once; twice here: {', '.join(twice)}")
        return value

    @model_validator(mode="after")
    def _criteria_that_can_tell(self) -> "StockSettings":
        if "attributes" in (self.matching or ()):
            raise ValueError("attributes tell variants apart only; name them in variant_matching")
        if "listing_number" in (self.variant_matching or ()):
            raise ValueError("all variants of a product share its listing number; name it in matching only")
        return self

    @property
    def matches_by(self) -> tuple[object, ...]:
        """What decides which article a listing finds."""
        return self.number_label, self.matching, self.variant_matching, self.listing_label

    def counted_in(self, location: str) -> frozenset[str] | None:
        """The warehouses whose stock counts at a location ("" is the whole channel); None means all."""
        chosen = self.locations.get(location, ()) if self.locations else self.warehouses
        return None if chosen is None else frozenset(chosen)

    @property
    def takes_off_open_orders(self) -> bool:
        """Whether pieces are taken off that the merchant's ERP has not acknowledged yet."""
        return self.reservations if self.open_orders is None else self.open_orders

    @property
    def places(self) -> tuple[str, ...]:
        """The locations that are told a number; ("",) when the channel is told one number."""
        return tuple(sorted(self.locations)) or ("",)

    def named_warehouses(self) -> set[str]:
        """Every warehouse these settings name."""
        named = set(self.warehouses or ()) | {w for chosen in self.locations.values() for w in chosen}
        return named | ({self.ships_from} if self.ships_from else set())


def changes(before: StockSettings, after: StockSettings) -> dict[str, tuple[str, str]]:
    """Which settings differ, as texts before and after."""
    old, new = _flat(before), _flat(after)
    return {name: (_word(old[name]), _word(new[name])) for name in new if old[name] != new[name]}


def _flat(settings: StockSettings) -> dict[str, object]:
    values = settings.model_dump(mode="json")
    guard = values.pop("guard")
    return values | {f"guard.{name}": value for name, value in guard.items()}


def _word(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{place}: {', '.join(chosen)}" for place, chosen in sorted(value.items())) or "–"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None else str(value)
