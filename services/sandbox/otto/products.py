"""Whole products: checked row by row as a task, and looked at by OTTO itself a while later."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.sandbox.otto.catalogue import group_of
from services.sandbox.otto.checking import wrong_product
from services.sandbox.otto.goods import Goods, Variation, moin_of
from services.sandbox.otto.tasks import Outcome, Tasks, error

PATH = "/v5/products"
SAME_FOR_ALL = ("category", "brandId", "productLine")


@dataclass
class Products:
    """`sent` is what was sent last for each number, taken or not. `refused` are numbers that OTTO does not want, with
    its words; `review` is how long it takes to look at what is new."""

    goods: Goods
    tasks: Tasks
    clock: Callable[[], datetime]
    refused: Mapping[str, str]
    review: timedelta
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, rows: Any, stamp: str | None) -> dict[str, Any]:
        """Raises ApiError for the whole call."""
        return self.tasks.take(rows, stamp, self._apply, ("sku",))

    def switch(self, rows: Any, stamp: str | None) -> dict[str, Any]:
        """Takes articles off sale, or back onto it. Raises ApiError for the whole call."""
        return self.tasks.take(rows, stamp, self._switch, ("sku",))

    def _switch(self, row: dict[str, Any]) -> Outcome:
        known, active = self.goods.rows.get(str(row["sku"])), row.get("active") is True
        if known is None:
            words = f"There is no product variation with the sku {row['sku']}"
            return "failed", [error("100300", words, "$.sku", f"{PATH}/active-status")]
        if known.active is active:
            return "unchanged", []
        known.active, known.changed_at = active, self.clock()
        return "succeeded", []

    def _apply(self, row: dict[str, Any]) -> Outcome:
        sku = str(row["sku"])
        if self.sent.get(sku) == row:
            return "unchanged", []
        self.sent[sku] = row
        if wrong := [*wrong_product(row), *self._against_others(row)]:
            return "failed", wrong
        known, now = self.goods.rows.get(sku), self.clock()
        content = {name: value for name, value in row.items() if name != "pricing"}
        pricing = {name: value for name, value in row["pricing"].items() if name != "vat"}
        self.goods.rows[sku] = Variation(
            content, pricing, row["pricing"]["vat"], known.moin if known else "", "PENDING",
            known.quantity if known else None, now, known.counted_at if known else now, review_at=now + self.review,
            profile=known.profile if known else {}, active=known.active if known else True,
        )  # fmt: skip
        return "succeeded", []

    def _against_others(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        """What is sound by itself and does not go with what is listed already."""
        sku, found = str(row["sku"]), []
        known = self.goods.rows.get(sku)
        if known is not None and known.active and known.reference != row.get("productReference"):
            words = "The product reference of a variation cannot be changed while it is active"
            found.append(error("100153", words, "$.productReference", PATH))
        for other in self.goods.rows.values():
            if other.sku == sku:
                continue
            if row.get("ean") and other.content["ean"] == row["ean"]:
                found.append(error("100104", f"The EAN belongs to the sku {other.sku}", "$.ean", PATH))
            if other.reference == row.get("productReference"):
                mine, theirs = row.get("productDescription") or {}, other.content["productDescription"]
                found += [
                    error("100154", "Must be identical for all variations of a product", f"$.productDescription.{name}",
                          PATH)
                    for name in SAME_FOR_ALL if mine.get(name) != theirs.get(name)
                ]  # fmt: skip
        return found

    def look(self) -> None:
        """OTTO's own look at everything that is due."""
        for row in self.goods.rows.values():
            if row.review_at is not None and row.review_at <= self.clock():
                row.changed_at, row.review_at = row.review_at, None
                row.errors = self._verdict(row)
                row.status = "REJECTED" if row.errors else "ONLINE"
                row.moin = row.moin or ("" if row.errors else moin_of(row.sku))

    def _verdict(self, row: Variation) -> list[dict[str, str]]:
        if row.sku in self.refused:
            return [{"code": "600001 - CONTENT_INVALID", "title": self.refused[row.sku]}]
        themes = _themes(row.content)
        for other in self.goods.rows.values():
            if other is not row and other.reference == row.reference and themes == _themes(other.content):
                words = f"Die variantenbildenden Merkmale unterscheiden sich nicht von denen der Variante {other.sku}."
                return [{"code": "600004 - VARIATIONTHEME_INVALID", "title": words}]
        return []


def _themes(content: dict[str, Any]) -> dict[str, list[str]]:
    """What makes this variation differ from others of its product."""
    described = content["productDescription"]
    group = group_of(described["category"]) or {"variationThemes": []}
    given = {one["name"]: one["values"] for one in described.get("attributes") or ()}
    return {name: given.get(name, []) for name in group["variationThemes"]}
