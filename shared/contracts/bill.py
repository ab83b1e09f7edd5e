"""Bills of material: what a set is made of."""

from decimal import Decimal

from shared.contracts.model import Contract, Payload


class BillPart(Contract):
    """`quantity` is per piece of the set."""

    article_number: str
    quantity: Decimal


class BillChanged(Payload):
    """The whole bill of one set; without parts it is none any more.

    `kept_in_stock`: finished sets lie on a shelf of their own and are taken first. Others are put together of their
    parts on demand.
    """

    type = "bill.changed"

    head: str
    version: int
    kept_in_stock: bool = False
    parts: tuple[BillPart, ...] = ()
