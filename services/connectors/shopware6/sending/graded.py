"""Prices with those by quantity and of groups of customers, in one transaction: none is there without the others."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.connectors.shopware6 import outbound
from services.connectors.shopware6.client import Client
from shared.connector_kit.declaration import PushResult
from shared.contracts.errors import Misconfigured, Rejected
from shared.contracts.price import PriceGroup, PricePush

MOST = 500
ID = re.compile(r"[0-9a-f]{32}")
FIELDS = ["id", "productId", "ruleId", "quantityStart", "quantityEnd", "price"]
Row = dict[str, Any]
Held = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class _Draft:
    """What one listing writes: its product's row, rows beside it, and ids of rows that go."""

    product: Row
    rows: list[Row]
    gone: list[str]


async def price_groups(client: Client) -> Sequence[PriceGroup]:
    """The rules of the shop. Which of them mean groups of customers only the merchant knows."""
    criteria = {"limit": MOST, "sort": [{"field": "name", "order": "ASC"}], "includes": {"rule": ["id", "name"]}}
    return [PriceGroup(id=row["id"], label=row["name"]) for row in await _all(client, "rule", criteria)]


async def graded(client: Client, pushes: Mapping[int, PricePush], currency: str, held: Held) -> dict[int, PushResult]:
    """Answers by place. `held` are the lists of prices of the products, all of which the shop has."""
    try:
        return await _told(client, pushes, currency, held) if pushes else {}
    except Misconfigured as error:
        if error.code != "scope_missing" or not re.search(r"\b(product_price|rule):", error.field):
            raise
        # A role without these rights is of use for everything else.
        return dict.fromkeys(pushes, refused(error.detail))


async def _told(client: Client, pushes: Mapping[int, PricePush], currency: str, held: Held) -> dict[int, PushResult]:
    beside = await _beside(client, sorted({push.external_id for push in pushes.values()}))
    rules = await _rules(client, {rule for push in pushes.values() for rule in outbound.ladders(push)})
    results: dict[int, PushResult] = {}
    waiting: dict[int, _Draft] = {}
    for place, push in pushes.items():
        if lost := sorted(outbound.ladders(push).keys() - rules):
            results[place] = refused(f"the shop has no rule {', '.join(lost)}")
        else:
            rows, gone = outbound.graded(push, currency, beside.get(push.external_id, ()))
            waiting[place] = _Draft(outbound.price(push, currency, held[push.external_id]), rows, gone)
    while waiting:
        try:
            await client.sync(_operations(list(waiting.values())))
        except Rejected as error:
            bad = _blamed(error, waiting)
            if not bad:
                raise
            results |= {place: refused(error.detail) for place in bad}
            waiting = {place: one for place, one in waiting.items() if place not in bad}
            continue
        results |= {place: _done(pushes[place]) for place in waiting}
        break
    return results


def refused(detail: str) -> PushResult:
    return PushResult("failed", "price_refused", {"detail": detail})


def _done(push: PricePush) -> PushResult:
    code = "price_tiers_without_group" if push.tiers and not push.tiers_group else ""
    return PushResult("done", code, external_id=push.external_id)


def _operations(drafts: Sequence[_Draft]) -> list[tuple[str, str, list[Row]]]:
    operations = [("upsert", "product", [one.product for one in drafts])]
    if rows := [row for one in drafts for row in one.rows]:
        operations.append(("upsert", "product_price", rows))
    if gone := [{"id": id} for one in drafts for id in one.gone]:
        operations.append(("delete", "product_price", gone))
    return operations


def _blamed(error: Rejected, drafts: Mapping[int, _Draft]) -> set[int]:
    """The listings whose rows the shop complains about: `/<entity>_<operation>/<place>/<field>`."""
    owners = {"product_0": list(drafts), "product_price_1": [place for place, one in drafts.items() for _ in one.rows]}
    parts = [[*pointer.split("/"), "", ""] for pointer in error.params.get("pointers", "").split()]
    named = [(owners.get(part[1], []), part[2]) for part in parts]
    return {places[int(row)] for places, row in named if row.isdigit() and int(row) < len(places)}


async def _beside(client: Client, products: Sequence[str]) -> dict[str, list[Row]]:
    """The rows of these products themselves; a variant without any shows its parent's, which are not its own."""
    mine = {"type": "equalsAny", "field": "productId", "value": "|".join(products)}
    order = [{"field": "id", "order": "ASC"}]
    criteria = {"limit": MOST, "filter": [mine], "sort": order, "includes": {"product_price": FIELDS}}
    found: dict[str, list[Row]] = {}
    for row in await _all(client, "product-price", criteria):
        found.setdefault(row["productId"], []).append(row)
    return found


async def _rules(client: Client, ids: Collection[str]) -> set[str]:
    """Those of the rules that the shop has."""
    asked = sorted(id for id in ids if ID.fullmatch(id))
    criteria = {"ids": asked, "limit": MOST, "includes": {"rule": ["id"]}}
    return {str(row["id"]) for row in await client.search("rule", criteria)} if asked else set()


async def _all(client: Client, entity: str, criteria: Mapping[str, Any]) -> list[Row]:
    rows: list[Row] = []
    page = 1
    while True:
        found = await client.search(entity, {**criteria, "page": page})
        rows += found
        if len(found) < MOST:
            return rows
        page += 1
