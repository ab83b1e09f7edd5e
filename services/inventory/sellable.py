"""How many pieces of a listing a channel may sell, and why that many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

from services.inventory.stock_settings import StockSettings

Meaning = Literal["physical", "available"]
ZERO = Decimal(0)
HUNDRED = Decimal(100)
LARGEST = 2_000_000_000


@dataclass(frozen=True)
class Level:
    """What one warehouse holds of an article. An *available* quantity has the sender's own reservations taken off.
    `with_channel`: it lies with a channel, and counts only where it is chosen by name."""

    warehouse: str
    quantity: Decimal
    meaning: Meaning = "physical"
    counted_at: datetime | None = None
    with_channel: bool = False


@dataclass(frozen=True)
class Supply:
    """Everything about one article: levels, pieces that orders still want, how many of those the merchant's ERP had
    acknowledged before the levels were counted, and how many of these again the sender of available quantities has
    already taken off (`covered`, see `horizon`). An inactive article is not sold, nor is one that was `removed` from a
    connection with the wish that its shop shows 0. A set has `parts`, of which more can be put together; of a part
    `for_sets` are the pieces that sets need which were sold and do not lie ready."""

    levels: tuple[Level, ...] = ()
    reserved: Decimal = ZERO
    covered: Decimal = ZERO
    active: bool = True
    acknowledged: Decimal = ZERO
    correction: Decimal = ZERO
    pseudo_stock: Decimal | None = None
    removed: bool = False
    for_sets: Decimal = ZERO
    parts: tuple["SetPart", ...] = ()


@dataclass(frozen=True)
class SetPart:
    """One part of a set: so many pieces of this article per set."""

    number: str
    per_set: Decimal
    supply: Supply


@dataclass(frozen=True)
class Sellable:
    """The number with every term it was made of, in the order they apply. `from_parts` are whole sets that can still be
    put together, None for what is no set."""

    levels: tuple[Level, ...]
    base: Decimal
    correction: Decimal
    pseudo_stock: Decimal | None
    reserved: Decimal
    acknowledged: Decimal
    covered: Decimal
    for_sets: Decimal
    subtracted: Decimal
    from_parts: Decimal | None
    free: Decimal
    shared: Decimal
    quantity: int


@dataclass(frozen=True)
class Step:
    """One step of the computation: a code of the sentences and its words."""

    code: str
    params: dict[str, str]


def horizon(levels: Sequence[Level]) -> datetime | None:
    """Orders that the sender acknowledged before this time are already taken off the levels.

    That is only sure when every level that holds something was sent as *available*: the oldest of these counts
    decides. None: no order is taken off yet. What lies with a channel has nothing to do with these orders.
    """
    levels = [level for level in levels if not level.with_channel]
    if any(level.meaning == "physical" and level.quantity != 0 for level in levels):
        return None
    return min((one.counted_at for one in levels if one.meaning == "available" and one.counted_at), default=None)


def sellable(supply: Supply, settings: StockSettings, location: str = "") -> Sellable:
    """Σ levels + correction − what orders want (unless already taken off) + what can be put together of its parts, or
    instead of all that the pseudo stock; − buffer, × percentage, at most the maximum, in whole pieces, 0 below the
    minimum."""
    levels = _counted(supply, settings, location)
    base = sum((one.quantity for one in levels), ZERO)
    correction = supply.correction if settings.correction else ZERO
    pseudo = supply.pseudo_stock if settings.pseudo_stock else None
    acknowledged = max(supply.acknowledged, supply.covered)
    subtracted = _subtracted(supply, settings) if pseudo is None else ZERO
    from_parts = None if not supply.parts else min(_sets(one, settings, location) for one in supply.parts)
    free = _free(supply, settings, location) - settings.buffer
    shared = max(free, ZERO) * settings.percentage / HUNDRED
    capped = shared if settings.maximum is None else min(shared, Decimal(settings.maximum))
    whole = min(int(capped.to_integral_value(ROUND_FLOOR)), LARGEST)
    quantity = whole if supply.active and not supply.removed and whole >= settings.minimum else 0
    return Sellable(
        levels, base, correction, pseudo, supply.reserved, acknowledged, supply.covered, supply.for_sets, subtracted,
        from_parts, free, shared, quantity,
    )  # fmt: skip


def _counted(supply: Supply, settings: StockSettings, location: str) -> tuple[Level, ...]:
    chosen = settings.counted_in(location)
    return tuple(one for one in supply.levels if (not one.with_channel if chosen is None else one.warehouse in chosen))


def _free(supply: Supply, settings: StockSettings, location: str) -> Decimal:
    """Pieces before anything is kept back. Finished sets that are missing are taken from the parts' stock, see
    `for_sets`, and not off what can still be put together."""
    if settings.pseudo_stock and supply.pseudo_stock is not None:
        return supply.pseudo_stock
    base = sum((one.quantity for one in _counted(supply, settings, location)), ZERO)
    own = base - _subtracted(supply, settings)
    if supply.parts:
        own = max(own, ZERO) + min(_sets(one, settings, location) for one in supply.parts)
    return own + (supply.correction if settings.correction else ZERO)


def _sets(part: SetPart, settings: StockSettings, location: str) -> Decimal:
    """For how many whole sets this part is enough."""
    return max(_free(part.supply, settings, location), ZERO) // part.per_set


def _subtracted(supply: Supply, settings: StockSettings) -> Decimal:
    """Every piece is either acknowledged or not, so none is taken off twice."""
    acknowledged = max(supply.acknowledged, supply.covered)
    known = acknowledged - supply.covered if settings.reservations else ZERO
    open_orders = supply.reserved - acknowledged if settings.takes_off_open_orders else ZERO
    sets = supply.for_sets if settings.reservations or settings.takes_off_open_orders else ZERO
    return known + open_orders + sets


def explain(supply: Supply, settings: StockSettings, location: str = "") -> list[Step]:
    """The computation as sentences, each with the result so far. Steps that change nothing are left out."""
    made = sellable(supply, settings, location)
    steps = [Step("stock_step_level", _level_words(one)) for one in made.levels]
    if not steps and not supply.parts:
        steps.append(Step("stock_step_no_level", {}))
    if steps:
        steps.append(Step("stock_step_base", {"base": plain(made.base)}))
    if made.pseudo_stock is not None:
        steps.append(Step("stock_step_pseudo", {"pseudo": plain(made.pseudo_stock), "base": plain(made.base)}))
    else:
        steps += _correction_steps(made, settings) + _order_steps(made, settings)
        if made.for_sets:
            steps.append(Step("stock_step_for_sets", {"for_sets": plain(made.for_sets)}))
        if supply.parts:
            steps.append(_parts_step(supply, made, settings, location))
    if settings.buffer:
        steps.append(Step("stock_step_buffer", {"buffer": str(settings.buffer), "free": plain(made.free)}))
    if settings.percentage != HUNDRED:
        steps.append(
            Step("stock_step_percentage", {"percentage": plain(settings.percentage), "shared": plain(made.shared)})
        )
    if settings.maximum is not None and made.shared > settings.maximum:
        steps.append(Step("stock_step_maximum", {"maximum": str(settings.maximum)}))
    if ZERO < made.shared < settings.minimum:
        steps.append(Step("stock_step_minimum", {"minimum": str(settings.minimum), "shared": plain(made.shared)}))
    if made.free < 0:
        steps.append(Step("stock_step_below_zero", {"free": plain(made.free)}))
    if not supply.active:
        steps.append(Step("stock_step_inactive", {}))
    if supply.removed:
        steps.append(Step("stock_step_removed", {}))
    steps.append(Step("stock_step_result", {"quantity": str(made.quantity)}))
    return steps


def _correction_steps(made: Sellable, settings: StockSettings) -> list[Step]:
    steps = [Step("stock_step_no_pseudo", {})] if settings.pseudo_stock else []
    if made.correction:
        corrected = {"correction": f"{made.correction.normalize():+f}", "sum": plain(made.base + made.correction)}
        steps.append(Step("stock_step_correction", corrected))
    return steps


def _order_steps(made: Sellable, settings: StockSettings) -> list[Step]:
    if not made.reserved:
        return []
    split = {"acknowledged": plain(made.acknowledged), "open": plain(made.reserved - made.acknowledged)}
    match settings.reservations, settings.takes_off_open_orders:
        case False, False:
            return [Step("stock_step_reservations_ignored", {"reserved": plain(made.reserved)})]
        case False, True:
            return [Step("stock_step_only_open", split)]
        case True, False:
            steps = [Step("stock_step_only_acknowledged", split)]
        case _:
            steps = [Step("stock_step_reserved", {"reserved": plain(made.reserved)})]
    return [*steps, Step("stock_step_covered", {"covered": plain(made.covered)})] if made.covered else steps


def _parts_step(supply: Supply, made: Sellable, settings: StockSettings, location: str) -> Step:
    scarce = min(supply.parts, key=lambda one: _sets(one, settings, location))
    words = {
        "sets": plain(made.from_parts or ZERO),
        "part": scarce.number,
        "free": plain(max(_free(scarce.supply, settings, location), ZERO)),
        "per_set": plain(scarce.per_set),
    }
    return Step("stock_step_parts", words)


def _level_words(level: Level) -> dict[str, str]:
    counted_at = "–" if level.counted_at is None else f"{level.counted_at:%Y-%m-%d %H:%M:%S} UTC"
    return {
        "warehouse": level.warehouse,
        "quantity": plain(level.quantity),
        "meaning": level.meaning,
        "counted_at": counted_at,
    }


def plain(number: Decimal) -> str:
    """A number as a person writes it: no exponent, no trailing zeros."""
    return f"{number.normalize():f}"
