"""What the routes about products to shops take and answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.inventory.mapping_views import Number
from services.inventory.product_build import Action
from services.inventory.product_checks import Problem
from services.inventory.product_difference import Difference, difference
from services.inventory.product_guarding import hold_words
from services.inventory.told_product_facts import State
from services.inventory.views import Said
from services.inventory.wording import said
from shared.chassis.sentences import Language
from shared.contracts.product import ProductPush

MOST = 1000


class TellProducts(BaseModel):
    """Articles whose products are to be sent; the number of a variant means the whole product. `dry_run`: only say what
    would be sent."""

    model_config = ConfigDict(extra="forbid")

    article_numbers: list[Number] = Field(min_length=1, max_length=MOST)
    dry_run: bool = False


class ProductFault(BaseModel):
    """What stands in the way: the article and the field it is about."""

    article: str
    field: str
    said: Said


class ToldProductItem(BaseModel):
    """One product: which of the articles named it, whether the shop would make or change it, and what it was sent, or
    would be. `command` is given with `dry_run`."""

    number: str
    article_numbers: list[str]
    action: Action
    sent: bool
    version: int | None
    problems: list[ProductFault]
    command: ProductPush | None


class ToldProductAnswer(BaseModel):
    dry_run: bool
    sent: int
    incomplete: int
    items: list[ToldProductItem]


class ToldProductView(BaseModel):
    """How one product stands in the shop: *incomplete* (see `problems`), *sent*, *waiting* for the shop's word,
    *accepted*, *refused*, or *blocked* by what `said` tells. `wanted`: somebody has sent it by hand."""

    number: str
    product_id: UUID
    version: int
    state: State
    external_id: str | None
    wanted: bool
    problems: list[ProductFault]
    said: Said | None
    sent_at: datetime | None
    changed_at: datetime


class ToldProductBody(ToldProductView):
    """`sent` is what the shop was sent last, `differences` what was new in it."""

    sent: dict[str, Any] | None
    differences: list[Difference]


class ProductHoldView(BaseModel):
    """Products that wait. `leaving`: how many were to leave the shop, of `known`; `waiting`: how many of them still
    are."""

    id: UUID
    connection: UUID
    platform: str
    state: Literal["open", "confirmed", "discarded", "over"]
    said: Said
    since: datetime
    known: int
    leaving: int
    waiting: int
    examples: list[str]
    decided_at: datetime | None
    decided_by: str


def faults(problems: Sequence[Problem], language: Language) -> list[ProductFault]:
    """Problems in the caller's language."""
    return [
        ProductFault(article=one.article, field=one.field, said=said(one.code, language, one.words)) for one in problems
    ]


def product_view(row: Mapping[str, Any], language: Language) -> ToldProductView:
    """A stored product in the caller's language."""
    return ToldProductView(**_view(row, language))


def product_body(row: Mapping[str, Any], language: Language) -> ToldProductBody:
    """A stored product with what it was sent last."""
    sent = row["sent"]
    news = [] if sent is None or row["before"] is None else difference(row["before"], sent)
    return ToldProductBody(**_view(row, language), sent=sent, differences=news)


def hold_view(row: dict[str, Any], language: Language) -> ProductHoldView:
    """A stored hold in the caller's language."""
    return ProductHoldView(**row, said=said("product_hold_raised", language, hold_words(row)))


def _view(row: Mapping[str, Any], language: Language) -> dict[str, Any]:
    words = {"article": row["number"]}
    told = None
    if row["blocked_by"]:
        told = said(row["blocked_by"], language, words)
    elif row["code"]:
        told = said(row["code"], language, words | row["params"])
    return {
        **{name: row[name] for name in ToldProductView.model_fields if name not in ("problems", "said")},
        "problems": faults([Problem(**one) for one in row["problems"]], language),
        "said": told,
    }
