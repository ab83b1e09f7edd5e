"""What a merchant wants of an import of articles from a shop."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.inventory.price_rows import Basis, Tax
from services.inventory.stock_settings import Name

Text = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
Strategy = Literal["create", "fill", "overwrite"]
MOST_CHOSEN = 10_000


class Choice(BaseModel):
    """Which listings: all, or those that fit every part given. `listings` are our ids, `search` is a part of SKU or
    title, `category` the beginning of a path of categories, `market` one marketplace of a connection that sells in
    several. Without it the first of them by name makes the article, and the others belong to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    listings: tuple[UUID, ...] | None = Field(None, min_length=1, max_length=MOST_CHOSEN)
    skus: tuple[Text, ...] | None = Field(None, min_length=1, max_length=MOST_CHOSEN)
    search: Text | None = None
    category: Text | None = None
    manufacturer: Text | None = None
    market: Text | None = None
    state: Literal["active", "inactive"] | None = None


class StockWish(BaseModel):
    """The shop's quantity is booked as a count in `warehouse`. What a shop shows is *available*: its own open orders
    are off it; *physical* where it counts what lies there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    warehouse: Name
    meaning: Literal["available", "physical"] = "available"


class PriceWish(BaseModel):
    """The shop's price is stored in `price_list` ("" is the standard price). Shops do not say of a price whether it
    includes tax and at which rate; the merchant does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    price_list: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")] = ""
    basis: Basis = "gross"
    tax: Tax = "standard"


class ImportWish(BaseModel):
    """One import. New articles are always created; `strategy` says what happens to those we have: *create* leaves them
    as they are, *fill* adds what they lack, *overwrite* takes what the shop says. Nothing is ever emptied.

    `near` and `wrong_ean` say what happens to a listing that nearly means an article we have, and to one whose EAN has
    a wrong check digit. Stock and prices are taken only where they are asked for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    choose: Choice = Choice()
    strategy: Strategy = "create"
    near: Literal["refuse", "create"] = "refuse"
    wrong_ean: Literal["refuse", "leave_out"] = "refuse"
    stock: StockWish | None = None
    prices: PriceWish | None = None


class ImportBody(ImportWish):
    """An import of one connection's listings."""

    connection: UUID

    @model_validator(mode="after")
    def _one_list(self) -> "ImportBody":
        if self.choose.listings is not None and self.choose.skus is not None:
            raise ValueError("name listings either by id or by SKU")
        return self
