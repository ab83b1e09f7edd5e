"""What the shop is asked and told about goods that come back."""

from collections.abc import Awaitable, Callable
from typing import Any

Problems = list[dict[str, Any]]


class Returning:
    """`data` asks one operation of the shop's Admin API."""

    def __init__(self, data: Callable[..., Awaitable[dict[str, Any]]]) -> None:
        self._data = data

    async def state(self, order_id: str) -> dict[str, Any] | None:
        """An order's returns with their notes, and what of it may come back; None when there is no such order."""
        found = await self._data("ReturnState", id=order_id)
        if found["order"] is None:
            return None
        return {"returns": found["order"]["returns"]["nodes"], "parcels": found["returnableFulfillments"]["nodes"]}

    async def make(self, given: dict[str, Any]) -> tuple[str, Problems]:
        """Opens a return: its id, or what is wrong. Never repeated by itself."""
        made = (await self._data("MakeReturn", input=given))["returnCreate"]
        return str((made["return"] or {}).get("id", "")), list(made["userErrors"])

    async def close(self, id: str) -> Problems:
        """Nothing more of a return is expected. Never repeated by itself."""
        return list((await self._data("CloseReturn", id=id))["returnClose"]["userErrors"])
