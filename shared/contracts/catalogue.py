"""Every message type in one table: what may be published and how its data is read."""

from shared.contracts.article import ArticleChanged, ArticleReceived, ArticleUnreadable, ExternalNumberChanged
from shared.contracts.bill import BillChanged
from shared.contracts.cancellation import CancellationPush
from shared.contracts.connection import ConnectionChanged, SyncRun
from shared.contracts.customer import CustomerReceived, CustomerUnreadable
from shared.contracts.document import DocumentPush
from shared.contracts.fulfilment import FulfilmentPush, PushReported
from shared.contracts.journal import JournalEntry
from shared.contracts.mapped_product import MappedProductPush
from shared.contracts.model import Payload
from shared.contracts.order import (
    OrderCancelled,
    OrderChanged,
    OrderImported,
    OrderParked,
    OrderReceived,
    OrderUnreadable,
)
from shared.contracts.price import PricePush
from shared.contracts.product import ProductPush
from shared.contracts.repayment import RefundPush
from shared.contracts.returned import ReturnPush
from shared.contracts.stock import StockPush, StockReported

MESSAGES: dict[str, type[Payload]] = {
    payload.type: payload
    for payload in (
        OrderReceived, OrderUnreadable, OrderImported, OrderChanged, OrderParked, OrderCancelled,
        ArticleReceived, ArticleUnreadable, ArticleChanged, ExternalNumberChanged, BillChanged,
        CustomerReceived, CustomerUnreadable,
        StockPush, StockReported, PricePush, MappedProductPush, ProductPush,
        FulfilmentPush, PushReported,
        CancellationPush,
        DocumentPush,
        RefundPush,
        ReturnPush,
        ConnectionChanged, SyncRun,
        JournalEntry,
    )
}  # fmt: skip
