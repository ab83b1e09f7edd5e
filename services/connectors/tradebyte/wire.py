"""TB.One's payloads in TB.One's words: only the fields we read.

XML knows no types, so every value arrives as text; an element that is there but empty counts as left out. While it is
read, `CURRENCY` and `MESSAGES` are put into an order; what its product says, `MEDIA`, the images of both, and `PRICE`,
what it costs in the channel whose price is its own, into an article.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _blank_is_zero(value: Any) -> Any:
    return "0" if isinstance(value, str) and not value.strip() else value


Amount = Annotated[Decimal, BeforeValidator(_blank_is_zero), Field(ge=Decimal("-1e9"), le=Decimal("1e9"))]
Price = Annotated[Decimal, Field(ge=0, le=Decimal("1e9"))]
Quantity = Annotated[Decimal, Field(ge=0, le=Decimal("1e6"))]
Open = Annotated[Quantity | None, BeforeValidator(_blank_is_none)]
Currency = Annotated[str | None, BeforeValidator(_blank_is_none)]


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Head(Wire):
    ORDER_DATE: date
    TB_ID: Annotated[str, Field(pattern=r"^\d+$")]
    CHANNEL_SIGN: Annotated[str, Field(min_length=1)]
    CHANNEL_ID: str = ""
    CHANNEL_NO: str = ""
    BILL_NO: str = ""
    PAID: str = ""
    APPROVED: str = ""
    WITHDRAWN: str = ""
    CUSTOMER_COMMENT: str = ""
    ITEM_COUNT: int
    TOTAL_ITEM_AMOUNT: Amount
    DATE_CREATED: datetime


class Address(Wire):
    CHANNEL_NO: str = ""
    FIRSTNAME: str = ""
    LASTNAME: str = ""
    NAME: str = ""
    NAME_EXTENSION: str = ""
    STREET_NO: str = ""
    STREET_EXTENSION: str = ""
    ZIP: str = ""
    CITY: str = ""
    COUNTRY: str = ""
    PHONE_PRIVATE: str = ""
    PHONE_OFFICE: str = ""
    PHONE_MOBILE: str = ""
    EMAIL: str = ""
    VAT_ID: str = ""


class Shipment(Wire):
    IDCODE_SHIP: str = ""
    IDCODE_RETURN: str = ""
    ROUTING_CODE: str = ""
    PRICE: Amount = Decimal(0)
    IS_EXPRESS: str = ""


class Payment(Wire):
    TYPE: str = ""
    COSTS: Amount = Decimal(0)


class Event(Wire):
    EVENT_TYPE: str = ""
    DATE_CREATED: datetime


class Service(Wire):
    CODE: str = ""
    DESC: str = ""
    PRICE: Amount = Decimal(0)


class Item(Wire):
    TB_ID: Annotated[str, Field(pattern=r"^\d+$")]
    CHANNEL_ID: str = ""
    SKU: str = ""
    CHANNEL_SKU: str = ""
    EAN: str = ""
    QUANTITY: Quantity
    OPEN_QUANTITY: Open = None
    BILLING_TEXT: str = ""
    TRANSFER_PRICE: str = ""
    ITEM_PRICE: Price
    ITEM_PRICE_CURRENCY: Annotated[Currency, Field(alias="ITEM_PRICE@currency")] = None
    DELIVERY_TIME: str = ""
    SERVICES: tuple[Service, ...] = ()


class Message(Wire):
    """What the channel said about an order since it was handed out."""

    MESSAGE_ID: Annotated[str, Field(min_length=1)]
    MESSAGE_TYPE: str
    TB_ORDER_ITEM_ID: str = ""
    QUANTITY: Annotated[Quantity, BeforeValidator(_blank_is_zero)] = Decimal(0)
    DATE_CREATED: Annotated[datetime | None, BeforeValidator(_blank_is_none)] = None


class Order(Wire):
    CURRENCY: str
    ORDER_DATA: Head
    SELL_TO: Annotated[Address | None, BeforeValidator(_blank_is_none)] = None
    SHIP_TO: Annotated[Address | None, BeforeValidator(_blank_is_none)] = None
    SHIPMENT: Annotated[Shipment | None, BeforeValidator(_blank_is_none)] = None
    PAYMENT: Annotated[Payment | None, BeforeValidator(_blank_is_none)] = None
    HISTORY: tuple[Event, ...] = ()
    SERVICES: tuple[Service, ...] = ()
    ITEMS: tuple[Item, ...]
    MESSAGES: tuple[Message, ...] = ()

    def said(self, kind: str, item: str) -> Decimal:
        """How many pieces of an item the channel's messages of a kind name, all together."""
        mine = (one for one in self.MESSAGES if kind == one.MESSAGE_TYPE and item == one.TB_ORDER_ITEM_ID)
        return sum((one.QUANTITY for one in mine), Decimal(0))

    def open(self, item: Item) -> Decimal:
        """What the channel still wants of an item: the fewer, where two places say how many."""
        told = item.QUANTITY if item.OPEN_QUANTITY is None else item.OPEN_QUANTITY
        return max(min(told, item.QUANTITY - self.said("CUST_CANCEL", item.TB_ID)), Decimal(0))


class ArticlePrice(Wire):
    CURRENCY: str
    A_VK: Annotated[Price | None, BeforeValidator(_blank_is_none)] = None


class Article(Wire):
    """One article of TB.Cat; `A_STOCK` comes once, or once per warehouse."""

    P_NR: str = ""
    P_NAME: tuple[str, ...] = ()
    P_TEXT: tuple[str, ...] = ()
    P_BRAND: str = ""
    MEDIA: tuple[str, ...] = ()
    A_NR: Annotated[str, Field(min_length=1)]
    A_EAN: str = ""
    A_STOCK: Annotated[
        tuple[str, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)
    ] = ()
    PRICE: ArticlePrice | None = None
