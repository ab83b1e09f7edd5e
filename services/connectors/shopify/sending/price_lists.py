"""Prices on price lists: one call for some variants of a list, all or none; who is to blame is left out of the next."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from services.connectors.shopify import outbound
from services.connectors.shopify.client import Client
from shared.contracts.errors import Misconfigured, Rejected
from shared.contracts.price import PriceGroup, PricePush, PriceTier

VARIANTS_PER_CALL = 20
"""A variant has at most ten breaks on a list, and a part of a call 250 rows."""
NOTHING_THERE = "PRICE_DELETE_PRICE_NOT_FIXED"
ID = re.compile(r"gid://shopify/PriceList/\d+")
Told = Mapping[int, tuple[str, Sequence[PriceTier]]]


async def price_groups(client: Client) -> Sequence[PriceGroup]:
    """The price lists of the shop, by name. Each belongs to a catalogue of companies or of a market."""
    rows = sorted(await client.price_lists.all(), key=lambda row: str(row["name"]).casefold())
    return [PriceGroup(id=row["id"], label=f"{row['name']} ({row['currency']})") for row in rows]


async def on_lists(client: Client, pushes: Mapping[int, PricePush]) -> dict[int, str]:
    """What speaks against each, by place; all others stand on their lists as they should."""
    refused: dict[int, str] = {}
    told: dict[str, dict[int, tuple[str, Sequence[PriceTier]]]] = {}
    for place, push in pushes.items():
        for id, tiers in outbound.lists(push).items():
            if ID.fullmatch(id):
                told.setdefault(id, {})[place] = (push.external_id, tiers)
            elif tiers:
                refused[place] = f"the shop has no price list {id}"
    for id, rows in told.items():
        places = [place for place in rows if place not in refused]
        for start in range(0, len(places), VARIANTS_PER_CALL):
            part = {place: rows[place] for place in places[start : start + VARIANTS_PER_CALL]}
            try:
                refused |= await _set(client, id, part)
            except Rejected as error:
                refused |= dict.fromkeys(part, error.detail)
            except Misconfigured as error:
                if error.code != "scope_missing":
                    raise
                # A shop without B2B has its other prices told all the same.
                refused |= dict.fromkeys(part, error.detail)
    return refused


async def _set(client: Client, id: str, told: Told) -> dict[int, str]:
    refused: dict[int, str] = {}
    waiting = dict(told)
    while waiting:
        given, owners = outbound.on_list(waiting)
        problems = await client.price_lists.set(id, given)
        if not problems:
            return refused
        blamed = {place: problem for problem in problems if (place := _owner(problem, owners)) is not None}
        if not blamed and len(waiting) > 1:
            # The shop does not say which: only one by one can it be told from its neighbours.
            for place, one in waiting.items():
                refused |= await _set(client, id, {place: one})
            return refused
        for place, problem in (blamed or dict.fromkeys(waiting, problems[0])).items():
            del waiting[place]
            if problem.get("code") != NOTHING_THERE:
                refused[place] = str(problem.get("message") or problem.get("code") or "")
    return refused


def _owner(problem: Mapping[str, Any], owners: Mapping[str, Sequence[int]]) -> int | None:
    """Whose row it is about: `["input", "pricesToAdd", "3"]`."""
    path = [str(part) for part in problem.get("field") or ()]
    for name, row in pairwise(path):
        if name in owners and row.isdigit() and int(row) < len(owners[name]):
            return owners[name][int(row)]
    return None
