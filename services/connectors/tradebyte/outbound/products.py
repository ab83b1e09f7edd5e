"""Products in the format TB.Cat 1.4. The sequence of its elements is not free.

Read 2026-11-29: https://www.tradebyte.io/documentation/structure-of-product-data-in-the-tb-cat/ (elements, lengths),
https://help.tradebyte.com/stcat-a-activedata14.html (channels), …/imex-xml-tbcat-avariantdata.html (variants),
…/stcat-volldelta.html (what is left out stays).
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal

from services.connectors.tradebyte.outbound.fields import amount_of_days, checked, components, texts
from services.connectors.tradebyte.outbound.markup import leaf, money, node
from services.connectors.tradebyte.settings import Credentials
from services.connectors.tradebyte.vocabulary import EAN, OWN_CLASSES
from shared.contracts.article import ArticleContent
from shared.contracts.errors import Rejected
from shared.contracts.product import ProductPush, ProductVariant

LONGEST_NUMBER, SHORTEST_ARTICLE, LONGEST_ADDRESS = 50, 4, 255
ALL = ""
"""In place of a channel's sign: what holds in all channels."""


def product_number(push: ProductPush, settings: Credentials) -> str:
    """`P_NR`: that under which TB.One lists it already, else the one that the settings name."""
    own = str(push.product_id) if settings.numbered_by == "id" else push.number
    return checked("number", push.external_id or own, LONGEST_NUMBER)


def signs(push: ProductPush, settings: Credentials) -> tuple[str, ...]:
    """The channels whose files the product stands in: those it is to be sold in while anything of it is new there,
    and one file for all of them where only what holds everywhere has changed. Raises Rejected without a channel."""
    if push.withdrawn or not any(piece.external_id is None for piece in told(push)):
        return (ALL,)
    wanted = push.channels or settings.article_signs
    if not wanted:
        raise Rejected("no channel is entered that sells new articles (article_channels)")
    return tuple(dict.fromkeys(wanted))


def told(push: ProductPush) -> tuple[ProductVariant, ...]:
    """The pieces that are told of. Where variants are not, only those that TB.One has, and a product that is one."""
    if push.withdrawn or ("variants" not in push.parts and len(push.variants) > 1):
        return tuple(piece for piece in push.variants if piece.external_id is not None)
    return push.variants


def product(push: ProductPush, sign: str, settings: Credentials) -> str:
    """One PRODUCT for the file of one channel, or of all. Raises Rejected for what TB.One could not read in."""
    number, pieces = product_number(push, settings), told(push)
    if not pieces:
        raise Rejected("nothing of it is known in TB.One, and its variants are not told")
    if push.withdrawn:
        listed = [node("ARTICLE", [leaf("A_NR", _number(one, settings)), leaf("A_ACTIVE", "0")]) for one in pieces]
        return node("PRODUCT", [leaf("P_NR", number), node("ARTICLEDATA", listed)])
    _dimensions(pieces)
    told_of = frozenset(push.parts)
    articles = [_article(push, one, place, sign, settings) for place, one in enumerate(pieces)]
    return node("PRODUCT", [leaf("P_NR", number), *_master(push, told_of, settings), node("ARTICLEDATA", articles)])


def _master(push: ProductPush, parts: frozenset[str], settings: Credentials) -> Iterable[str]:
    content, foreign = push.content, "translations" in push.parts
    languages = content.texts if foreign else {}
    if "texts" in parts or push.external_id is None:
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
        yield node("P_KEYWORDS", (node("P_KEYWORD", [texts("VALUE", word)]) for word in _keywords(content, settings)))
    yield components("P", push.attributes, parts, 300, foreign=foreign)
    if "images" in parts:
        yield _media("P", content.media)
    if "categories" in parts:
        yield node("P_CATEGORIES", map(_category, content.categories))
    # A link names the other product by its P_NR: only numbers are known of it.
    if settings.numbered_by == "number":
        numbers = [checked("related", one, LONGEST_NUMBER) for one in content.related]
        yield node("P_LINKDATA", (leaf("P_LINK", one, type="cross") for one in numbers))


def _article(push: ProductPush, piece: ProductVariant, place: int, sign: str, settings: Credentials) -> str:
    content, parts, new = piece.content, frozenset(push.parts), piece.external_id is None
    number = _number(piece, settings)
    fields = [leaf("A_NR", number)]
    if new and sign:
        fields.append(node("A_ACTIVEDATA", [leaf("A_ACTIVE", "1", channel=sign)]))
    fields.append(leaf("A_ACTIVE", str(int(push.active and piece.active))))
    if piece.ean:
        fields.append(leaf("A_EAN", _ean(piece.ean, piece.number)))
    if maker := content.manufacturer_number or push.content.manufacturer_number:
        fields.append(leaf("A_PROD_NR", checked("manufacturer_number", maker, LONGEST_NUMBER)))
    fields.append(leaf("A_SORT", str(place + 1)))
    options = content.options.items()
    fields.append(node("A_VARIANTDATA", (_variant(name, value) for name, value in options)))
    own = [one for one in piece.attributes if one.name not in content.options]
    fields.append(components("A", own, parts, 50, foreign="translations" in parts))
    if new and sign and piece.price is not None:
        fields.append(node("A_PRICEDATA", [_price(piece, sign, settings)]))
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


def _number(piece: ProductVariant, settings: Credentials) -> str:
    own = str(piece.article_id) if settings.numbered_by == "id" else piece.number
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


def _price(piece: ProductVariant, sign: str, settings: Credentials) -> str:
    assert piece.price is not None
    rate = piece.tax_rate or Decimal(0)
    tax_class = settings.classes.get(rate.normalize(), "") if piece.tax_rate is not None else ""
    gross = money(piece.price.amount, piece.includes_tax, rate)
    inside = [leaf("A_VK", gross), leaf("A_MWST", tax_class or OWN_CLASSES[piece.tax])]
    return node("A_PRICE", inside, channel=sign, currency=piece.price.currency)


def _keywords(content: ArticleContent, settings: Credentials) -> list[str]:
    words = (word.strip() for word in content.meta_keywords.split(settings.keyword_separator))
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


def of_channels(wanted: Mapping[str, Sequence[str]], largest: int) -> list[list[str]]:
    """The products of each file: a file belongs to one channel, or to all, and is no larger than it may be (bytes)."""
    files = []
    for products in wanted.values():
        here: list[str] = []
        size = 0
        for one in products:
            weight = len(one.encode())
            if here and size + weight > largest:
                files.append(here)
                here, size = [], 0
            here.append(one)
            size += weight
        files.append(here)
    return files
