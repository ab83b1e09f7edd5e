"""The files a merchant sends: stock and messages. A file that does not validate is refused as a whole."""

from xml.etree.ElementTree import Element

from services.sandbox.tradebyte.account import Account, Message
from services.sandbox.tradebyte.markup import Refusal

LARGEST_STOCK_FILE = 10_000_000
FIELDS = (
    "MESSAGE_TYPE", "TB_ORDER_ID", "TB_ORDER_ITEM_ID", "SKU", "CHANNEL_SIGN", "CHANNEL_ORDER_ID",
    "CHANNEL_ORDER_ITEM_ID", "CHANNEL_SKU", "QUANTITY", "CARRIER_PARCEL_TYPE", "IDCODE", "IDCODE_RETURN_PROPOSAL",
    "DEDUCTION", "COMMENT", "RETURN_CAUSE", "RETURN_STATE", "EST_SHIP_DATE", "DATE_CREATED",
)  # fmt: skip
"""In the order of the schema."""
ITEM_TYPES = frozenset({"SHIP", "RETURN", "NO_INVENTORY", "CUST_CANCEL"})
PARCEL_TYPES = frozenset({"DHL_STD_NATIONAL", "HERMES_STD_NATIONAL", "OTHER"})
"""Import keys of the package types that are set up in this account."""
RETURN_CAUSES, RETURN_STATES = frozenset({"DEFEKT", "NICHTGEFALLEN"}), frozenset({"A", "B"})
"""Import keys of the reasons for returns, and of the states of goods."""


def take_stock(account: Account, root: Element) -> None:
    """Absolute quantities; a number that no article has is passed over."""
    told: dict[str, int] = {}
    by_ean = {article.ean: article.number for article in account.articles.values() if article.ean}
    for node in root:
        number, ean = node.findtext("A_NR"), node.findtext("A_EAN")
        if node.tag != "ARTICLE" or not (number or ean):
            raise Refusal(400, "The XML does not validate: an ARTICLE needs A_NR or A_EAN")
        levels = [level.text or "" for level in node.findall("A_STOCK")]
        if not levels or not all(level.isdecimal() for level in levels):
            raise Refusal(400, "The XML does not validate: A_STOCK must be a non-negative integer")
        told[number or by_ean.get(ean or "", "")] = sum(map(int, levels))
    for known in told.keys() & account.articles.keys():
        account.articles[known].stock = told[known]
        account.articles[known].changed = account.clock()


def take_messages(account: Account, root: Element) -> None:
    """All messages of a file, or none of them. Quantities add up: what comes twice counts twice."""
    account.messages += [_message(account, node, place) for place, node in enumerate(root)]


def _message(account: Account, node: Element, place: int) -> Message:
    given = {child.tag: child.text or "" for child in node}
    tags = [child.tag for child in node]
    if node.tag != "MESSAGE" or any(tag not in FIELDS for tag in tags) or tags != sorted(set(tags), key=FIELDS.index):
        raise Refusal(400, f"The XML does not validate: {', '.join(tags)}")
    kind, quantity = given.get("MESSAGE_TYPE", ""), given.get("QUANTITY", "")
    if kind not in ITEM_TYPES:
        raise Refusal(400, f"The XML does not validate: MESSAGE_TYPE {kind}")
    if not quantity.isdecimal() or int(quantity) < 1:
        raise Refusal(400, "The XML does not validate: QUANTITY must be a positive integer")
    if given.get("IDCODE_RETURN_PROPOSAL") and (kind != "SHIP" or not given.get("IDCODE")):
        raise Refusal(400, "The XML does not validate: IDCODE_RETURN_PROPOSAL goes with SHIP and IDCODE only")
    if len(given.get("IDCODE", "")) > 50:
        raise Refusal(400, "The XML does not validate: IDCODE is longer than 50 characters")
    if (carrier := given.get("CARRIER_PARCEL_TYPE", "")) and carrier not in PARCEL_TYPES:
        raise Refusal(400, f"There is no package type with the import key {carrier}")
    _check_return(kind, given)
    order = account.orders.get(int(given.get("TB_ORDER_ID") or 0))
    items = [] if order is None else [one for one in order.items if str(one.tb_id) == given.get("TB_ORDER_ITEM_ID")]
    item = next((one for one in items if given.get("SKU", one.sku) == one.sku), None)
    if order is None or item is None or given.get("CHANNEL_SIGN", order.sign) != order.sign:
        raise Refusal(400, "There is no such item in this order")
    return Message(
        len(account.messages) + place + 1, kind, order, item.tb_id, int(quantity), carrier, given.get("IDCODE", ""),
        given.get("RETURN_CAUSE", ""), given.get("RETURN_STATE", ""), given.get("COMMENT", ""),
    )  # fmt: skip


def _check_return(kind: str, given: dict[str, str]) -> None:
    for tag, keys in (("RETURN_CAUSE", RETURN_CAUSES), ("RETURN_STATE", RETURN_STATES)):
        if tag in given and (kind != "RETURN" or given[tag] not in keys):
            raise Refusal(400, f"There is no {tag} with the import key {given[tag]} for {kind}")
