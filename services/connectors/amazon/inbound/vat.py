"""The invoices that Amazon writes for the seller, out of the report of its VAT calculation service."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.connectors.amazon.inbound.tables import amount, table

NEEDED = ("Transaction Type", "Order ID", "Currency", "VAT Invoice Number")
PARTS = ("OUR_PRICE", "SHIPPING", "GIFTWRAP")
# What is archived of a row: nothing that says who bought, or where to.
KEPT = (
    "Marketplace ID", "Order Date", *NEEDED, "Is Invoice Corrected", "Shipment Date", "Shipment ID", "Transaction ID",
    "ASIN", "SKU", "Quantity", "Tax Calculation Date", "Tax Rate", "Tax Reporting Scheme",
    "Tax Collection Responsibility", "Jurisdiction Name",
    *(f"{part} Tax {word}" for part in PARTS for word in ("Inclusive Selling Price", "Amount",
      "Exclusive Selling Price", "Inclusive Promo Amount", "Amount Promo", "Exclusive Promo Amount")),
)  # fmt: skip


@dataclass(frozen=True)
class Invoice:
    """One document of Amazon's about an order: for what was sent, came back or was given back."""

    order_id: str
    number: str
    kind: str
    currency: str
    gross: Decimal
    tax: Decimal
    rows: tuple[dict[str, str], ...]


def invoices(content: bytes) -> list[Invoice]:
    """Every document once, in the order of the report. Rows without a number are no document yet. Raises Untranslatable
    for a table that is none of these."""
    groups: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in table(content, *NEEDED, mark=","):
        if row["VAT Invoice Number"]:
            groups.setdefault((row["Order ID"], row["VAT Invoice Number"], row["Transaction Type"]), []).append(row)
    return [_invoice(*key, rows) for key, rows in groups.items()]


def _invoice(order_id: str, number: str, kind: str, rows: Sequence[dict[str, str]]) -> Invoice:
    gross = sum((_sum(row, "Tax Inclusive Selling Price", "Tax Inclusive Promo Amount") for row in rows), Decimal(0))
    tax = sum((_sum(row, "Tax Amount", "Tax Amount Promo") for row in rows), Decimal(0))
    kept = tuple({name: row[name] for name in KEPT if row.get(name)} for row in rows)
    return Invoice(order_id, number, kind, rows[0]["Currency"], gross, tax, kept)


def _sum(row: dict[str, str], *words: str) -> Decimal:
    names = [f"{part} {word}" for part in PARTS for word in words]
    return sum((amount(row[name], name) for name in names if row.get(name)), Decimal(0))
