"""What is wrong with one product variation by itself."""

from collections.abc import Iterator
from typing import Any

from services.sandbox.otto.catalogue import brands, group_of
from services.sandbox.otto.pricing import wrong_prices
from services.sandbox.otto.tasks import Errors, error

PATH = "/v5/products"
EEA = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split())
ROLES = frozenset({"MANUFACTURER", "DISTRIBUTOR"})
KNOWN = frozenset(
    """productReference sku ean pzn mpn moin releaseDate productDescription mediaAssets order delivery pricing logistics
    compliance""".split()
)

NORMS = {"Stk": (1,), "qm": (1,), "kg": (1,), "l": (1,), "m": (1,), "ml": (100,), "g": (1, 100, 1000), "Paar": (1,),
         "RM": (1,), "dm3": (1,)}  # fmt: skip


def wrong_product(row: dict[str, Any]) -> Errors:
    """Every error, as the task lists them."""
    found = [_error("100100", "The property is mandatory", f"$.{name}") for name in _missing(row)]
    found += [_error("100101", "The property is not known", f"$.{name}") for name in row if name not in KNOWN]
    for name in ("productReference", "sku", "mpn"):
        text = str(row.get(name) or "")
        if len(text) > 50 or text != text.strip():
            found.append(_error("100102", "At most 50 characters without blanks around them", f"$.{name}"))
    ean = str(row.get("ean") or "")
    if ean and (not ean.isdecimal() or len(ean) not in (8, 12, 13, 14) or ean.startswith("2")):
        found.append(_error("100103", "The EAN is not valid", "$.ean"))
    found += _description(row.get("productDescription") or {})
    images = [one for one in row.get("mediaAssets") or () if one.get("type") == "IMAGE"]
    if not images:
        found.append(_error("100140", "At least one media asset of type IMAGE is needed", "$.mediaAssets"))
    for place, one in enumerate(row.get("mediaAssets") or ()):
        if not str(one.get("location", "")).startswith(("https://", "http://")):
            found.append(_error("100141", "The location is no address", f"$.mediaAssets[{place}].location"))
    return [*found, *_pricing(row.get("pricing") or {}), *_safety(row.get("compliance") or {})]


def _missing(row: dict[str, Any]) -> Iterator[str]:
    for name in ("productReference", "ean", "productDescription", "mediaAssets", "pricing", "compliance"):
        if not row.get(name):
            yield name


def _description(described: dict[str, Any]) -> Errors:
    where, found = "$.productDescription", []
    group = group_of(described.get("category", ""))
    if group is None:
        found.append(_error("100110", f"The category {described.get('category')} is not known", f"{where}.category"))
    brand = next((one for one in brands() if one["id"] == described.get("brandId")), None)
    if brand is None or not brand["usable"]:
        words = "is not known" if brand is None else "must not be used by this seller"
        found.append(_error("100111", f"The brand {described.get('brandId')} {words}", f"{where}.brandId"))
    if len(described.get("productLine") or "") > 70:
        found.append(_error("100112", "At most 70 characters", f"{where}.productLine"))
    for place, point in enumerate(described.get("bulletPoints") or ()):
        if not 3 <= len(point) <= 180:
            found.append(_error("100113", "From 3 to 180 characters", f"{where}.bulletPoints[{place}]"))
    return found if group is None else [*found, *_attributes(described.get("attributes") or [], group)]


def _attributes(given: list[dict[str, Any]], group: dict[str, Any]) -> Iterator[dict[str, Any]]:
    where = "$.productDescription.attributes"
    names = {one["name"] for one in given if one.get("values")}
    for asked in group["attributes"]:
        if "LEGAL" in asked["featureRelevance"] and asked["name"] not in names:
            yield _error("100120", f"The attribute {asked['name']} is mandatory", where)
    asked_by_name = {one["name"]: one for one in group["attributes"]}
    for place, one in enumerate(given):
        if (asked := asked_by_name.get(one["name"])) is None:
            if not one.get("additional"):
                yield _error("100121", f"The attribute {one['name']} is not known", f"{where}[{place}]")
            continue
        if len(one["values"]) > 1 and not asked["multiValue"]:
            yield _error("100122", f"The attribute {one['name']} has one value", f"{where}[{place}]")
        for value in one["values"]:
            if asked["allowedValues"] and value not in asked["allowedValues"]:
                yield _error("100123", f"The value {value} of {one['name']} is not allowed", f"{where}[{place}]")
            if asked["type"] in ("FLOAT", "INTEGER") and not _number(value, asked["type"]):
                yield _error("100124", f"The value {value} of {one['name']} is no number", f"{where}[{place}]")


def _number(text: str, type: str) -> bool:
    try:
        int(text) if type == "INTEGER" else float(text)
    except ValueError:
        return False
    return True


def _pricing(pricing: dict[str, Any]) -> Errors:
    if not pricing:
        return []
    if not pricing.get("standardPrice"):
        return [_error("100100", "The property is mandatory", "$.pricing.standardPrice")]
    found = wrong_prices(pricing, ".pricing")
    if pricing.get("vat") not in ("FULL", "REDUCED", "FREE"):
        found.append(_error("100222", "The value added tax is not valid", "$.pricing.vat"))
    return found + _norm(pricing.get("normPriceInfo"))


def _norm(norm: dict[str, Any] | None) -> Errors:
    """All of it or none, and of the unit one of the amounts that a price may be based on."""
    if norm is None:
        return []
    at = "$.pricing.normPriceInfo"
    if missing := [one for one in ("normAmount", "normUnit", "salesAmount", "salesUnit") if not norm.get(one)]:
        return [_error("100100", "The property is mandatory", f"{at}.{one}") for one in missing]
    if norm["normAmount"] not in NORMS.get(norm["normUnit"], ()) or norm["salesUnit"] not in NORMS:
        return [_error("100223", "The norm price information is not valid", at)]
    return []


def _safety(compliance: dict[str, Any]) -> Errors:
    if not compliance:
        return []
    where, found = "$.compliance.productSafety.addresses", []
    addresses = (compliance.get("productSafety") or {}).get("addresses") or []
    if not addresses:
        found.append(_error("100100", "The property is mandatory", where))
    for place, one in enumerate(addresses):
        at = f"{where}[{place}]"
        found += [
            _error("100100", "The property is mandatory", f"{at}.{name}")
            for name in ("name", "address", "regionCode", "roles") if not one.get(name)
        ]  # fmt: skip
        if not one.get("email") and not one.get("url"):
            found.append(_error("100131", "An email or a url is needed", at))
        if len(one.get("name", "")) > 100 or len(one.get("address", "")) > 200 or "\n" in one.get("address", ""):
            found.append(_error("100132", "The address is too long or has line breaks", at))
        if one.get("regionCode") not in EEA:
            found.append(_error("100133", "The region is not in the European Economic Area", f"{at}.regionCode"))
        if set(one.get("roles") or ()) - ROLES:
            found.append(_error("100134", "The role is not known", f"{at}.roles"))
    return found


def _error(code: str, title: str, json_path: str) -> dict[str, Any]:
    return error(code, title, json_path, PATH)
