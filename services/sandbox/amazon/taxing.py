"""The report of the VAT calculation service: an invoice of Amazon's for every order that was sent, row by item."""

import csv
from datetime import datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from services.sandbox.amazon.book import OrderBook, Stored

COLUMNS = (
    "Marketplace ID", "Merchant ID", "Order Date", "Transaction Type", "Is Invoice Corrected", "Order ID",
    "Shipment Date", "Shipment ID", "Transaction ID", "ASIN", "SKU", "Quantity", "Tax Calculation Date", "Tax Rate",
    "Product Tax Code", "Currency", "Tax Type", "Tax Calculation Reason Code", "Tax Reporting Scheme",
    "Tax Collection Responsibility", "Jurisdiction Name", "OUR_PRICE Tax Inclusive Selling Price",
    "OUR_PRICE Tax Amount", "OUR_PRICE Tax Exclusive Selling Price", "Buyer Name", "Ship To City",
    "VAT Invoice Number", "Invoice Url",
)  # fmt: skip


def taxed(book: OrderBook, since: datetime, until: datetime) -> bytes:
    """Nothing at all where nothing was sent in that time."""
    sent = [order for order in book if order.status == "SHIPPED" and since <= order.modified <= until]
    rows = [_row(order, row) for order in sent for row in order.items if "proceeds" in row]
    if not rows:
        return b""
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def invoice_number(order: Stored) -> str:
    return f"DS-ASE-INV-DE-{order.id[-7:]}"


def _row(order: Stored, row: dict[str, Any]) -> dict[str, str]:
    gross = Decimal(row["proceeds"]["proceedsTotal"]["amount"])
    tax = next((Decimal(one["subtotal"]["amount"]) for one in row["proceeds"]["breakdowns"] if one["type"] == "TAX"),
               Decimal(0))  # fmt: skip
    return {
        "Marketplace ID": order.market.country,
        "Order Date": f"{order.basket.placed_at:%d-%b-%Y} UTC",
        "Transaction Type": "SHIPMENT",
        "Is Invoice Corrected": "false",
        "Order ID": order.id,
        "Shipment Date": f"{order.modified:%d-%b-%Y} UTC",
        "ASIN": row["product"]["asin"],
        "SKU": row["product"]["sellerSku"],
        "Quantity": str(row["quantityOrdered"]),
        "Tax Rate": "0.1900",
        "Currency": order.market.currency,
        "Tax Reporting Scheme": "VCS",
        "Tax Collection Responsibility": "Seller",
        "Jurisdiction Name": "GERMANY",
        "OUR_PRICE Tax Inclusive Selling Price": f"{gross:.2f}",
        "OUR_PRICE Tax Amount": f"{tax:.2f}",
        "OUR_PRICE Tax Exclusive Selling Price": f"{gross - tax:.2f}",
        "Buyer Name": "Erika Mustermann, Köln",
        "Ship To City": "Köln",
        "VAT Invoice Number": invoice_number(order),
    }
