"""An order without its person: what remains after an erasure."""

from shared.contracts.order import Address, Order


def anonymous(order: Order) -> Order:
    """Keeps goods, money, times and the country (taxes depend on it); drops who bought, where to, and every text a
    customer may have written."""
    return order.model_copy(
        update={
            "customer": None,
            "billing_address": _country_only(order.billing_address),
            "shipping_address": _country_only(order.shipping_address),
            "line_items": tuple(line.model_copy(update={"properties": ()}) for line in order.line_items),
            "payments": tuple(payment.model_copy(update={"external_id": ""}) for payment in order.payments),
            "refunds": tuple(refund.model_copy(update={"reason": ""}) for refund in order.refunds),
            "note": "",
            "note_shortened": False,
            "purchase_number": "",
            "tags": (),
            "properties": (),
        }
    )


def _country_only(address: Address | None) -> Address | None:
    return None if address is None else Address(country=address.country)
