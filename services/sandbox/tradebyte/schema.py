"""What a catalogue in the format TB.Cat 1.4 must be like. The sequence of its elements is not free."""

import re
from xml.etree.ElementTree import Element

from services.sandbox.tradebyte.account import CHANNELS
from services.sandbox.tradebyte.goods import Price
from services.sandbox.tradebyte.markup import Refusal

PRODUCT_FIELDS = (
    "P_NR", "P_ACTIVEDATA", "P_NAME", "P_NAME_KEYWORD", "P_NAME_PROPER", "P_SUPPLEMENT", "P_TEXT", "P_BRAND",
    "P_KEYWORDS", "P_COMPONENTDATA", "P_TAGS", "P_BULLETS", "P_MEDIADATA", "P_LOGOS", "P_CATEGORIES",
    "P_LINKDATA", "ARTICLEDATA",
)  # fmt: skip
ARTICLE_FIELDS = (
    "A_NR", "A_ACTIVEDATA", "A_ACTIVE", "A_EAN", "A_PROD_NR", "A_NR2", "A_SORT", "A_VARIANTDATA", "A_COMPONENTDATA",
    "A_TAGS", "A_PRICEDATA", "A_BASEPRICE_QUANTITY", "A_PROVISIONDATA", "A_MEDIADATA", "A_UNIT", "A_STOCK",
    "A_DELIVERY_TIME", "A_REPLACEMENT", "A_REPLACEMENT_TIME", "A_ORDER_MIN", "A_ORDER_MAX", "A_ORDER_INTERVAL",
    "A_PARCEL", "A_TRADESTAT",
)  # fmt: skip
PRICE_FIELDS = ("A_VK", "A_VK_OLD", "A_UVP", "A_MWST", "A_EK")
PARCEL_FIELDS = ("A_PIECES", "A_WIDTH", "A_HEIGHT", "A_LENGTH", "A_WEIGHT")
AMOUNT = re.compile(r"\d+\.\d\d")
NUMBER, WEIGHT, EAN = re.compile(r"\d+"), re.compile(r"\d+(\.\d+)?"), re.compile(r"\d{13}")


def check(node: Element) -> None:
    """One PRODUCT with its articles. Raises Refusal for what does not validate."""
    _in_order(node, PRODUCT_FIELDS)
    _length("P_NR", node.findtext("P_NR"), 50)
    for value in node.iterfind("P_NAME/VALUE"):
        _length("P_NAME", value.text, 255)
    for value in node.iterfind("P_KEYWORDS/P_KEYWORD/VALUE"):
        _length("P_KEYWORD", value.text, 255)
    for link in node.iterfind("P_LINKDATA/P_LINK"):
        _length("P_LINK", link.text, 50)
        if link.get("type") not in ("cross", "accessory", "device", "upselling", "family"):
            raise invalid("type of P_LINK")
    _named(node, "P_COMPONENTDATA/P_COMPONENT", 300)
    _named(node, "P_TAGS/P_TAG", 100)
    _named(node, "P_BRAND", 100)
    _media_checked(node, "P")
    for category in node.iterfind("P_CATEGORIES/P_CATEGORY"):
        _length("P_CATEGORY", category.text, 200)
        if category.get("type") not in ("cluster", "internal", "primary", "secondary"):
            raise invalid("type of P_CATEGORY")
    for article in node.iterfind("ARTICLEDATA/ARTICLE"):
        _check_article(article)


def _check_article(node: Element) -> None:
    _in_order(node, ARTICLE_FIELDS)
    _length("A_NR", node.findtext("A_NR"), 50, shortest=4)
    for active in node.iterfind("A_ACTIVEDATA/A_ACTIVE"):
        if active.get("channel") not in CHANNELS.values():
            raise Refusal(400, f"There is no channel {active.get('channel')}")
    for path in ("A_ACTIVE", "A_ACTIVEDATA/A_ACTIVE"):
        if any(one.text not in ("0", "1") for one in node.iterfind(path)):
            raise invalid("A_ACTIVE is 0 or 1")
    _matches(node, "A_EAN", EAN)
    for tag in ("A_SORT", "A_STOCK", "A_DELIVERY_TIME", "A_ORDER_MIN", "A_ORDER_MAX", "A_ORDER_INTERVAL"):
        _matches(node, tag, NUMBER)
    _named(node, "A_VARIANTDATA/A_VARIANT", 50)
    _named(node, "A_COMPONENTDATA/A_COMPONENT", 50)
    _named(node, "A_TAGS/A_TAG", 100)
    _media_checked(node, "A")
    if (parcel := node.find("A_PARCEL")) is not None:
        if [child.tag for child in parcel] != list(PARCEL_FIELDS):
            raise invalid("A_PARCEL needs all of its elements")
        if not all(WEIGHT.fullmatch(child.text or "") for child in parcel):
            raise invalid("A_PARCEL")
    if (country := node.find("A_TRADESTAT/A_ORG_COUNTRY")) is not None and len(country.get("alpha2", "")) != 2:
        raise invalid("A_ORG_COUNTRY")
    for one in node.iterfind("A_PRICEDATA/A_PRICE"):
        price(one)
        if one.get("channel") not in CHANNELS.values():
            raise Refusal(400, f"There is no channel {one.get('channel')}")


def price(node: Element) -> Price:
    tags = [child.tag for child in node]
    if tags != [tag for tag in PRICE_FIELDS if tag in tags] or "A_VK" not in tags:
        raise invalid(", ".join(tags))
    given = {child.tag: child.text or "" for child in node}
    if not all(AMOUNT.fullmatch(value) for tag, value in given.items() if tag != "A_MWST"):
        raise invalid("a price has two decimals and a dot")
    if given.get("A_MWST", "2") not in ("1", "2", "3") or not node.get("currency"):
        raise invalid("A_MWST is 1, 2 or 3, and a price has a currency")
    return Price(given["A_VK"], given.get("A_VK_OLD", ""), given.get("A_MWST", "2"))


def invalid(what: str) -> Refusal:
    return Refusal(400, f"The XML does not validate: {what}")


def _in_order(node: Element, fields: tuple[str, ...]) -> None:
    tags = [child.tag for child in node]
    if not tags or tags[0] != fields[0] or any(tag not in fields for tag in tags):
        raise invalid(f"{node.tag} needs {fields[0]} and knows no {', '.join(set(tags) - set(fields))}")
    if tags != sorted(set(tags), key=fields.index):
        raise invalid(f"the order in {node.tag}: {', '.join(tags)}")


def _length(tag: str, value: str | None, longest: int, shortest: int = 1) -> None:
    if not shortest <= len(value or "") <= longest:
        raise invalid(f"{tag} has {shortest} to {longest} characters")


def _matches(node: Element, tag: str, pattern: re.Pattern[str]) -> None:
    if (found := node.find(tag)) is not None and not pattern.fullmatch(found.text or ""):
        raise invalid(f"{tag}: {found.text}")


def _named(node: Element, path: str, longest: int) -> None:
    for one in node.iterfind(path):
        _length(f"key of {one.tag}", one.get("key"), longest)
        if one.get("identifier") not in ("key", "name"):
            raise invalid(f"identifier of {one.tag}")


def _media_checked(node: Element, level: str) -> None:
    for one in node.iterfind(f"{level}_MEDIADATA/{level}_MEDIA"):
        _length(one.tag, one.text, 255)
        if not NUMBER.fullmatch(one.get("sort", "")):
            raise invalid(f"sort of {one.tag}")
