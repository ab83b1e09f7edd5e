"""Products on their way to a channel that judges them."""

from typing import Literal
from uuid import UUID

from shared.contracts.model import Payload
from shared.contracts.product import ProductVariant


class MappedProductPush(Payload):
    """Tell the channel what one article is. Newest version per article wins.

    `values` are by attribute code where `format` is "operator", and by the merchant's own column names where it is
    "own": then the channel's own mapping makes attributes of them. `category` is the channel's; `article` is what we
    know of it by itself, for channels that ask for it outside their attributes. `asked_by` names who asked for it.
    """

    type = "mapped_product.push"
    kind = "command"

    article_id: UUID
    version: int
    article_number: str
    format: Literal["operator", "own"]
    values: dict[str, str]
    category: str = ""
    article: ProductVariant | None = None
    asked_by: str = ""
