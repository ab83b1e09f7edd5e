"""What the merchant's system needs to know to handle an order: the decisions, as one typed object."""

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict

from services.order_import.rules.ruling import Decision
from shared.contracts.order import Address, Order


class Handling(BaseModel):
    """Empty text means: not decided, use your own standard. `payment_method` and `shipping_method` are the merchant's
    methods; the channel's words stand in the order. `free_text` and `internal_text` hold the customer's comment."""

    model_config = ConfigDict(frozen=True)

    project: str = ""
    payment_method: str = ""
    shipping_method: str = ""
    auto_shipping: bool = True
    fast_lane: bool = False
    documents: Literal["delivery_note", "invoice", "both"] = "both"
    terms_of_delivery: str = ""
    language: str = ""
    billing_country: str = ""
    shipping_country: str = ""
    editor: str = ""
    free_text: str = ""
    internal_text: str = ""


def handling(order: Order, project: str, decisions: Iterable[Decision]) -> Handling:
    """`project` is the one the order book keeps, which also orders have that were imported before there were rules."""
    said = {decision.field: decision.value for decision in decisions}
    comment = said.get("comment", "ignore")
    return Handling.model_validate(
        {name: said[name] for name in _AS_SAID if name in said}
        | {
            "project": project,
            "billing_country": said.get("billing_country", _country(order.billing_address)),
            "shipping_country": said.get("shipping_country", _country(order.shipping_address)),
            "free_text": order.note if comment == "free_text" else "",
            "internal_text": order.note if comment == "internal" else "",
        }
    )


_AS_SAID = ("payment_method", "shipping_method", "auto_shipping", "fast_lane", "documents", "terms_of_delivery",
            "language", "editor")  # fmt: skip


def _country(address: Address | None) -> str:
    return "" if address is None else address.country
