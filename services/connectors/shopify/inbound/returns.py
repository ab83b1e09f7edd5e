"""Goods that come back, as the shop keeps them beside the money."""

from decimal import Decimal

from services.connectors.shopify import wire
from services.connectors.shopify.inbound.words import known
from services.connectors.shopify.vocabulary import RETURN_STATES
from shared.contracts.order import Return, ReturnedLine
from shared.contracts.repayment import is_ours


def returns(raw: wire.Order) -> tuple[Return, ...]:
    """Every return of the order, whatever became of it."""
    return tuple(
        Return(
            external_id=one.id,
            state=known(RETURN_STATES, one.status, "returns.status"),
            lines=tuple(
                ReturnedLine(line_external_id=line.fulfillment_line_item.line_item.id, quantity=Decimal(line.quantity))
                for line in one.return_line_items
                if line.fulfillment_line_item is not None
            ),
            ours=any(is_ours(line.return_reason_note or "") for line in one.return_line_items),
        )
        for one in raw.returns
    )
