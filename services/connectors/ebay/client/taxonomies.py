"""Categories of the marketplace where the account is registered, asked for as the app itself."""

from typing import Any

from services.connectors.ebay.client.api import Api
from shared.contracts.errors import Transient

TAXONOMY = "/commerce/taxonomy/v1"
Row = dict[str, Any]


class Taxonomies:
    """The Taxonomy API."""

    def __init__(self, api: Api, site: str) -> None:
        self._api, self._site = api, site
        self._tree = ""

    async def tree(self) -> Row:
        """All categories, from the root down: some ten megabytes."""
        return await self._asked(f"/category_tree/{await self._id()}")

    async def aspects(self, category: str) -> list[Row]:
        """What is asked of products of a category without others below it."""
        path = f"/category_tree/{await self._id()}/get_item_aspects_for_category"
        return list((await self._asked(path, category_id=category)).get("aspects") or ())

    async def suggestions(self, words: str) -> list[Row]:
        path = f"/category_tree/{await self._id()}/get_category_suggestions"
        return list((await self._asked(path, q=words)).get("categorySuggestions") or ())

    async def _id(self) -> str:
        if not self._tree:
            body = await self._asked("/get_default_category_tree_id", marketplace_id=self._site)
            self._tree = str(body.get("categoryTreeId") or "")
        return self._tree

    async def _asked(self, path: str, **params: str) -> Row:
        """No content is an answer, too: there is none of it."""
        reply = await self._api.app("GET", f"{TAXONOMY}{path}", params=params)
        body = reply.json() if reply.body else {}
        if not isinstance(body, dict):
            raise Transient("The platform's answer is no object.", code="not_json")
        return body
