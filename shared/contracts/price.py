"""Prices on their way to a channel."""

from decimal import Decimal
from uuid import UUID

from shared.contracts.model import Payload
from shared.contracts.money import Money


class PricePush(Payload):
    """Tell the channel what one listing costs. Newest version per listing wins.

    `price` and `strike` (what it cost before, or is suggested) include tax or not as `includes_tax` says; `tax_rate` is
    in percent, for channels that want both. `sets_strike` False leaves the channel's own strike price alone; True with
    no `strike` takes it away. `asked_by` names who asked for it by hand: then it is sent although automatic exchange is
    off.
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
    asked_by: str = ""
