"""Calls about products: looked for, read whole, made, changed, shown, translated, deleted."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from shared.contracts.errors import Misconfigured, Rejected

Record = dict[str, Any]
NUMBERS_PER_QUERY = 50
LARGEST_PAGE = 250


class Catalogue:
    """The shop's products. What the merchant defined for all of them is asked for once, until it is forgotten:
    metafields, publications, languages.

    Raises Rejected with the platform's own words for whatever a mutation finds wrong with its input.
    """

    def __init__(self, data: Callable[..., Awaitable[Record]], currency: Callable[[], Awaitable[str]]) -> None:
        self._data = data
        self.currency = currency
        self.forget()

    def forget(self) -> None:
        """The merchant may have defined something else meanwhile."""
        self._defined: dict[str, list[Record]] = {}
        self._publications: list[Record] | None = None
        self._languages: list[str] | None = None

    async def product(self, id: str, fields: Sequence[str], piece_fields: Sequence[str]) -> Record | None:
        """A product with all its variants and those of its metafields that are named "namespace.key"."""
        names = {"fields": list(fields), "pieceFields": list(piece_fields)}
        found: Record | None = (await self._data("ProductTold", id=id, **names))["product"]
        if found is None:
            return None
        page = found["variants"]
        rows = list(page["nodes"])
        while page["pageInfo"]["hasNextPage"]:
            after = page["pageInfo"]["endCursor"]
            asked = {"id": id, "first": LARGEST_PAGE, "after": after, "pieceFields": list(piece_fields)}
            owner = (await self._data("ProductPieces", **asked))["product"]
            if owner is None:
                return None
            page = owner["variants"]
            rows += page["nodes"]
        return found | {"variants": rows, "media": found["media"]["nodes"]}

    async def by_handle(self, handle: str) -> str:
        found = (await self._data("ProductByHandle", handle=handle))["productByIdentifier"]
        return str(found["id"]) if found else ""

    async def by_numbers(self, numbers: Sequence[str]) -> set[str]:
        """The products whose variants have any of these numbers exactly; the search finds more than that."""
        owners: set[str] = set()
        for start in range(0, len(numbers), NUMBERS_PER_QUERY):
            asked = [number for number in numbers[start : start + NUMBERS_PER_QUERY] if number]
            quoted = [number.replace("\\", "\\\\").replace("'", "\\'") for number in asked]
            window = " OR ".join(f"sku:'{number}'" for number in quoted)
            rows = await self._all("PiecesBySku", "productVariants", window=window) if quoted else []
            owners |= {row["product"]["id"] for row in rows if row["sku"] in asked}
        return owners

    async def defined(self, owner: str) -> list[Record]:
        """The metafields that the merchant has defined for products or variants."""
        if owner not in self._defined:
            self._defined[owner] = await self._all("FieldsDefined", "metafieldDefinitions", owner=owner)
        return self._defined[owner]

    async def languages(self) -> list[str]:
        """The languages of the shop beside its first one; none where the app may not know."""
        if self._languages is None:
            try:
                rows = (await self._data("Languages"))["shopLocales"]
            except Misconfigured as error:
                if error.code != "scope_missing":
                    raise
                rows = []
            self._languages = [row["locale"] for row in rows if not row["primary"]]
        return self._languages

    async def texts(self, id: str, language: str) -> tuple[dict[str, str], dict[str, str]]:
        """The digests of what can be translated, and the translations that are up to date."""
        found = (await self._permitted("TextsOf", id=id, locale=language))["translatableResource"] or {}
        digests = {row["key"]: row["digest"] for row in found.get("translatableContent", ()) if row["digest"]}
        return digests, {row["key"]: row["value"] for row in found.get("translations", ()) if not row["outdated"]}

    async def media(self, id: str) -> list[Record] | None:
        product = (await self._data("MediaOf", id=id))["product"]
        return None if product is None else list(product["media"]["nodes"])

    async def set(self, identifier: Record, given: Record) -> Record:
        """Makes or changes a product: its id and its media. Never repeated by itself."""
        answer = (await self._data("SetProduct", identifier=identifier, input=given))["productSet"]
        _check(answer["userErrors"])
        return {"id": answer["product"]["id"], "media": answer["product"]["media"]["nodes"]}

    async def set_fields(self, rows: Sequence[Record]) -> None:
        """Metafields, all of them or none."""
        answer = (await self._data("SetFields", fields=list(rows)))["metafieldsSet"]
        for problem in answer["userErrors"]:
            place = problem.get("elementIndex")
            row = rows[place] if place is not None and place < len(rows) else {}
            where = f"{row['namespace']}.{row['key']}" if row else ""
            raise Rejected(f"{where}: {problem['message']}".strip(": "), field=where)

    async def publish(self, id: str, places: Sequence[str]) -> bool:
        """Shows a product in these publications, which are named by id or name. Harmless where it is shown already."""
        if self._publications is None:
            self._publications = await self._all("Publications", "publications", ask=self._permitted)
        known = {key: one["id"] for one in self._publications for key in (one["id"], one["name"])}
        if unknown := [place for place in places if place not in known]:
            raise Rejected(f"the shop has no sales channel {', '.join(unknown)}", field="channels")
        given = [{"publicationId": known[place]} for place in places]
        _check((await self._permitted("Publish", id=id, input=given))["publishablePublish"]["userErrors"])
        return True

    async def translate(self, id: str, texts: Sequence[Record]) -> None:
        answer = await self._permitted("Translate", id=id, texts=list(texts))
        _check(answer["translationsRegister"]["userErrors"])

    async def delete(self, id: str) -> None:
        _check((await self._data("DeleteProduct", id=id))["productDelete"]["userErrors"])

    async def _permitted(self, operation: str, **variables: Any) -> Record:
        """What an app may lack the right to without being of no use: it is told of the one product."""
        try:
            return await self._data(operation, **variables)
        except Misconfigured as error:
            if error.code != "scope_missing":
                raise
            raise Rejected(f"the app lacks a right: {error.detail}", field=error.field) from None

    async def _all(
        self, operation: str, name: str, *, ask: Callable[..., Awaitable[Record]] | None = None, **variables: Any
    ) -> list[Record]:
        found: list[Record] = []
        after: str | None = None
        while True:
            page = (await (ask or self._data)(operation, first=LARGEST_PAGE, after=after, **variables))[name]
            found += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]


def _check(problems: Sequence[Record]) -> None:
    for problem in problems:
        where = ".".join(str(part) for part in problem.get("field") or ())
        raise Rejected(f"{problem['message']} ({where})" if where else str(problem["message"]), field=where)
