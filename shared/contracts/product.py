"""Products on their way to a channel that lists them as they are told."""

from decimal import Decimal
from typing import Literal, Self
from uuid import UUID

from pydantic import model_validator

from shared.contracts.article import ArticleContent
from shared.contracts.model import Contract, Payload
from shared.contracts.money import Money

Part = Literal[
    "texts", "variants", "images", "categories", "tags", "properties", "custom_fields", "meta", "translations"
]


class ProductAttribute(Contract):
    """One thing an article is, by name. `language` is empty for what is the same in all of them; `target` is what the
    merchant calls it in that channel, empty where the channel's own habit decides."""

    name: str
    value: str
    language: str = ""
    target: str = ""


class ProductVariant(Contract):
    """One sellable piece. A product without variants has one, without options.

    `external_id` is the channel's own id where it lists this piece already. `price` is there for a piece that is to be
    made; later prices are told by `price.push`. It includes tax as `includes_tax` says; `tax_rate` is in percent.
    `content.options` are in the order in which the product asks for them. The one piece of a product without variants
    says in `content` only what a piece is (measures, manufacturer, customs, how it is counted); texts, images and the
    rest are the product's.
    """

    article_id: UUID
    number: str
    external_id: str | None = None
    ean: str | None = None
    title: str = ""
    active: bool = True
    price: Money | None = None
    includes_tax: bool = True
    tax: Literal["standard", "reduced", "exempt"] = "standard"
    tax_rate: Decimal | None = None
    content: ArticleContent = ArticleContent()
    attributes: tuple[ProductAttribute, ...] = ()


class ProductPush(Payload):
    """Tell the channel what one product is, variants and all. Newest version per product wins.

    `number` is that of the parent of variants, or of the article itself. `external_id` is the channel's own id of the
    product where one of its listings is known, or where it was told after it was made; then it is changed, else made.
    `creates` and `updates` say which of the two the merchant wants. Only `parts` are told, what is none of them always:
    numbers, measures, whether it is active; contents of other parts are empty here. `variants` are those to be told:
    one that the channel has and that is not named stays as it is there; one that is deleted here is named, not active.
    `options` are the names of the variants' options, in order. `channels` are the places within the channel where a
    new product is shown. `withdrawn`: it is to be sold no more, and to disappear there where `deletes`. `asked_by`
    names who asked for it by hand.
    """

    type = "product.push"
    kind = "command"

    product_id: UUID
    version: int
    number: str
    external_id: str | None = None
    title: str = ""
    active: bool = True
    content: ArticleContent = ArticleContent()
    attributes: tuple[ProductAttribute, ...] = ()
    variants: tuple[ProductVariant, ...] = ()
    options: tuple[str, ...] = ()
    parts: tuple[Part, ...]
    creates: bool = True
    updates: bool = True
    removes_images: bool = False
    channels: tuple[str, ...] = ()
    withdrawn: bool = False
    deletes: bool = False
    asked_by: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        # A command that waits in a column of type jsonb comes back with its keys in another order.
        for variant in self.variants:
            mine = variant.content.options
            for name in (*self.options, *(name for name in list(mine) if name not in self.options)):
                if name in mine:
                    mine[name] = mine.pop(name)
        return self
