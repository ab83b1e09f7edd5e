"""Prices by quantity and of groups of customers: rows of their own beside a product, each under a rule of the shop.

Ours are known by their ids, which follow from product, rule and quantity: what anybody else entered has another.
"""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from services.connectors.shopware6.outbound.commands import both_prices
from services.connectors.shopware6.outbound.ids import id_of
from shared.contracts.price import PricePush, PriceTier

Row = Mapping[str, Any]


def ladders(command: PricePush) -> dict[str, tuple[PriceTier, ...]]:
    """What is to be under which rule, from one piece upwards. The listing's own tiers need a rule for everybody."""
    found = {one.group: one.tiers for one in command.groups}
    if command.tiers and command.tiers_group:
        found[command.tiers_group] = (PriceTier(from_quantity=1, price=command.price), *command.tiers)
    return found


def graded(command: PricePush, currency: str, held: Sequence[Row]) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows to write, and the ids of those to take away. `held` are the product's own as they are.

    A rule that is told has our rows only; under any other rule only ours go. Other currencies of a row stay.
    """
    known = {str(row["id"]): row for row in held}
    wanted: dict[str, dict[str, Any]] = {}
    told = ladders(command)
    for rule, tiers in told.items():
        for tier, after in zip_longest(tiers, tiers[1:]):
            id = _id(command.external_id, rule, tier.from_quantity)
            both = both_prices(tier.price, command.tax_rate, includes_tax=command.includes_tax)
            others = [dict(one) for one in known.get(id, {}).get("price", ()) if one.get("currencyId") != currency]
            wanted[id] = {
                "id": id, "productId": command.external_id, "ruleId": rule, "quantityStart": tier.from_quantity,
                "quantityEnd": after and after.from_quantity - 1,
                "price": [{"currencyId": currency, "linked": True, **both}, *others],
            }  # fmt: skip
    gone = [id for id, row in known.items() if id not in wanted and (row["ruleId"] in told or _ours(row))]
    return list(wanted.values()), gone


def _ours(row: Row) -> bool:
    return bool(row["id"] == _id(row["productId"], row["ruleId"], row["quantityStart"]))


def _id(product: str, rule: str, quantity: int) -> str:
    return id_of("product_price", product, rule, str(quantity))
