"""What a command holds and its connector does not tell: the result says so, for whoever wonders."""

from collections.abc import Sequence
from dataclasses import replace

from shared.connector_kit.declaration import Command, Push, PushResult
from shared.contracts.price import PricePush


def noted(push: Push, commands: Sequence[Command], results: Sequence[PushResult]) -> list[PushResult]:
    """The results; those of prices that were told without their tiers or groups bear a code that says it."""
    return [_noted(push, command.payload, result) for command, result in zip(commands, results, strict=True)]


def _noted(push: Push, payload: object, result: PushResult) -> PushResult:
    if not isinstance(payload, PricePush) or result.code or result.outcome not in ("done", "unchanged", "waiting"):
        return result
    if payload.groups and "groups" not in push.tells:
        return replace(result, code="price_groups_untold")
    if payload.tiers and "tiers" not in push.tells:
        return replace(result, code="price_tiers_untold")
    return result
