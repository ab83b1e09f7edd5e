"""One product as a channel is to be told it, and everything that stands in the way. Pure: no clock, no database."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from services.inventory.attribute_rows import CATEGORY
from services.inventory.price_settings import PriceSettings
from services.inventory.pricing import Priced, StoredPrice, priced
from services.inventory.product_checks import NO_PART, Problem, option_problems, options_of
from services.inventory.product_settings import ProductSettings
from shared.contracts.article import ArticleContent
from shared.contracts.money import Money
from shared.contracts.product import Part, ProductAttribute, ProductPush, ProductVariant

Action = Literal["create", "update", "none"]
OF_A_PIECE = {
    "options", "manufacturer", "manufacturer_number", "unit", "weight_grams", "length_mm", "width_mm", "height_mm",
    "minimum_order", "delivery_time", "customs_number", "origin", "sell_off", "counted",
}  # fmt: skip
PART_OF: Mapping[str, Part] = {
    "description": "texts", "short_description": "texts", "categories": "categories", "tags": "tags",
    "media": "images", "media_texts": "images", "meta_title": "meta", "meta_description": "meta",
    "meta_keywords": "meta", "texts": "translations",
}  # fmt: skip
# What a channel need not be told again for: ids it knows, prices that are told by themselves, and wishes for the first
# time only.
NO_NEWS = {"version", "external_id", "asked_by", "creates", "updates", "channels"}
NO_NEWS_OF_A_PIECE = {"external_id", "price", "includes_tax", "tax_rate"}


@dataclass(frozen=True)
class Listed:
    """How the channel lists an article. `siblings` are other listings of the same product there."""

    external_id: str
    parent_external_id: str | None = None
    siblings: int = 0


@dataclass(frozen=True)
class Piece:
    """One article as it is here, deleted ones too, and in one channel. `attributes` are by name and language."""

    id: UUID
    number: str
    ean: str | None = None
    title: str = ""
    description: str = ""
    parent: str | None = None
    active: bool = True
    deleted: bool = False
    takes_part: bool = True
    content: ArticleContent = field(default_factory=ArticleContent)
    attributes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    prices: Sequence[StoredPrice] = ()
    listed: Listed | None = None


@dataclass(frozen=True)
class Family:
    """The article a product is named after, and its variants. `head` None: nobody uploaded it. `told` is the channel's
    own id where it was learned from an answer or sent before, `told_pieces` those of pieces by number."""

    id: UUID
    number: str
    head: Piece | None
    variants: Sequence[Piece] = ()
    told: str | None = None
    told_pieces: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    """What a connection asks of every product. `currency` is the one in which its shop keeps prices, if known."""

    settings: ProductSettings
    prices: PriceSettings
    currency: str | None


@dataclass(frozen=True)
class Built:
    """`command` has no version yet. `action` is what it would do there; with a problem it is not sent."""

    command: ProductPush
    action: Action
    problems: tuple[Problem, ...]

    @property
    def takes_part(self) -> bool:
        return all(one.code != NO_PART for one in self.problems)

    @property
    def digest(self) -> str:
        """The same where the channel would be told nothing new."""
        body = self.command.model_dump(mode="json", exclude=NO_NEWS)
        if not self.command.withdrawn:
            del body["deletes"]
        body["variants"] = [
            {name: value for name, value in one.items() if name not in NO_NEWS_OF_A_PIECE} for one in body["variants"]
        ]
        return sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def build(family: Family, terms: Terms) -> Built:
    """The whole product. What takes no part is no variant; what is deleted or inactive is one only where the channel
    has it."""
    head, problems = family.head, []
    plain = not family.variants
    members = [head] if plain and head is not None else family.variants
    taking = [one for one in members if one.takes_part]
    pieces = [one for one in taking if _id(one, family) or (not one.deleted and (one.active or plain))]
    living = [one for one in pieces if not one.deleted]
    withdrawn = not living or head is None or head.deleted
    if head is None:
        problems.append(Problem("product_parent_missing", "parent_number", _first(family), {"parent": family.number}))
    elif head.parent is not None:
        words = {"parent": head.parent}
        problems.append(Problem("product_parent_is_variant", "parent_number", head.number, words))
    if not taking or (head is not None and not head.takes_part):
        problems.append(Problem(NO_PART, "number", family.number, {}))
    external_id, doubts = _product_id(family, pieces, plain=plain)
    problems += doubts
    action: Action = "update" if external_id else "none" if withdrawn else "create"
    if not withdrawn and not problems:
        problems += _wishes(action, family, terms)
        problems += _missing(action, family, living, terms, plain=plain)
    variants = tuple(_variant(one, family, terms, plain=plain) for one in pieces)
    content = ArticleContent() if head is None else _told(head, terms)
    command = ProductPush(
        product_id=family.id,
        version=0,
        number=family.number,
        external_id=external_id,
        title="" if head is None else head.title,
        active=not withdrawn and head is not None and head.active and any(one.active for one in living),
        content=content.model_copy(update={"options": {}}),
        attributes=() if head is None else _attributes(head, terms),
        variants=variants,
        options=() if plain else options_of(living),
        parts=terms.settings.parts,
        creates=terms.settings.creates,
        updates=terms.settings.updates,
        removes_images=terms.settings.images == "create_and_delete",
        channels=terms.settings.channels,
        withdrawn=withdrawn,
        deletes=terms.settings.deletes,
    )
    return Built(command, action, tuple(problems))


def _first(family: Family) -> str:
    return family.variants[0].number if family.variants else family.number


def _id(piece: Piece, family: Family) -> str | None:
    """The channel's own id of a piece. A deleted article is matched to nothing any more; then what was sent counts."""
    if piece.listed is not None:
        return piece.listed.external_id
    return family.told_pieces.get(piece.number) if piece.deleted else None


def _product_id(family: Family, pieces: Sequence[Piece], *, plain: bool) -> tuple[str | None, list[Problem]]:
    listed = [(one, one.listed) for one in pieces if one.listed is not None]
    parents = {there.parent_external_id: one.number for one, there in listed if there.parent_external_id}
    if plain:
        for one, there in listed:
            if there.parent_external_id and there.siblings:
                words = {"count": str(there.siblings)}
                return there.parent_external_id, [Problem("product_variant_there", "parent_number", one.number, words)]
            return there.parent_external_id or there.external_id, []
        return family.told, []
    apart = [one for one, there in listed if not there.parent_external_id and not one.deleted]
    found = next(iter(parents), None) or _head_id(family) or family.told
    if len(parents) > 1:
        words = {"articles": ", ".join(sorted(parents.values())), "parent": family.number}
        return found, [Problem("product_split_there", "parent_number", family.number, words)]
    words = {"parent": family.number}
    return found, [Problem("product_variant_apart", "parent_number", one.number, words) for one in apart]


def _head_id(family: Family) -> str | None:
    return family.head.listed.external_id if family.head is not None and family.head.listed is not None else None


def _wishes(action: Action, family: Family, terms: Terms) -> list[Problem]:
    if action == "create" and not terms.settings.creates:
        return [Problem("product_only_updates", "strategy", family.number, {})]
    if action == "update" and not terms.settings.updates:
        return [Problem("product_only_creates", "strategy", family.number, {})]
    return []


def _missing(action: Action, family: Family, living: Sequence[Piece], terms: Terms, *, plain: bool) -> list[Problem]:
    problems = [] if plain else option_problems({one.number: one.content.options for one in living})
    named = action == "create" or "texts" in terms.settings.parts
    if named and family.head is not None and not family.head.title.strip():
        problems.append(Problem("product_title_missing", "title", family.number, {}))
    for one in living:
        made = _priced(one, terms)
        if one.listed is None and made.quote is None:
            code = "product_price_missing" if made.why == "price_missing" else made.why
            problems.append(Problem(code, "price", one.number, dict(made.params)))
    return problems


def _priced(piece: Piece, terms: Terms) -> Priced:
    """What the piece costs there. A shop that shows no price yet keeps the currency that alone can be meant."""
    rules = terms.prices
    lists = {rules.price_list, *([""] if rules.fallback else [])}
    mine = {one.currency for one in piece.prices if one.price_list in lists}
    alone = next(iter(mine)) if len(mine) == 1 else None
    return priced(piece.number, piece.prices, rules, None if rules.currency else terms.currency or alone)


def _variant(piece: Piece, family: Family, terms: Terms, *, plain: bool) -> ProductVariant:
    made = _priced(piece, terms)
    quote = made.quote
    content = _told(piece, terms)
    if plain:
        content = ArticleContent(**{name: getattr(content, name) for name in OF_A_PIECE - {"options"}})
    external_id = _id(piece, family)
    new = external_id is None and quote is not None
    return ProductVariant(
        article_id=piece.id,
        number=piece.number,
        external_id=external_id,
        ean=piece.ean,
        title=piece.title,
        active=piece.active and not piece.deleted,
        price=Money(amount=quote.amount, currency=quote.currency) if new and quote else None,
        includes_tax=not terms.prices.net,
        tax=made.tax,
        tax_rate=terms.prices.rate(made.tax),
        content=content,
        attributes=() if plain else _attributes(piece, terms),
    )


def _told(piece: Piece, terms: Terms) -> ArticleContent:
    """The content without what is not told."""
    parts, content = terms.settings.parts, piece.content
    kept: dict[str, Any] = {
        name: getattr(content, name)
        for name in ArticleContent.model_fields
        if name not in ("head", "is_head") and PART_OF.get(name) in (None, *parts)
    }
    if "texts" in parts and not content.description:
        kept["description"] = piece.description
    if "categories" in parts and not content.categories and (own := piece.attributes.get((CATEGORY, ""))):
        kept["categories"] = (own,)
    return ArticleContent(**kept)


def _attributes(piece: Piece, terms: Terms) -> tuple[ProductAttribute, ...]:
    """What has a field of its own there is a custom field; the rest goes where the channel is used to have it."""
    parts, fields = terms.settings.parts, terms.settings.custom_fields
    found = []
    for (name, language), value in sorted(piece.attributes.items()):
        target = fields.get(name, "")
        told = "custom_fields" in parts or (not target and "properties" in parts)
        if name != CATEGORY and told:
            found.append(ProductAttribute(name=name, value=value, language=language, target=target))
    return tuple(found)
