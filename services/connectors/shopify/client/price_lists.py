"""What the shop is asked and told about its price lists."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

LARGEST_PAGE = 250
Problems = list[dict[str, Any]]


class PriceLists:
    """`data` asks one operation of the shop's Admin API."""

    def __init__(self, data: Callable[..., Awaitable[dict[str, Any]]]) -> None:
        self._data = data

    async def all(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after: str | None = None
        while True:
            page = (await self._data("PriceLists", first=LARGEST_PAGE, after=after))["priceLists"]
            found += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    async def set(self, id: str, given: Mapping[str, Any]) -> Problems:
        """Prices of variants on one list, all or none: what is wrong with any of them."""
        data = await self._data("SetListPrices", list=id, input=given)
        return list(data["quantityPricingByVariantUpdate"]["userErrors"])
