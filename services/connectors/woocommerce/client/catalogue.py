"""Calls about products: looked for, read, made, changed, put into the bin; and the terms they are sorted by."""

from collections.abc import Awaitable, Callable, Sequence
from html import unescape
from typing import Any

from shared.contracts.errors import Rejected
from shared.http.client import Reply

API = "/wp-json/wc/v3"
PER_PAGE = 100
NUMBERS_PER_QUERY = 50
ROWS_PER_BATCH = 25
IN_THE_BIN = "trash"
TAKEN = "term_exists"
Record = dict[str, Any]


class Catalogue:
    """The shop's products. Categories, tags, brands, attributes and tax classes are asked for once, until they are
    forgotten.

    `units` are those the shop weighs and measures in. Raises Rejected with the shop's own words and its code.
    """

    def __init__(
        self,
        request: Callable[..., Awaitable[Reply]],
        listed: Callable[[str], Awaitable[list[Record]]],
        units: Callable[[], Awaitable[dict[str, str]]],
        visible: bool,
    ) -> None:
        self._request = request
        self._listed = listed
        self.units = units
        self.visible = visible
        self.forget()

    def forget(self) -> None:
        """The merchant may have sorted his shop otherwise meanwhile, and what is gone is ignored in silence."""
        self._lists: dict[str, list[Record]] = {}

    async def product(self, id: str) -> Record | None:
        """One product as it is kept, not as the shop's pages show it; None also for one in the bin."""
        try:
            reply = await self._request("GET", f"{API}/products/{id}", params={"context": "edit"})
        except Rejected as error:
            if error.code == "not_found":
                return None
            raise
        found: Record = reply.json()
        return None if found.get("status") == IN_THE_BIN else found

    async def variations(self, id: int) -> list[Record]:
        return await self._listed(f"products/{id}/variations")

    async def by_numbers(self, numbers: Sequence[str]) -> list[Record]:
        """Products and variations that have any of these numbers exactly."""
        found: list[Record] = []
        for start in range(0, len(numbers), NUMBERS_PER_QUERY):
            asked = [number for number in numbers[start : start + NUMBERS_PER_QUERY] if number]
            params = {"sku": ",".join(asked), "per_page": PER_PAGE, "status": "any"}
            rows = (await self._request("GET", f"{API}/products", params=params)).json() if asked else []
            found += [row for row in rows if row.get("sku") in asked and row.get("status") != IN_THE_BIN]
        return found

    async def create(self, body: Record) -> Record:
        """Never repeated by itself: the shop has no key that would make it one product."""
        made: Record = (await self._request("POST", f"{API}/products", json=body)).json()
        return made

    async def change(self, id: int, body: Record) -> Record:
        """Not repeated by itself either: images are fetched once more."""
        changed: Record = (await self._request("POST", f"{API}/products/{id}", json=body)).json()
        return changed

    async def vary(self, id: int, made: Sequence[Record], changed: Sequence[Record]) -> list[tuple[Record, Record]]:
        """Makes and changes variations of a product: each row with what the shop answered to it."""
        answers: list[tuple[Record, Record]] = []
        for part, rows in (("update", changed), ("create", made)):
            for start in range(0, len(rows), ROWS_PER_BATCH):
                given = list(rows[start : start + ROWS_PER_BATCH])
                reply = await self._request("POST", f"{API}/products/{id}/variations/batch", json={part: given})
                answers += zip(given, reply.json().get(part, []), strict=False)
        return answers

    async def bin(self, id: int) -> None:
        """Into the bin, variations and all, from where the merchant can take it back."""
        await self._request("DELETE", f"{API}/products/{id}", repeatable=True)

    async def category(self, path: str) -> int:
        """A category by its path from the top, of which what is missing is made."""
        parent = 0
        for name in path.split(" > "):
            parent = await self._term("categories", name.strip(), parent)
        return parent

    async def tag(self, name: str) -> int:
        return await self._term("tags", name, 0)

    async def brand(self, name: str) -> int | None:
        """None where the shop has no brands yet (before 9.6)."""
        try:
            return await self._term("brands", name, 0)
        except Rejected as error:
            if error.params.get("platform_code") == "rest_no_route":
                return None
            raise

    async def attributes(self) -> list[Record]:
        """The global attributes."""
        return await self._all("products/attributes")

    async def tax_classes(self) -> list[str]:
        return [str(row["slug"]) for row in await self._all("taxes/classes")]

    async def _term(self, kind: str, name: str, parent: int) -> int:
        """Of categories there are as many as a tree has; of tags and brands there may be thousands, so one is searched
        for."""
        rows = await self._all(f"products/{kind}", name="" if kind == "categories" else name)
        for row in rows:
            if (unescape(row["name"]).lower(), row.get("parent") or 0) == (name.lower(), parent):
                return int(row["id"])
        body: Record = {"name": name} | ({"parent": parent} if parent else {})
        try:
            made: Record = (await self._request("POST", f"{API}/products/{kind}", json=body)).json()
        except Rejected as error:
            known = error.params.get("resource_id", "")
            if error.params.get("platform_code") != TAKEN or not known:
                raise
            # Made meanwhile, by us or by somebody else.
            made = {"id": int(known), "name": name, "parent": parent}
        rows.append(made)
        return int(made["id"])

    async def _all(self, path: str, name: str = "") -> list[Record]:
        """A whole list, or those of it in which a name is found."""
        key = f"{path}?{name}"
        if key not in self._lists:
            if name:
                params = {"search": name, "per_page": PER_PAGE}
                self._lists[key] = (await self._request("GET", f"{API}/{path}", params=params)).json()
            elif path == "products/categories":
                self._lists[key] = list(await self._listed(path))
            else:
                self._lists[key] = (await self._request("GET", f"{API}/{path}")).json()
        return self._lists[key]
