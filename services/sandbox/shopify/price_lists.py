"""Price lists of catalogues: fixed prices of variants, and what one piece costs if more are bought.

What is written is written as a whole or not at all; what is deleted goes first. Only shops with B2B may do it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from graphql import GraphQLError

from services.sandbox.shopify import paging
from services.sandbox.shopify.backend import Backend, user_error
from services.sandbox.shopify.execution import Call
from services.sandbox.shopify.identity import gid

Record = dict[str, Any]
MOST, MOST_BREAKS = 250, 10
LISTS = (("Kataloge für alle", "EUR"), ("Händler", "EUR"), ("Stammkunden", "EUR"))


@dataclass
class Fixed:
    """A variant's price on a list. `breaks`: from so many pieces on."""

    price: Decimal
    breaks: dict[int, Decimal] = field(default_factory=dict)

    def of(self, quantity: int) -> Decimal:
        reached = [least for least in self.breaks if least <= quantity]
        return self.breaks[max(reached)] if reached else self.price


class PriceLists:
    """`b2b`: whether the shop has these features. `fixed` are prices by list and variant."""

    def __init__(self) -> None:
        self.b2b = True
        self.rows: list[Record] = [
            {"__typename": "PriceList", "id": gid("PriceList", place), "name": name, "currency": currency}
            for place, (name, currency) in enumerate(LISTS, 1)
        ]
        self.fixed: dict[str, dict[str, Fixed]] = {row["id"]: {} for row in self.rows}

    def page(self, backend: Backend, call: Call) -> paging.Page:
        rows = [row | {"fixedPricesCount": len(self.fixed[row["id"]])} for row in self.rows]
        return paging.window(rows, call.args, "priceLists")

    def update(self, backend: Backend, call: Call) -> Record:
        if not self.b2b:
            raise GraphQLError(
                "Access denied for quantityPricingByVariantUpdate field. Required access: `write_products` access "
                "scope. Also: The user must have permission to create and edit catalogs, and the shop requires B2B "
                "features enabled.",
                extensions={"code": "ACCESS_DENIED"},
            )
        given = call.args["input"]
        if any(len(rows or ()) > MOST for rows in given.values()):
            raise GraphQLError(
                f"The input array size is greater than the maximum allowed of {MOST}.",
                extensions={"code": "MAX_INPUT_SIZE_EXCEEDED"},
            )
        row = next((row for row in self.rows if row["id"] == call.args["priceListId"]), None)
        if row is None:
            return _answer([user_error("Price list does not exist.", "priceListId", code="PRICE_LIST_NOT_FOUND")])
        held = self.fixed[row["id"]]
        if errors := list(_problems(backend, row, held, given)):
            return _answer(errors)
        for variant in given["pricesToDeleteByVariantId"]:
            del held[variant]
        for variant in given["quantityPriceBreaksToDeleteByVariantId"] or ():
            if variant in held:
                held[variant].breaks = {}
        for one in given["pricesToAdd"]:
            breaks = held[one["variantId"]].breaks if one["variantId"] in held else {}
            held[one["variantId"]] = Fixed(Decimal(str(one["price"]["amount"])), breaks)
        for one in given["quantityPriceBreaksToAdd"]:
            held[one["variantId"]].breaks[one["minimumQuantity"]] = Decimal(str(one["price"]["amount"]))
        return _answer([])


def _problems(backend: Backend, row: Record, held: dict[str, Fixed], given: Record) -> Iterator[Record]:
    def known(variant: str) -> bool:
        record = backend.catalogue.find(variant)
        return record is not None and record["__typename"] == "ProductVariant"

    def wrong(name: str, place: int, code: str, message: str) -> Record:
        return user_error(message, "input", name, str(place), code=code)

    gone = given["pricesToDeleteByVariantId"]
    for place, variant in enumerate(gone):
        if not known(variant):
            yield wrong("pricesToDeleteByVariantId", place, "PRICE_DELETE_VARIANT_NOT_FOUND", "Variant not found.")
        elif variant not in held:
            yield wrong("pricesToDeleteByVariantId", place, "PRICE_DELETE_PRICE_NOT_FIXED", "Price is not fixed.")
    name = "quantityPriceBreaksToDeleteByVariantId"
    for place, variant in enumerate(given[name] or ()):
        if not known(variant):
            yield wrong(name, place, "QUANTITY_PRICE_BREAK_DELETE_BY_VARIANT_ID_VARIANT_NOT_FOUND", "Not found.")
    priced: set[str] = set()
    for place, one in enumerate(given["pricesToAdd"]):
        if not known(one["variantId"]):
            yield wrong("pricesToAdd", place, "PRICE_ADD_VARIANT_NOT_FOUND", "Variant not found.")
        elif one["variantId"] in priced:
            yield wrong("pricesToAdd", place, "PRICE_ADD_DUPLICATE_INPUT_FOR_VARIANT", "Variants must be unique.")
        elif one["price"]["currencyCode"] != row["currency"]:
            yield wrong("pricesToAdd", place, "PRICE_ADD_CURRENCY_MISMATCH", "The list has another currency.")
        priced.add(one["variantId"])
    cleared = set(given[name] or ())
    breaks = {id: set() if id in cleared else set(fixed.breaks) for id, fixed in held.items() if id not in gone}
    breaks |= {id: breaks.get(id, set()) for id in priced}
    for place, one in enumerate(given["quantityPriceBreaksToAdd"]):
        code = _wrong_break(one, row, breaks, known=known(one["variantId"]))
        if code:
            yield wrong("quantityPriceBreaksToAdd", place, f"QUANTITY_PRICE_BREAK_ADD_{code}", "Invalid break.")
        else:
            breaks[one["variantId"]].add(one["minimumQuantity"])


def _wrong_break(one: Record, row: Record, breaks: dict[str, set[int]], *, known: bool) -> str:
    if not known:
        return "VARIANT_NOT_FOUND"
    held = breaks.get(one["variantId"])
    if held is None:
        return "PRICE_LIST_PRICE_NOT_FOUND"
    if one["price"]["currencyCode"] != row["currency"]:
        return "CURRENCY_MISMATCH"
    if one["minimumQuantity"] in held:
        return "DUPLICATE_INPUT_FOR_VARIANT_AND_MIN"
    return "LIMIT_EXCEEDED" if len(held) >= MOST_BREAKS else ""


def _answer(errors: list[Record]) -> Record:
    return {"productVariants": None if errors else [], "userErrors": errors}
