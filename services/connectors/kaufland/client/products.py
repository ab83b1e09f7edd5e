"""Product data, and the platform's categories and lists that it is told by."""

import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from services.connectors.kaufland.client.answers import data, found, rows
from services.connectors.kaufland.vocabulary import LOCALES
from shared.http.client import ShopClient

PER_PAGE = 100
KEPT_SECONDS = 24 * 3600.0
Row = dict[str, Any]


class Products:
    """One method per call. What the seller has told of a product is kept for a day: it is asked for with every reading
    of an offer and hardly ever changes but through us, and what we tell is forgotten here at once."""

    def __init__(self, api: ShopClient) -> None:
        self._api = api
        self._trees: dict[str, Row] = {}
        self._told: dict[tuple[str, str], tuple[float, Row | None]] = {}

    async def tree(self, storefront: str) -> Row:
        """The topmost category with all others in it; asked for once."""
        if storefront not in self._trees:
            reply = await self._api.request("GET", "/categories/tree", params=_place(storefront))
            self._trees[storefront] = data(reply)
        return self._trees[storefront]

    async def attributes(self, storefront: str, category: str, kind: str) -> list[Row]:
        """What a category asks for: `required_attributes` or `optional_attributes`. Raises Rejected for none."""
        params = _place(storefront) | {"embedded": kind}
        reply = await self._api.request("GET", f"/categories/{quote(category, safe='')}", params=params)
        named: list[Row] = data(reply).get(kind) or []
        return named

    async def decided(self, storefront: str, title: str) -> list[Row]:
        """Categories that the platform takes a product of this title for, the best first."""
        body = {"item": {"title": title, "description": title, "manufacturer": ""}, "price": 1.0}
        params = _place(storefront)
        return rows(await self._api.request("POST", "/categories/decide", params=params, json=body, repeatable=True))

    async def shared_set(self, attribute: int, storefront: str, offset: int) -> list[Row]:
        """Some values of a list."""
        params: Row = {"locale": LOCALES[storefront], "limit": PER_PAGE, "offset": offset}
        return rows(await self._api.request("GET", f"/attributes/{attribute}/shared-set", params=params))

    async def told(self, ean: str, storefront: str) -> Row | None:
        """The attributes that the seller has told of a product; None where he has told none."""
        locale = LOCALES.get(storefront, "")
        if not ean or not locale:
            return None
        at, known = self._told.get((ean, locale), (-KEPT_SECONDS, None))
        if time.monotonic() - at >= KEPT_SECONDS:
            row = await found(self._api, f"/product-data/{quote(ean, safe='')}", {"locale": locale})
            known = (row or {}).get("attributes")
            self._told[ean, locale] = time.monotonic(), known
        return known

    async def tell(self, storefront: str, body: Row) -> None:
        """Replaces what was told before, so telling it again changes nothing."""
        locale = LOCALES[storefront]
        self.forget(body["ean"], storefront)
        await self._api.request("PUT", "/product-data", params={"locale": locale}, json=body, repeatable=True)

    def forget(self, eans: Sequence[str], storefront: str) -> None:
        for ean in eans:
            self._told.pop((ean, LOCALES.get(storefront, "")), None)

    async def status(self, ean: str, storefront: str) -> Row | None:
        """How far the platform is with what it was told; None where it knows of nothing."""
        return await found(self._api, f"/product-data/status/{quote(ean, safe='')}", {"locale": LOCALES[storefront]})

    async def units_of(self, storefront: str, number: str) -> list[Row]:
        """The seller's offers with this number; a new one is not listed for some minutes."""
        params: Row = {"storefront": storefront, "id_offer": number, "limit": PER_PAGE}
        return rows(await self._api.request("GET", "/units", params=params))

    async def create_unit(self, storefront: str, body: Row) -> int:
        """A new offer of a product that the platform knows; answers its id."""
        reply = await self._api.request("POST", "/units", params={"storefront": storefront}, json=body)
        return int(data(reply)["id_unit"])


def _place(storefront: str) -> Row:
    """Names are told in the storefront's own language."""
    return {"storefront": storefront, "locale": LOCALES.get(storefront)}
