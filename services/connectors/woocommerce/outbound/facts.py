"""What simple products and variations have in common: numbers, measures, tax, and whether they are counted."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from services.connectors.woocommerce.vocabulary import GRAMS, MILLIMETRES
from shared.contracts.errors import Rejected
from shared.contracts.product import ProductPush, ProductVariant

Record = Mapping[str, Any]
DIGITS = Decimal("0.000001")
SIDES = {"length": "length_mm", "width": "width_mm", "height": "height_mm"}


def facts(command: ProductPush, ours: ProductVariant, units: Mapping[str, str]) -> dict[str, Any]:
    """What we know of a piece; what we do not know is left out and stays as the shop has it."""
    told: dict[str, Any] = {"sku": ours.number}
    if ours.ean:
        told["global_unique_id"] = ours.ean
    if ours.content.sell_off or command.content.sell_off:
        told["backorders"] = "no"
    counted = command.content.counted if ours.content.counted is None else ours.content.counted
    if counted is not None:
        told["manage_stock"] = counted
    unit = GRAMS.get(units.get("woocommerce_weight_unit", ""))
    if (grams := _known(command, ours, "weight_grams")) is not None and unit:
        told["weight"] = number(grams / unit)
    unit = MILLIMETRES.get(units.get("woocommerce_dimension_unit", ""))
    sizes = {side: _known(command, ours, name) for side, name in SIDES.items()}
    if unit and any(size is not None for size in sizes.values()):
        told["dimensions"] = {side: number(size / unit) for side, size in sizes.items() if size is not None}
    return told


def price(ours: ProductVariant, currency: str) -> dict[str, str]:
    """What a piece costs that is made now; later prices are told by themselves."""
    if ours.price is None:
        raise Rejected(f"{ours.number} has no price to begin with", code="product_refused", field="price")
    if ours.price.currency != currency:
        detail = f"the price of {ours.number} is in {ours.price.currency}, the shop sells in {currency}"
        raise Rejected(detail, code="product_refused", field="price")
    return {"regular_price": f"{ours.price.amount:f}"}


def tax_class(ours: ProductVariant, classes: Sequence[str]) -> str:
    """The shop's class by its usual name. Raises Rejected where the shop has none of that name."""
    wanted = {"standard": "", "reduced": "reduced-rate", "exempt": "zero-rate"}[ours.tax]
    if wanted and wanted not in classes:
        raise Rejected(f"the shop has no tax class {wanted}", code="product_refused", field="tax_class")
    return wanted


def number(value: Decimal) -> str:
    text = f"{value.quantize(DIGITS):f}"
    return text.rstrip("0").rstrip(".")


def differing(wanted: Record, found: Record) -> dict[str, Any]:
    """The fields that the shop has otherwise."""
    return {name: value for name, value in wanted.items() if not _same(name, value, found.get(name))}


def _same(name: str, value: Any, has: Any) -> bool:
    if name == "weight":
        return _amount(value) == _amount(has)
    if name == "dimensions":
        return all(_amount(size) == _amount((has or {}).get(side)) for side, size in value.items())
    if name == "tax_class":
        return bool(value == ("" if has in ("parent", "standard", None) else has))
    if name in ("categories", "tags", "brands"):
        return {row["id"] for row in value} == {row["id"] for row in has or ()}
    if name == "cross_sell_ids":
        return set(value) == set(has or ())
    if name == "meta_data":
        kept = {row["key"]: row["value"] for row in has or () if isinstance(row, dict)}
        return all(kept.get(row["key"]) == row["value"] for row in value)
    return bool(value == ("" if has is None else has))


def _known(command: ProductPush, ours: ProductVariant, name: str) -> Decimal | None:
    own: Decimal | None = getattr(ours.content, name)
    above: Decimal | None = getattr(command.content, name)
    return above if own is None else own


def _amount(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text)) if text not in (None, "") else None
    except InvalidOperation:
        return None
