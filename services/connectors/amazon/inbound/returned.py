"""Reports of returns: to ourselves, by the request for it, and to Amazon, by the piece."""

from dataclasses import dataclass

from services.connectors.amazon import wire
from services.connectors.amazon.inbound.tables import pieces, table
from services.connectors.amazon.vocabulary import RETURN_STATES
from shared.contracts.order import ReturnState


@dataclass(frozen=True)
class ToldReturn:
    """A row of a report: which pieces of which order. `word` is the platform's word for the state."""

    order_id: str
    id: str
    word: str
    state: ReturnState | None
    sku: str
    asin: str
    quantity: int


def to_us(content: bytes) -> list[ToldReturn]:
    """Return requests of orders that we sent. Raises Untranslatable for a table that is none of these."""
    named = ("Order ID", "Return request status", "Amazon RMA ID", "Merchant SKU", "Return quantity")
    return [_requested(row) for row in table(content, *named)]


def _requested(row: dict[str, str]) -> ToldReturn:
    word, sku = row["Return request status"], row["Merchant SKU"]
    quantity = pieces(row["Return quantity"], "Return quantity")
    id = row["Amazon RMA ID"] or f"{row.get('Return request date', '')} {sku}".strip()
    return ToldReturn(row["Order ID"], id, word, RETURN_STATES.get(word), sku, row.get("ASIN", ""), quantity)


def to_amazon(content: bytes) -> list[ToldReturn]:
    """What customers sent back to Amazon's own shelves: it is there, so nobody else waits for it."""
    return [_arrived(row) for row in table(content, "order-id", "sku", "quantity", "return-date")]


def _arrived(row: dict[str, str]) -> ToldReturn:
    id = row.get("license-plate-number") or f"{row['return-date']} {row['sku']}"
    word, quantity = row.get("status", ""), pieces(row["quantity"], "quantity")
    return ToldReturn(row["order-id"], id, word, "closed", row["sku"], row.get("asin", ""), quantity)


def line_of(order: wire.Order, told: ToldReturn) -> str | None:
    """The item that a row means: by its SKU, else by its ASIN. Of several, the first of which enough was ordered."""
    for wanted, name in ((told.sku, "seller_sku"), (told.asin, "asin")):
        fitting = [item for item in order.order_items if wanted and getattr(item.product, name) == wanted]
        enough = [item for item in fitting if item.quantity_ordered >= told.quantity]
        if fitting:
            return (enough or fitting)[0].order_item_id
    return None
