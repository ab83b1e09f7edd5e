"""The channel's words that no row knows yet, and what a row for them might say."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from services.order_import.rules.model import OrderRules
from shared.contracts.order import Order

Kind = Literal["payment", "shipping", "country"]
Words = frozenset[tuple[Kind, str]]


def rows_of(rules: OrderRules) -> dict[Kind, dict[str, str]]:
    """The rows for each kind of word."""
    return {"payment": rules.payments.rows, "shipping": rules.shipping.rows, "country": rules.countries.rows}


def words_of(order: Order) -> Words:
    """Every word of the order that could have a row."""
    countries = [address.country for address in (order.billing_address, order.shipping_address) if address is not None]
    return _words(order.payment_method, order.shipping_method, countries)


def words_of_content(content: Mapping[str, Any]) -> Words:
    """The same of a stored order, without reading all of it."""
    addresses = (content.get("billing_address") or {}, content.get("shipping_address") or {})
    return _words(
        content.get("payment_method", ""),
        content.get("shipping_method", ""),
        [address.get("country", "") for address in addresses],
    )


def unknown(words: Words, rules: OrderRules) -> Words:
    """Those without a row."""
    rows = rows_of(rules)
    return frozenset([one for one in words if one[1] not in rows[one[0]]])


def proposal(kind: Kind, word: str, rules: OrderRules) -> str:
    """What a person may confirm: the value of a row, or a method, that differs in case and blanks only. Empty when
    there is none or more than one. A proposal never decides."""
    rows = rows_of(rules)[kind]
    like = {value for known, value in rows.items() if normalised(known) == normalised(word)}
    if not like:
        names = {"payment": rules.payments.methods, "shipping": rules.shipping.methods, "country": rows.values()}[kind]
        like = {name for name in names if normalised(name) == normalised(word)}
    if not like and kind == "country":
        return word
    return like.pop() if len(like) == 1 else ""


def normalised(word: str) -> str:
    """Without case, and with single blanks."""
    return " ".join(word.casefold().split())


def _words(payment: str, shipping: str, countries: Iterable[str]) -> Words:
    found: list[tuple[Kind, str]] = [("payment", payment), ("shipping", shipping)]
    found += [("country", country) for country in countries]
    return frozenset([one for one in found if one[1]])
