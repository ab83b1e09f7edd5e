"""One row of an upload of contents: everything an article is beyond its row."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from services.inventory.rows import Refusal, read_rows
from services.inventory.shop_texts import ShopTexts
from shared.contracts.article import ArticleContent

LONGEST_ADDRESS = 2000


def _address(value: str) -> str:
    """An address that a shop can fetch an image from. Raises ValueError for anything else."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or any(one.isspace() for one in value):
        raise ValueError("an address begins with http:// or https:// and names a host")
    return value


def _once(given: tuple[str, ...]) -> tuple[str, ...]:
    """Each once. Raises ValueError where one comes twice."""
    if len(set(given)) != len(given):
        raise ValueError("each only once")
    return given


Word = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00]+$")]
Path = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]+$")]
Number = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
Address = Annotated[str, Field(max_length=LONGEST_ADDRESS, pattern=r"^[^\x00]+$"), AfterValidator(_address)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]
Measure = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=4)]
Line = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Title = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
Short = Annotated[str, Field(max_length=5000, pattern=r"^[^\x00]*$")]
Long = Annotated[str, Field(max_length=100_000, pattern=r"^[^\x00]*$")]
OptionName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*[^\x00\s][^\x00]*$")]
OptionValue = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*[^\x00\s][^\x00]*$")]
FIELDS = (
    "description", "short_description", "options", "manufacturer", "manufacturer_number", "unit", "weight_grams",
    "length_mm", "width_mm", "height_mm", "minimum_order", "delivery_time", "customs_number", "origin", "sell_off",
    "counted", "categories", "tags", "related", "media", "media_texts", "meta_title", "meta_description",
    "meta_keywords", "texts",
)  # fmt: skip
CODES = {name: f"content_{name}_invalid" for name in FIELDS} | {"article_number": "level_article_number_invalid"}


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MediaTextRow(_Row):
    title: Line = ""
    description: Short = ""


class TextRow(_Row):
    title: Title = ""
    description: Long = ""
    short_description: Short = ""
    meta_title: Title = ""
    meta_description: Short = ""
    meta_keywords: Short = ""


class ContentRow(_Row):
    """The whole content of one article: what is left out is empty from now on. Which product a variant belongs to
    follows from the article's `parent_number`. `options` are in the order in which the product asks for them."""

    article_number: Number
    description: Long = ""
    short_description: Short = ""
    options: Annotated[dict[OptionName, OptionValue], Field(max_length=10)] = {}
    manufacturer: Line = ""
    manufacturer_number: Line = ""
    unit: Line = ""
    weight_grams: Measure | None = None
    length_mm: Measure | None = None
    width_mm: Measure | None = None
    height_mm: Measure | None = None
    minimum_order: Measure | None = None
    delivery_time: Line = ""
    customs_number: Annotated[str, Field(pattern=r"^([0-9][0-9. ]{4,18}[0-9])?$")] = ""
    origin: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    sell_off: bool = False
    counted: bool | None = None
    categories: Annotated[tuple[Path, ...], Field(max_length=50), AfterValidator(_once)] = ()
    tags: Annotated[tuple[Word, ...], Field(max_length=250), AfterValidator(_once)] = ()
    related: Annotated[tuple[Number, ...], Field(max_length=200), AfterValidator(_once)] = ()
    media: Annotated[tuple[Address, ...], Field(max_length=250), AfterValidator(_once)] = ()
    media_texts: dict[Address, MediaTextRow] = {}
    meta_title: Title = ""
    meta_description: Short = ""
    meta_keywords: Short = ""
    texts: dict[Language, TextRow] = {}

    @property
    def content(self) -> ArticleContent:
        return ArticleContent.model_validate(self.model_dump(exclude={"article_number"}))


class ShopTextRow(TextRow):
    """The texts of one article for one shop: what is left out is as for every shop from now on."""

    article_number: Number
    texts: dict[Language, TextRow] = {}

    @property
    def own(self) -> ShopTexts:
        return ShopTexts.model_validate(self.model_dump(exclude={"article_number"}))


_ROWS = TypeAdapter(list[ContentRow])
_TEXTS = TypeAdapter(list[ShopTextRow])
TEXT_CODES = {
    name: "content_title_invalid" if name == "title" else CODES[name]
    for name in ("article_number", *ShopTexts.model_fields)
}


def read_contents(raw: Sequence[Any]) -> tuple[dict[int, ContentRow], dict[int, Refusal]]:
    """The rows that can be stored and the refusals, both by position. The same article twice is refused twice."""
    rows, refusals = read_rows(_ROWS, raw, CODES)
    twice = _twice(rows)
    for position, row in rows.items():
        stray = next((address for address in row.media_texts if address not in row.media), None)
        words = {"article": row.article_number}
        if position in twice:
            refusals[position] = twice[position]
        elif row.article_number in row.related:
            refusals[position] = Refusal("content_related_to_itself", "related", words)
        elif stray is not None:
            refusals[position] = Refusal("content_media_text_stray", "media_texts", words | {"address": stray[:200]})
    return {position: row for position, row in rows.items() if position not in refusals}, refusals


def read_texts(raw: Sequence[Any]) -> tuple[dict[int, ShopTextRow], dict[int, Refusal]]:
    """The rows that can be stored and the refusals, both by position. The same article twice is refused twice."""
    rows, refusals = read_rows(_TEXTS, raw, TEXT_CODES)
    refusals |= _twice(rows)
    return {position: row for position, row in rows.items() if position not in refusals}, refusals


def _twice(rows: Mapping[int, ContentRow] | Mapping[int, ShopTextRow]) -> dict[int, Refusal]:
    often = Counter(row.article_number for row in rows.values())
    return {
        position: Refusal("article_twice", "article_number", {"article": row.article_number})
        for position, row in rows.items()
        if often[row.article_number] > 1
    }
