"""Products in the format TB.Cat 1.4. The sequence of its elements is not free.

Read 2026-11-29: https://www.tradebyte.io/documentation/structure-of-product-data-in-the-tb-cat/ (elements, lengths),
https://help.tradebyte.com/stcat-a-activedata14.html (channels), …/imex-xml-tbcat-avariantdata.html (variants),
…/stcat-volldelta.html (what is left out stays).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from services.connectors.tradebyte.outbound.fields import amount_of_days, checked, components, texts
from services.connectors.tradebyte.outbound.markup import leaf, money, node
from services.connectors.tradebyte.vocabulary import EAN, OWN_CLASSES
from shared.contracts.article import ArticleContent
from shared.contracts.errors import Rejected
from shared.contracts.product import ProductPush, ProductVariant

LONGEST_NUMBER, SHORTEST_ARTICLE, LONGEST_ADDRESS = 50, 4, 255
ALL = ""
"""In place of a channel's sign: what holds in all channels."""


@dataclass(frozen=True)
class Manner:
    """How the merchant wants articles to be told: the channels that sell new ones, their numbers being our ids or not,
    what stands between two keywords, and TB.One's class of each tax rate in percent."""

    signs: tuple[str, ...]
    by_id: bool
    separator: str
    tax_classes: Mapping[Decimal, str]


@dataclass(frozen=True)
class Plan:
    """What of a product is told: its number, the articles in the order told, and which of them are new there."""

    push: ProductPush
    number: str
    pieces: tuple[tuple[str, ProductVariant], ...]
    new: frozenset[str]
    signs: tuple[str, ...]


def plan(push: ProductPush, known: Mapping[str, str], manner: Manner) -> Plan:
    """`known` are the products' numbers by those of the articles that TB.One has. A product stands in the files of the
    channels it is to be sold in while anything of it is new there, and in one file for all of them else.

    Where variants are not told of, only those that TB.One has are, and a product that is one piece. Raises Rejected for
    what TB.One could not read in.
    """
    pieces = tuple((_number(piece, manner), piece) for piece in push.variants)
    there = {number for number, piece in pieces if number in known or piece.external_id is not None}
    if push.withdrawn or ("variants" not in push.parts and len(pieces) > 1):
        pieces = tuple((number, piece) for number, piece in pieces if number in there)
    else:
        # One that is sold no more here is switched off there, and not made for it.
        pieces = tuple(one for one in pieces if one[0] in there or one[1].active) or pieces
    new = frozenset(number for number, _ in pieces) - there
    signs = tuple(dict.fromkeys(push.channels or manner.signs)) if new else (ALL,)
    if not signs:
        raise Rejected("no channel is entered that sells new articles (article_channels)")
    own = str(push.product_id) if manner.by_id else push.number
    filed = next((known[number] for number, _ in pieces if number in known), own)
    return Plan(push, checked("number", push.external_id or filed, LONGEST_NUMBER), pieces, new, signs)


def product(plan: Plan, sign: str, manner: Manner) -> str:
    """One PRODUCT for the file of one channel, or of all. Raises Rejected for what TB.One could not read in."""
    push = plan.push
    if not plan.pieces:
        raise Rejected("nothing of it is known in TB.One, and its variants are not told of")
    if push.withdrawn:
        listed = [node("ARTICLE", [leaf("A_NR", number), leaf("A_ACTIVE", "0")]) for number, _ in plan.pieces]
        return node("PRODUCT", [leaf("P_NR", plan.number), node("ARTICLEDATA", listed)])
    _dimensions([piece for _, piece in plan.pieces])
    articles = [_article(plan, place, sign, manner) for place in range(len(plan.pieces))]
    return node("PRODUCT", [leaf("P_NR", plan.number), *_master(plan, manner), node("ARTICLEDATA", articles)])


def _master(plan: Plan, manner: Manner) -> Iterable[str]:
    push, parts = plan.push, frozenset(plan.push.parts)
    content, foreign = push.content, "translations" in parts
    languages = content.texts if foreign else {}
    if "texts" in parts or len(plan.new) == len(plan.pieces):
        titles = {language: text.title for language, text in languages.items()}
        yield texts("P_NAME", checked("title", push.title, 255), titles)
    if "texts" in parts:
        short = {language: text.short_description for language, text in languages.items()}
        long = {language: text.description for language, text in languages.items()}
        yield texts("P_SUPPLEMENT", content.short_description, short)
        yield texts("P_TEXT", content.description, long)
    if content.manufacturer:
        name = checked("manufacturer", content.manufacturer, 100)
        yield leaf("P_BRAND", name, identifier="name", key=name)
    if "meta" in parts:
        yield node("P_KEYWORDS", (node("P_KEYWORD", [texts("VALUE", word)]) for word in _keywords(content, manner)))
    yield components("P", push.attributes, parts, 300, foreign=foreign)
    if "images" in parts:
        yield _media("P", content.media)
    if "categories" in parts:
        yield node("P_CATEGORIES", map(_category, content.categories))
    # A link names the other product by its P_NR: only numbers are known of it.
    if not manner.by_id:
        numbers = [checked("related", one, LONGEST_NUMBER) for one in content.related]
        yield node("P_LINKDATA", (leaf("P_LINK", one, type="cross") for one in numbers))


def _article(plan: Plan, place: int, sign: str, manner: Manner) -> str:
    push, (number, piece) = plan.push, plan.pieces[place]
    content, parts, new = piece.content, frozenset(push.parts), number in plan.new
    fields = [leaf("A_NR", number)]
    if new:
        fields.append(node("A_ACTIVEDATA", [leaf("A_ACTIVE", "1", channel=sign)]))
    fields.append(leaf("A_ACTIVE", str(int(push.active and piece.active))))
    if piece.ean:
        fields.append(leaf("A_EAN", _ean(piece.ean, piece.number)))
    if maker := content.manufacturer_number or push.content.manufacturer_number:
        fields.append(leaf("A_PROD_NR", checked("manufacturer_number", maker, LONGEST_NUMBER)))
    if "variants" in parts and len(plan.pieces) > 1:
        fields.append(leaf("A_SORT", str(place + 1)))
    options = content.options.items()
    fields.append(node("A_VARIANTDATA", (_variant(name, value) for name, value in options)))
    own = [one for one in piece.attributes if one.name not in content.options]
    fields.append(components("A", own, parts, 50, foreign="translations" in parts))
    if new and piece.price is not None:
        fields.append(node("A_PRICEDATA", [_price(piece, sign, manner)]))
    if "images" in parts:
        fields.append(_media("A", content.media))
    fields += _measures(content, push.content)
    return node("ARTICLE", fields)


def _measures(content: ArticleContent, product: ArticleContent) -> Iterable[str]:
    """What a piece does not say of itself its product says."""
    if unit := content.unit or product.unit:
        yield leaf("A_UNIT", checked("unit", unit, LONGEST_NUMBER))
    if delivery := content.delivery_time or product.delivery_time:
        yield leaf("A_DELIVERY_TIME", str(amount_of_days(delivery)))
    if least := content.minimum_order or product.minimum_order:
        if least != int(least):
            raise Rejected(f"minimum_order: {least:f} is no whole number of pieces")
        yield leaf("A_ORDER_MIN", str(int(least)))
    yield _parcel(*(_either(content, product, name) for name in ("width_mm", "height_mm", "length_mm", "weight_grams")))
    origin, customs = content.origin or product.origin, content.customs_number or product.customs_number
    if origin:
        country = [leaf("A_ORG_COUNTRY", origin, alpha2=origin)]
        yield node("A_TRADESTAT", country + ([leaf("A_TRADESTAT_NR", _customs(customs))] if customs else []))


def _either(content: ArticleContent, product: ArticleContent, name: str) -> Decimal | None:
    own: Decimal | None = getattr(content, name)
    return own if own is not None else getattr(product, name)


def _parcel(width: Decimal | None, height: Decimal | None, length: Decimal | None, grams: Decimal | None) -> str:
    """Whole centimetres and kilograms. The element wants all of them or is not there."""
    if width is None or height is None or length is None or grams is None:
        return ""
    sizes = {"A_WIDTH": width, "A_HEIGHT": height, "A_LENGTH": length}
    whole = [leaf(tag, f"{(size / 10).to_integral_value(ROUND_CEILING):f}") for tag, size in sizes.items()]
    return node("A_PARCEL", [leaf("A_PIECES", "1"), *whole, leaf("A_WEIGHT", f"{(grams / 1000).normalize():f}")])


def _number(piece: ProductVariant, manner: Manner) -> str:
    own = str(piece.article_id) if manner.by_id else piece.number
    number = checked("number", piece.external_id or own, LONGEST_NUMBER)
    if len(number) < SHORTEST_ARTICLE:
        raise Rejected(f"number: {number} is shorter than {SHORTEST_ARTICLE} characters")
    return number


def _ean(ean: str, number: str) -> str:
    """Thirteen digits; those of North America have twelve, and a nought before them."""
    digits = ean.zfill(13) if len(ean) == 12 else ean
    if not EAN.fullmatch(digits):
        raise Rejected(f"ean: {ean} of {number} has not 13 digits")
    return digits


def _customs(number: str) -> str:
    digits = number.replace(" ", "")
    if not (digits.isdecimal() and len(digits) == 8):
        raise Rejected(f"customs_number: {number} has not 8 digits")
    return digits


def _dimensions(pieces: Sequence[ProductVariant]) -> None:
    """Several pieces are told apart, all of them by the same options."""
    names = {tuple(piece.content.options) for piece in pieces}
    values = {tuple(piece.content.options.values()) for piece in pieces}
    if len(pieces) > 1 and (len(names) > 1 or () in names or len(values) < len(pieces)):
        raise Rejected("options: variants need the same options, each with a value, and no two of them the same values")


def _variant(name: str, value: str) -> str:
    key = checked("options", name, 50)
    return node("A_VARIANT", [texts("VALUE", checked("options", value, 255))], identifier="name", key=key)


def _price(piece: ProductVariant, sign: str, manner: Manner) -> str:
    assert piece.price is not None
    rate = piece.tax_rate or Decimal(0)
    tax_class = manner.tax_classes.get(rate.normalize(), "") if piece.tax_rate is not None else ""
    gross = money(piece.price.amount, piece.includes_tax, rate)
    inside = [leaf("A_VK", gross), leaf("A_MWST", tax_class or OWN_CLASSES[piece.tax])]
    return node("A_PRICE", inside, channel=sign, currency=piece.price.currency)


def _keywords(content: ArticleContent, manner: Manner) -> list[str]:
    words = (word.strip() for word in content.meta_keywords.split(manner.separator))
    return [checked("meta_keywords", word, 255) for word in dict.fromkeys(words) if word]


def _media(level: str, addresses: Sequence[str]) -> str:
    """TB.One fetches each image from its address."""
    listed = [checked("media", one, LONGEST_ADDRESS) for one in addresses]
    inside = (leaf(f"{level}_MEDIA", one, type="image", sort=str(place)) for place, one in enumerate(listed))
    return node(f"{level}_MEDIADATA", inside)


def _category(path: str) -> str:
    """TB.One's own tree, which grows by it."""
    parts = [part.strip() for part in path.split(" > ")]
    said = checked("categories", "|".join(parts), 200)
    return leaf("P_CATEGORY", said, type="cluster", identifier="name", key=checked("categories", parts[-1], 50))


def of_channels(wanted: Mapping[str, Sequence[tuple[int, str]]], largest: int) -> list[list[tuple[int, str]]]:
    """The products of each file, each with its place: a file belongs to one channel, or to all, and is no larger than
    it may be (bytes)."""
    files = []
    for products in wanted.values():
        here: list[tuple[int, str]] = []
        size = 0
        for one in products:
            weight = len(one[1].encode())
            if here and size + weight > largest:
                files.append(here)
                here, size = [], 0
            here.append(one)
            size += weight
        files.append(here)
    return files
