"""Catalogues in the format TB.Cat, as the account reads them in. A file that does not validate is refused as a whole;
what is valid and cannot be read in is passed over without a word."""

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

from services.sandbox.tradebyte.account import Account
from services.sandbox.tradebyte.goods import Article, Product, Texts
from services.sandbox.tradebyte.markup import Refusal
from services.sandbox.tradebyte.schema import check, invalid, price

LARGEST_CATALOGUE = 150_000_000
CATALOGUE_NAME = re.compile(r"TBCAT_\w+\.xml")
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FIRST_PRODUCT = 70_001


def take_catalogue(account: Account, name: str, root: Element) -> None:
    """One file. What is called a test is checked, and not imported."""
    if not CATALOGUE_NAME.fullmatch(name):
        raise Refusal(400, "The file's name must be TBCAT_….xml")
    if root.get("version") not in ("1.2", "1.3", "1.4"):
        raise invalid("version of TBCATALOG")
    products = root.findall("PRODUCTDATA/PRODUCT")
    for node in products:
        check(node)
    if "test" not in name.lower():
        for node in products:
            _read_in(account, node)


def _read_in(account: Account, node: Element) -> None:
    number = node.findtext("P_NR") or ""
    product = account.products.get(number)
    if product is None:
        if node.find("P_NAME") is None:
            account.passed_over.append(number)
            return
        product = account.products[number] = Product(number, FIRST_PRODUCT + len(account.products), {})
    texts: dict[str, Callable[[Texts], None]] = {
        "P_NAME": product.name.update, "P_SUPPLEMENT": product.supplement.update, "P_TEXT": product.text.update,
    }  # fmt: skip
    for tag, keep in texts.items():
        if (found := node.find(tag)) is not None:
            keep(_texts(found))
    if (brand := node.find("P_BRAND")) is not None:
        product.brand = brand.text or brand.attrib["key"]
    if node.find("P_KEYWORDS") is not None:
        product.keywords = tuple(one.text or "" for one in node.iterfind("P_KEYWORDS/P_KEYWORD/VALUE"))
    product.components |= _components(node, "P")
    product.tags |= _tags(node, "P")
    _media(node, "P", product.media)
    if node.find("P_CATEGORIES") is not None:
        product.categories = tuple(one.text or "" for one in node.iterfind("P_CATEGORIES/P_CATEGORY"))
    if node.find("P_LINKDATA") is not None:
        product.links = tuple(one.text or "" for one in node.iterfind("P_LINKDATA/P_LINK"))
    for article in node.iterfind("ARTICLEDATA/ARTICLE"):
        _read_in_article(account, product, article)
    for one in account.articles.values():
        if one.product == number:
            one.changed = account.clock()


def _read_in_article(account: Account, product: Product, node: Element) -> None:
    """An article under another product's number moves to it, as the documents warn."""
    number = node.findtext("A_NR") or ""
    article = account.articles.get(number)
    options = {
        one.get("key", ""): one.findtext("VALUE") or "" for one in node.iterfind("A_VARIANTDATA/A_VARIANT")
    }  # fmt: skip
    beside = [one for one in account.articles.values() if one.product == product.number and one.number != number]
    if article is None:
        if any(not one.options or one.options.keys() != options.keys() for one in beside):
            account.passed_over.append(number)
            return
        article = account.articles[number] = Article(
            number, product.name.get("x-default", ""), product.number, "0.00", None, 0, account.clock()
        )
    article.product, article.options = product.number, options or article.options
    for active in node.iterfind("A_ACTIVEDATA/A_ACTIVE"):
        article.channels[active.get("channel", "")] = active.text == "1"
    article.active = node.findtext("A_ACTIVE", "1" if article.active else "0") == "1"
    article.ean = node.findtext("A_EAN", article.ean or "") or None
    article.maker_number = node.findtext("A_PROD_NR") or article.maker_number
    article.sort = int(node.findtext("A_SORT") or article.sort)
    article.components |= _components(node, "A")
    article.tags |= _tags(node, "A")
    article.prices |= {one.get("channel", ""): price(one) for one in node.iterfind("A_PRICEDATA/A_PRICE")}
    _media(node, "A", article.media)
    article.unit = node.findtext("A_UNIT") or article.unit
    article.stock = int(node.findtext("A_STOCK") or article.stock)
    if days := node.findtext("A_DELIVERY_TIME"):
        article.delivery_days = int(days)
    if least := node.findtext("A_ORDER_MIN"):
        article.order_min = int(least)
    if (parcel := node.find("A_PARCEL")) is not None:
        article.parcel = {child.tag: child.text or "" for child in parcel}
    if (country := node.find("A_TRADESTAT/A_ORG_COUNTRY")) is not None:
        article.origin = country.get("alpha2", "")
    article.customs_number = node.findtext("A_TRADESTAT/A_TRADESTAT_NR") or article.customs_number


def _texts(node: Element) -> Texts:
    return {value.get(LANG, ""): value.text or "" for value in node.iterfind("VALUE")}


def _components(node: Element, level: str) -> dict[str, Texts]:
    path = f"{level}_COMPONENTDATA/{level}_COMPONENT"
    return {one.get("key", ""): _texts(one) for one in node.iterfind(path)}


def _tags(node: Element, level: str) -> dict[str, tuple[str, ...]]:
    path = f"{level}_TAGS/{level}_TAG"
    return {one.get("key", ""): tuple(value.get("key", "") for value in one) for one in node.iterfind(path)}


def _media(node: Element, level: str, media: dict[str, int]) -> None:
    """Each has its place by the file that named it last; what is not named any more stays, as long as the account is
    not set up otherwise."""
    media |= {one.text or "": int(one.get("sort", "0")) for one in node.iterfind(f"{level}_MEDIADATA/{level}_MEDIA")}
