"""Feeds: a document is uploaded, a feed names it, later it is worked through, and a report says how it went."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring, tostring

from services.sandbox.amazon.book import OrderBook
from services.sandbox.amazon.errors import ApiError, invalid, not_found
from services.sandbox.amazon.goods import Goods
from services.sandbox.amazon.times import shown
from services.sandbox.merchant import SentDocument

URL_LIVES = timedelta(minutes=5)
MOST_MESSAGES = 25_000
LISTINGS, ACKNOWLEDGEMENTS, INVOICES = "JSON_LISTINGS_FEED", "POST_ORDER_ACKNOWLEDGEMENT_DATA", "UPLOAD_VAT_INVOICE"
SWITCHED_OFF = frozenset({"POST_INVENTORY_AVAILABILITY_DATA", "POST_PRODUCT_PRICING_DATA", "POST_PRODUCT_DATA"})
REASONS = frozenset({"NoInventory", "ShippingAddressUndeliverable", "CustomerExchange", "BuyerCanceled",
                     "GeneralAdjustment", "CarrierCreditDecision", "RiskAssessmentInformationNotValid",
                     "CarrierCoverageFailure", "CustomerReturn", "MerchandiseNotReceived"})  # fmt: skip


@dataclass
class Document:
    """A file behind an address that is open for a few minutes."""

    id: str
    content_type: str
    made_at: datetime
    content: bytes | None = None


@dataclass
class Feed:
    id: str
    kind: str
    document: Document
    options: dict[str, str]
    created: datetime
    markets: list[str]
    status: str = "IN_QUEUE"
    result: Document | None = None

    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "feedId": self.id,
            "feedType": self.kind,
            "marketplaceIds": self.markets,
            "createdTime": shown(self.created),
            "processingStatus": self.status,
        }
        return found | ({"resultFeedDocumentId": self.result.id} if self.result else {})


@dataclass
class Feeds:
    """All feeds of the seller. Each takes `takes`; nothing is done before that has passed."""

    book: OrderBook
    goods: Goods
    seller: str
    invoices_allowed: bool
    clock: Callable[[], datetime]
    takes: timedelta
    rows: dict[str, Feed] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    invoices: list[SentDocument] = field(default_factory=list)
    _ids: Callable[[], int] = field(default_factory=lambda: count(50_001).__next__)

    def document(self, content_type: str, content: bytes | None = None) -> Document:
        id = f"amzn1.tortuga.4.eu.{self._ids()}"
        self.documents[id] = Document(id, content_type, self.clock(), content)
        return self.documents[id]

    def upload(self, id: str, content_type: str, content: bytes) -> None:
        """Raises ApiError for a closed address, or a file of another kind than was announced."""
        found = self.opened(id)
        if found.content_type != content_type:
            raise ApiError(403, "SignatureDoesNotMatch", "The Content-Type is not the one that was signed.")
        found.content = content

    def opened(self, id: str) -> Document:
        found = self.documents.get(id)
        if found is None or found.made_at + URL_LIVES <= self.clock():
            raise ApiError(403, "AccessDenied", "Request has expired.")
        return found

    def create(self, body: Any) -> Feed:
        kind, document = str(body.get("feedType", "")), self.documents.get(str(body.get("inputFeedDocumentId")))
        if kind not in (LISTINGS, ACKNOWLEDGEMENTS, INVOICES) and kind not in SWITCHED_OFF:
            raise invalid(f"The feed type {kind} is not supported.")
        if kind == INVOICES and not self.invoices_allowed:
            raise ApiError(403, "Unauthorized", "Access to requested resource is denied.")
        if not body.get("marketplaceIds") or document is None or document.content is None:
            raise invalid("marketplaceIds or inputFeedDocumentId is missing, or nothing was uploaded.")
        options = {str(name): str(value) for name, value in (body.get("feedOptions") or {}).items()}
        feed = Feed(str(self._ids()), kind, document, options, self.clock(), list(body["marketplaceIds"]))
        self.rows[feed.id] = feed
        return feed

    def find(self, id: str) -> Feed:
        self.work()
        if id not in self.rows:
            raise not_found(f"The feed {id}")
        return self.rows[id]

    def work(self) -> None:
        """Works through every feed whose time has come, in the order in which they were handed in."""
        for feed in self.rows.values():
            if feed.status in ("DONE", "FATAL"):
                continue
            feed.status = "IN_PROGRESS"
            if feed.created + self.takes <= self.clock():
                self._work_through(feed)

    def _work_through(self, feed: Feed) -> None:
        feed.status = "DONE"
        content = feed.document.content or b""
        if feed.kind in SWITCHED_OFF:
            feed.status = "FATAL"
        elif feed.kind == LISTINGS:
            self._listings(feed, content)
        elif feed.kind == ACKNOWLEDGEMENTS:
            self._acknowledgements(feed, content)
        else:
            self._invoice(feed, content)

    def _listings(self, feed: Feed, content: bytes) -> None:
        asked = json.loads(content)
        issues: list[dict[str, Any]] = []
        messages = asked["messages"]
        if asked["header"].get("sellerId") != self.seller or len(messages) > MOST_MESSAGES:
            feed.status = "FATAL"
            return
        markets = tuple(market for market in self.goods.markets if market.id in feed.markets)
        invalid_ones = 0
        for one in messages:
            found = self.goods.patch(one["sku"], one, markets)
            invalid_ones += bool(found)
            for issue in found:
                told = {name: issue[name] for name in ("code", "severity", "message")}
                issues.append({"messageId": one["messageId"], "sku": one["sku"], **told})
        summary = {
            "errors": len(issues),
            "warnings": 0,
            "messagesProcessed": len(messages),
            "messagesAccepted": len(messages) - invalid_ones,
            "messagesInvalid": invalid_ones,
        }
        header = {"sellerId": self.seller, "version": "2.0", "feedId": feed.id}
        report = {"header": header, "issues": issues, "summary": summary}
        feed.result = self.document("application/json; charset=UTF-8", gzip.compress(json.dumps(report).encode()))

    def _acknowledgements(self, feed: Feed, content: bytes) -> None:
        try:
            envelope = fromstring(content)  # noqa: S314 - what this sandbox's own caller wrote
        except ParseError:
            feed.status = "FATAL"
            return
        results = []
        for message in envelope.iter("Message"):
            results.append((message.findtext("MessageID", ""), self._acknowledge(message)))
        feed.result = self.document("text/xml; charset=UTF-8", gzip.compress(_processed(self.seller, feed.id, results)))

    def _acknowledge(self, message: Element) -> str:
        """Why it was refused; empty when it was done."""
        order = self.book.orders.get(message.findtext(".//AmazonOrderID", ""))
        if order is None:
            return "The AmazonOrderID is not an order of this seller."
        if message.findtext(".//StatusCode") != "Failure":
            return ""
        rows = {item.findtext("AmazonOrderItemCode", ""): item.findtext("CancelReason", "") for item in
                message.iter("Item")}  # fmt: skip
        if set(rows) != {item["orderItemId"] for item in order.items} or not set(rows.values()) <= REASONS:
            return "Every item of the order needs a valid CancelReason."
        if order.status not in ("UNSHIPPED", "PENDING") or order.body["fulfillment"]["fulfilledBy"] == "AMAZON":
            return f"The order is {order.status} and cannot be cancelled."
        for item in order.items:
            self.goods.sell(item["product"]["sellerSku"], -item["fulfillment"]["quantityUnfulfilled"])
        self.book.cancel(order, order.items, "MERCHANT", next(iter(rows.values())))
        return ""

    def _invoice(self, feed: Feed, content: bytes) -> None:
        options = {name.removeprefix("metadata:"): value for name, value in feed.options.items()}
        order = self.book.orders.get(options.get("OrderId", ""))
        refused = ""
        if order is None:
            refused = "The OrderId is not an order of this seller."
        elif not content.startswith(b"%PDF") or feed.document.content_type != "application/pdf":
            refused = "The document is no PDF."
        elif options.get("DocumentType") not in ("Invoice", "CreditNote"):
            refused = "DocumentType must be Invoice or CreditNote."
        elif options["DocumentType"] == "CreditNote" and not options.get("TransactionId"):
            refused = "A CreditNote needs a TransactionId."
        if not refused:
            number = options.get("InvoiceNumber", "")
            made = SentDocument(options["OrderId"], options["DocumentType"], f"invoice-{number}.pdf", content, number)
            # One that was there under this number gives way.
            key = made.order_id, made.number
            self.invoices = [one for one in self.invoices if (one.order_id, one.number) != key] + [made]
        results = [("1", refused)]
        feed.result = self.document("text/xml; charset=UTF-8", gzip.compress(_processed(self.seller, feed.id, results)))


def _processed(seller: str, feed: str, results: list[tuple[str, str]]) -> bytes:
    """A processing report: only what went wrong is told message by message."""
    envelope = Element("AmazonEnvelope")
    SubElement(SubElement(envelope, "Header"), "MerchantIdentifier").text = seller
    SubElement(envelope, "MessageType").text = "ProcessingReport"
    report = SubElement(SubElement(envelope, "Message"), "ProcessingReport")
    SubElement(report, "DocumentTransactionID").text = feed
    SubElement(report, "StatusCode").text = "Complete"
    summary = SubElement(report, "ProcessingSummary")
    failed = [one for one in results if one[1]]
    SubElement(summary, "MessagesProcessed").text = str(len(results))
    SubElement(summary, "MessagesSuccessful").text = str(len(results) - len(failed))
    SubElement(summary, "MessagesWithError").text = str(len(failed))
    for id, why in failed:
        result = SubElement(report, "Result")
        SubElement(result, "MessageID").text = id
        SubElement(result, "ResultCode").text = "Error"
        SubElement(result, "ResultMessageCode").text = "18028"
        SubElement(result, "ResultDescription").text = why
    written: bytes = tostring(envelope, encoding="utf-8", xml_declaration=True)
    return written
