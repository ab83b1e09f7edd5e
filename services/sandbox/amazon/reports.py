"""Reports: asked for, made some time later, kept for ninety days; of settlements Amazon makes one whenever it pays."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from services.sandbox.amazon.book import OrderBook
from services.sandbox.amazon.errors import ApiError, invalid
from services.sandbox.amazon.feeds import Document, Feeds
from services.sandbox.amazon.settling import COLUMNS, Ledger
from services.sandbox.amazon.taxing import taxed
from services.sandbox.amazon.times import given, shown

TO_SELLER, TO_AMAZON = "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE", "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"
TAXES = "SC_VAT_TAX_REPORT"
SETTLEMENT = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"
LONGEST = timedelta(days=60)
SELLER_COLUMNS = (
    "Order ID", "Order date", "Return request date", "Return request status", "Amazon RMA ID", "Merchant RMA ID",
    "Label type", "Label cost", "Currency code", "Return carrier", "Tracking ID", "Label to be paid by",
    "A-to-Z Claim", "Is prime", "ASIN", "Merchant SKU", "Item Name", "Return quantity", "Return Reason", "In policy",
    "Return type", "Resolution", "Invoice number", "Return delivery date", "Order Amount", "Order quantity",
    "SafeT Action reason", "SafeT claim id", "SafeT claim state", "SafeT claim creation time",
    "SafeT claim reimbursement amount", "Refunded Amount",
)  # fmt: skip
AMAZON_COLUMNS = (
    "return-date", "order-id", "sku", "asin", "fnsku", "product-name", "quantity", "fulfillment-center-id",
    "detailed-disposition", "reason", "status", "license-plate-number", "customer-comments",
)  # fmt: skip


@dataclass
class SentBack:
    """Pieces of one item that a buyer sends back; `status` is the word of the request."""

    order_id: str
    item: int
    quantity: int
    at: datetime
    status: str
    rma: str


@dataclass
class Report:
    id: str
    kind: str
    since: datetime
    until: datetime
    created: datetime
    markets: list[str]
    status: str = "IN_QUEUE"
    result: Document | None = None

    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "reportId": self.id,
            "reportType": self.kind,
            "marketplaceIds": self.markets,
            "dataStartTime": shown(self.since),
            "dataEndTime": shown(self.until),
            "createdTime": shown(self.created),
            "processingStatus": self.status,
        }
        return found | ({"reportDocumentId": self.result.id} if self.result else {})


@dataclass
class Reports:
    """All reports of the seller. Each takes `takes`. Files lie where those of feeds lie."""

    book: OrderBook
    feeds: Feeds
    ledger: Ledger
    clock: Callable[[], datetime]
    takes: timedelta
    markets: list[str]
    rows: list[Report] = field(default_factory=list)
    sent_back: list[SentBack] = field(default_factory=list)
    _ids: Callable[[], int] = field(default_factory=lambda: count(70_001).__next__)

    def create(self, body: Any) -> Report:
        kind = str(body.get("reportType", ""))
        if kind not in (TO_SELLER, TO_AMAZON, TAXES):
            raise invalid(f"The reportType {kind} cannot be requested.")
        if not body.get("marketplaceIds"):
            raise invalid("marketplaceIds is required.")
        now = self.clock()
        since = given(str(body.get("dataStartTime") or shown(now)), "dataStartTime")
        until = given(str(body.get("dataEndTime") or shown(now)), "dataEndTime")
        if until > now or since > until or until - since > LONGEST:
            raise invalid("dataStartTime and dataEndTime must lie in the past, at most 60 days apart.")
        made = Report(str(self._ids()), kind, since, until, now, list(body["marketplaceIds"]))
        self.rows.append(made)
        return made

    def settle(self) -> str:
        """Amazon pays, and makes a settlement of everything since it paid last; answers its id."""
        now = self.clock()
        since = max((row.until for row in self.rows if row.kind == SETTLEMENT), default=now - timedelta(days=14))
        id, lines = self.ledger.settle(self.book, since, now)
        made = Report(str(self._ids()), SETTLEMENT, since, now, now, self.markets, "DONE")
        made.result = self._file(COLUMNS, lines)
        self.rows.append(made)
        return id

    def listed(self, kinds: list[str], since: datetime) -> list[Report]:
        self._work()
        return [row for row in self.rows[::-1] if row.kind in kinds and row.created >= since]

    def document(self, id: str) -> Document:
        found = next((row.result for row in self.rows if row.result and row.result.id == id), None)
        if found is None:
            raise ApiError(404, "NotFound", f"The document {id} was not found.")
        found.made_at = self.clock()
        return found

    def names_buyers(self, id: str) -> bool:
        return any(row.result and row.result.id == id and row.kind == TAXES for row in self.rows)

    def _work(self) -> None:
        """Makes every report whose time has come; one without data is cancelled."""
        for row in self.rows:
            if row.status not in ("IN_QUEUE", "IN_PROGRESS"):
                continue
            row.status = "IN_PROGRESS"
            if row.created + self.takes <= self.clock():
                self._make(row)

    def _make(self, row: Report) -> None:
        if row.kind == TAXES:
            content = taxed(self.book, row.since, row.until)
            row.status = "DONE" if content else "CANCELLED"
            row.result = self.feeds.document("text/csv; charset=UTF-8", gzip.compress(content)) if content else None
            return
        by_amazon = row.kind == TO_AMAZON
        found = [
            one
            for one in self.sent_back
            if row.since <= one.at <= row.until and self._by_amazon(one.order_id) == by_amazon
        ]
        row.status = "DONE" if found else "CANCELLED"
        if found:
            columns = AMAZON_COLUMNS if by_amazon else SELLER_COLUMNS
            row.result = self._file(columns, [self._to_amazon(one) if by_amazon else self._to_us(one) for one in found])

    def _by_amazon(self, order_id: str) -> bool:
        order = self.book.orders.get(order_id)
        return order is not None and order.body["fulfillment"]["fulfilledBy"] == "AMAZON"

    def _item(self, one: SentBack) -> dict[str, Any]:
        order = self.book.orders.get(one.order_id)
        found: dict[str, Any] = order.items[one.item] if order else {"product": {"sellerSku": "GONE", "asin": "B0"}}
        return found

    def _to_us(self, one: SentBack) -> dict[str, str]:
        product = self._item(one)["product"]
        return {
            "Order ID": one.order_id,
            "Return request date": f"{one.at:%d-%b-%Y}",
            "Return request status": one.status,
            "Amazon RMA ID": one.rma,
            "Merchant RMA ID": " ",
            "ASIN": product["asin"],
            "Merchant SKU": product["sellerSku"],
            "Item Name": product.get("title", ""),
            "Return quantity": str(one.quantity),
            "Return Reason": "CR-UNWANTED_ITEM",
            "In policy": "Y",
            "Return type": "C-Returns",
            "Resolution": "StandardRefund",
        }

    def _to_amazon(self, one: SentBack) -> dict[str, str]:
        product = self._item(one)["product"]
        return {
            "return-date": one.at.isoformat(timespec="seconds"),
            "order-id": one.order_id,
            "sku": product["sellerSku"],
            "asin": product["asin"],
            "quantity": str(one.quantity),
            "fulfillment-center-id": "LEJ1",
            "detailed-disposition": "SELLABLE",
            "reason": "UNWANTED_ITEM",
            "status": one.status,
            "license-plate-number": one.rma,
        }

    def _file(self, columns: tuple[str, ...], lines: list[dict[str, str]]) -> Document:
        """Tables are written in the encoding of Western Europe."""
        rows = [columns, *(tuple(line.get(name, "") for name in columns) for line in lines)]
        text = "\r\n".join("\t".join(row) for row in rows) + "\r\n"
        content = gzip.compress(text.encode("cp1252", "replace"))
        return self.feeds.document("text/plain; charset=Cp1252", content)
