"""Prices by quantity and of groups of customers: a group is a price list, which holds fixed prices and breaks."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.contracts.money import Money
from shared.contracts.price import PricePush, PriceTier

ADDS, BREAKS, DELETES = "pricesToAdd", "quantityPriceBreaksToAdd", "pricesToDeleteByVariantId"
CLEARS = "quantityPriceBreaksToDeleteByVariantId"


def lists(command: PricePush) -> dict[str, tuple[PriceTier, ...]]:
    """What is to stand on which list, from one piece upwards; nothing on those where prices of ours stood before."""
    found: dict[str, tuple[PriceTier, ...]] = dict.fromkeys(command.former_groups, ())
    found |= {one.group: one.tiers for one in command.groups}
    if command.tiers and command.tiers_group:
        found[command.tiers_group] = (PriceTier(from_quantity=1, price=command.price), *command.tiers)
    return found


def on_list(told: Mapping[int, tuple[str, Sequence[PriceTier]]]) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """One change of a list for variants with their tiers, by place; and whose the rows of each part of it are."""
    given: dict[str, Any] = {name: [] for name in (ADDS, DELETES, BREAKS, CLEARS)}
    owners: dict[str, list[int]] = {name: [] for name in given}

    def put(name: str, place: int, row: Any) -> None:
        given[name].append(row)
        owners[name].append(place)

    for place, (variant, tiers) in told.items():
        put(CLEARS, place, variant)
        if not tiers:
            put(DELETES, place, variant)
        for tier in tiers:
            row = {"variantId": variant, "price": _money(tier.price)}
            if tier.from_quantity > 1:
                put(BREAKS, place, row | {"minimumQuantity": tier.from_quantity})
            else:
                put(ADDS, place, row)
    beside: dict[str, Any] = {
        "quantityPriceBreaksToDelete": [], "quantityRulesToAdd": [], "quantityRulesToDeleteByVariantId": [],
    }  # fmt: skip
    return given | beside, owners


def _money(money: Money) -> dict[str, str]:
    return {"amount": f"{money.amount:f}", "currencyCode": money.currency}
