"""What the mapping routes take and answer."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.inventory.mapping_book import State as RowState
from services.inventory.product_book import Format, State
from services.inventory.product_mapping import Kind
from services.inventory.views import MOST_ROWS, Said

Word = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$", examples=["Shoes"])]
Number = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$", examples=["A-1"])]


class AttributeUpload(BaseModel):
    """Whole values: `article_number`, `name`, `language`, `value`; a value of null takes the attribute away."""

    model_config = ConfigDict(extra="forbid")

    rows: list[dict[str, Any]] = Field(
        max_length=MOST_ROWS,
        examples=[[{"article_number": "A-1", "name": "Colour", "language": "", "value": "red"}]],
    )


class AttributeView(BaseModel):
    article_number: str
    name: str
    language: str
    value: str
    changed_at: datetime
    changed_by: str


class TaxonomyView(BaseModel):
    """How much the channel asks, and since when it is known; `read_at` is null before the first reading.
    `by_category`: it tells the attributes of one category at a time, and they are read when one is mapped. `unread`:
    why some could not be read just now."""

    connection: UUID
    version: int = 0
    read_at: datetime | None = None
    every_seconds: float = 0
    leaves_only: bool = False
    separator: str = "|"
    by_category: bool = False
    categories: int = 0
    attributes: int = 0
    values: int = 0
    unread: list[Said] = []


class CategoryView(BaseModel):
    """`read`: what the channel asks of its products is known; else it is read when it is mapped."""

    code: str
    label: str
    parent_code: str
    leaf: bool
    read: bool


class SuggestionView(BaseModel):
    """A category that the channel thinks may fit; `label` is its whole path. `known`: it is among those read."""

    code: str
    label: str
    known: bool


class SuggestionWish(BaseModel):
    """An article with a title."""

    model_config = ConfigDict(extra="forbid")

    article_number: Number


class ValueView(BaseModel):
    code: str
    label: str


class MappingRow(BaseModel):
    """A category (`key` ours, `target` the channel's code), an attribute (`key` the channel's code within the category
    `scope` or "" for all; `target` an attribute of ours, "name[en]" in a language, "@number", "@ean", "@title",
    "@description", "@parent", what else is known of articles as "@manufacturer" or "@weight_grams", or "=text" for a
    fixed text), or a value of the list `scope` (`key` ours, `target` its
    code). A target of null opens the row again."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    scope: Word = ""
    key: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]+$", examples=["Shoes"])]
    target: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]+$", examples=["C-1"])] | None


class Mappings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[MappingRow] = Field(max_length=MOST_ROWS)


class MappingAnswer(BaseModel):
    """`unread`: categories of which it could not be read what is asked of their products. It is tried again when one
    of their articles is sent."""

    changed: int
    unchanged: int
    unread: list[Said] = []


class MappingView(BaseModel):
    """`open`: it has no target yet. `gone`: the channel no longer has it."""

    kind: Kind
    scope: str
    key: str
    target: str | None
    state: RowState
    first_seen_at: datetime
    changed_at: datetime | None
    changed_by: str


class ProductWish(BaseModel):
    """Articles to be sent: in the channel's attributes ("operator"), or in our own columns, which the channel maps
    itself ("own")."""

    model_config = ConfigDict(extra="forbid")

    article_numbers: list[Number] = Field(min_length=1, max_length=1000)
    format: Format = "operator"


class ProductItem(BaseModel):
    article_number: str
    sent: bool
    problems: list[Said]


class ProductAnswer(BaseModel):
    sent: int
    incomplete: int
    items: list[ProductItem]


class ProductView(BaseModel):
    """How the channel judged one article: `said` is its own sentence where it gave one."""

    article_number: str
    version: int
    state: State
    problems: list[Said]
    said: Said | None
    ticket: str
    changed_at: datetime


Limit = Literal["100", "500", "1000", "5000", "all"]
