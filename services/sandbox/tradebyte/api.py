"""The calls of the merchant's side, and the door in front of them."""

import base64
import hmac
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from services.sandbox.tradebyte.account import Account
from services.sandbox.tradebyte.catalogue import LARGEST_CATALOGUE, take_catalogue
from services.sandbox.tradebyte.files import LARGEST_STOCK_FILE, take_messages, take_stock
from services.sandbox.tradebyte.markup import Refusal, add, add_all, document, received, said
from services.sandbox.tradebyte.order import Order, element


def routes(account: Account) -> APIRouter:
    """The router to be mounted at the account's address."""

    class OneAtATime(APIRoute):
        """Credentials first, then the turn; a refusal becomes an answer in XML."""

        def get_route_handler(self) -> Callable[[Request], Any]:
            inner = super().get_route_handler()

            async def handle(request: Request) -> Response:
                try:
                    _admit(account, request)
                    async with account.turn():
                        answer: Response = await inner(request)
                        return answer
                except Refusal as refusal:
                    return said(str(refusal), refusal.status, "error")

            return handle

    router = APIRouter(route_class=OneAtATime)

    @router.get("/{number}/orders/")
    async def open_orders(channel: str | None = None) -> Response:
        return _listed(account, account.open_orders(channel))

    @router.get("/{number}/orders/{tb_id}")
    async def one_order(tb_id: str) -> Response:
        return _listed(account, [account.shown(tb_id)])

    @router.post("/{number}/orders/{tb_id}/exported")
    async def exported(tb_id: str, pending: str | None = None) -> Response:
        account.flag(tb_id, pending)
        return said("order state updated successfully")

    @router.get("/{number}/products/")
    async def products(channel: str, delta: int = 0) -> Response:
        (sign,) = account.signs(channel)
        return _catalogue(account, sign, datetime.fromtimestamp(delta, UTC))

    @router.post("/{number}/articles/stock")
    async def stock(request: Request) -> Response:
        if len(await request.body()) > LARGEST_STOCK_FILE:
            raise Refusal(413, "The file is larger than 10 MB")
        take_stock(account, await received(request, "TBSTOCK"))
        return said("stock updated successfully")

    @router.post("/{number}/sync/in/{name}")
    async def catalogue(name: str, request: Request) -> Response:
        if len(await request.body()) > LARGEST_CATALOGUE:
            raise Refusal(413, "The file is larger than 150 MB")
        take_catalogue(account, name, await received(request, "TBCATALOG"))
        return said("file imported successfully")

    @router.get("/{number}/messages/")
    async def open_messages(channel: str | None = None) -> Response:
        root = Element("MESSAGES_LIST")
        for one in account.open_messages(channel):
            add_all(SubElement(root, "MESSAGE"), {
                "MESSAGE_ID": one.id,
                "MESSAGE_TYPE": one.kind,
                "TB_ORDER_ID": one.order.tb_id,
                "TB_ORDER_ITEM_ID": one.item_id or None,
                "CHANNEL_SIGN": one.order.sign,
                "CHANNEL_ORDER_ID": one.order.channel_id,
                "QUANTITY": one.quantity or None,
                "PROCESSED": 0,
                "EXPORTED": 0,
                "DATE_CREATED": f"{one.at:%Y-%m-%dT%H:%M:%S}",
            })  # fmt: skip
        return document(root, account.encoding)

    @router.post("/{number}/messages/{id}/exported")
    async def heard(id: str) -> Response:
        account.hear(id)
        return said("message state updated successfully")

    @router.post("/{number}/messages/")
    async def messages(request: Request) -> Response:
        take_messages(account, await received(request, "MESSAGES_LIST"))
        return said("message created successfully")

    return router


def _admit(account: Account, request: Request) -> None:
    expected = base64.b64encode(f"{account.user}:{account.password}".encode()).decode()
    given = request.headers.get("authorization", "")
    revoked = account.faults.take("revoke_token", request.url.path)
    if revoked or not hmac.compare_digest(given.encode(), f"Basic {expected}".encode()):
        raise Refusal(401, "User or password is wrong")
    if request.path_params["number"] != account.number:
        raise Refusal(403, "The user does not belong to this account")


def _listed(account: Account, orders: Iterable[Order]) -> Response:
    root = Element("ORDER_LIST")
    root.extend([element(order, open_quantity=account.open_quantity) for order in orders])
    return document(root, account.encoding)


def _catalogue(account: Account, sign: str, since: datetime) -> Response:
    root = Element("TBCATALOG", {"version": "1.4"})
    groups: dict[str, Element] = {}
    listed = SubElement(root, "PRODUCTDATA")
    for article in account.articles.values():
        if article.changed.replace(microsecond=0) < since or not article.sold_in(sign):
            continue
        if article.product not in groups:
            product = SubElement(listed, "PRODUCT")
            # What a channel is told is TB.One's own number; the merchant's stands beside it.
            add(product, "P_NR", account.products[article.product].id)
            add(product, "P_NR_EXTERNAL", article.product)
            add(SubElement(product, "P_NAME"), "VALUE", article.title, **{"xml:lang": "x-default"})
            about = account.products[article.product]
            if about.text:
                text = SubElement(product, "P_TEXT")
                for language, words in about.text.items():
                    add(text, "VALUE", words, **{"xml:lang": language})
            add_all(product, {"P_BRAND": about.brand or None})
            _media(product, "P", about.media)
            groups[article.product] = SubElement(product, "ARTICLEDATA")
        node = SubElement(groups[article.product], "ARTICLE")
        add_all(node, {"A_NR": article.number, "A_EAN": article.ean or ""})
        prices = SubElement(node, "A_PRICEDATA")
        price = SubElement(prices, "A_PRICE", {"channel": sign, "currency": "EUR"})
        told = article.priced(sign)
        add_all(price, {"A_VK": told.now, "A_VK_OLD": told.before or None, "A_MWST": told.tax_class})
        _media(node, "A", article.media)
        add(node, "A_STOCK", article.stock)
    return document(root, account.encoding)


def _media(node: Element, level: str, media: Mapping[str, int]) -> None:
    if media:
        below = SubElement(node, f"{level}_MEDIADATA")
        for address, place in media.items():
            add(below, f"{level}_MEDIA", address, type="image", sort=str(place))
