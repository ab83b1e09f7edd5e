"""Prices on their way to a channel."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.model import Contract, Payload
from shared.contracts.money import Money


class PriceGroup(Contract):
    """A group of customers that a shop knows prices for, by its own id there."""

    id: str
    label: str


class PriceTier(Contract):
    """What one piece costs if at least so many are bought."""

    from_quantity: Annotated[int, Field(ge=1)]
    price: Money


class GroupPrice(Contract):
    """What a listing costs for a group of customers, by the shop's id of it: from one piece on, and from more."""

    group: str
    tiers: tuple[PriceTier, ...]


class PricePush(Payload):
    """Tell the channel what one listing costs, as one: newest version per listing wins.

    `price` and `strike` (what it cost before, or is suggested) include tax or not as `includes_tax` says; `tax_rate` is
    in percent, for channels that want both. `sets_strike` False leaves the channel's own strike price alone; True with
    no `strike` takes it away. `tiers` are further prices from two pieces on, `groups` those of groups of customers, in
    the same terms; `tiers_group` is the group that stands for everybody, where a shop needs one to say `tiers`.
    `sets_tiers`: whatever was told of them before and is not named any more goes away; False: none ever was told, and
    nobody looks. `former_groups` were told some and are not named any more, for channels that show nobody whose a price
    is. `asked_by` names who asked for it by hand: then it is sent although automatic exchange is off.
    """

    type = "price.push"
    kind = "command"

    listing_id: UUID
    version: int
    external_id: str
    parent_external_id: str | None = None
    sku: str
    price: Money
    strike: Money | None = None
    sets_strike: bool = False
    includes_tax: bool = True
    tax_rate: Decimal
    tiers: tuple[PriceTier, ...] = ()
    tiers_group: str = ""
    groups: tuple[GroupPrice, ...] = ()
    sets_tiers: bool = False
    former_groups: tuple[str, ...] = ()
    asked_by: str = ""
