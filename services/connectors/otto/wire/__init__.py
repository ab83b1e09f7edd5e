"""OTTO's payloads in OTTO's words: only the fields we read.

An order has its `receipts` and `returns` beside it where they are read. An article is put together while it is read:
the product variation, with its `marketPlaceStatus` and its `availability` from two other interfaces beside it, and the
`sale` that holds.
"""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field

from services.connectors.otto.wire.base import Figure, Measure, Rate, Text, Wire, none_is_empty
from services.connectors.otto.wire.products import Brand, CategoryGroup, Judgement, ShippingProfile

__all__ = [
    "Address", "Article", "Brand", "CategoryGroup", "Judgement", "Order", "PackingUnit", "PositionItem",
    "Receipt", "Return",
    "ShippingProfile",
]  # fmt: skip


class Amount(Wire):
    amount: Figure
    currency: str


class Dimension(Wire):
    display_name: Text = Field("", alias="displayName")
    type: Text = ""
    value: Text = ""


class Product(Wire):
    sku: str
    article_number: Text = Field("", alias="articleNumber")
    title: Text = Field("", alias="productTitle")
    vat_rate: Rate = Field(alias="vatRate")
    dimensions: tuple[Dimension, ...] | None = None


class PositionItem(Wire):
    id: str = Field(alias="positionItemId")
    status: str = Field(alias="fulfillmentStatus")
    gross: Amount = Field(alias="itemValueGrossPrice")
    discount: Amount | None = Field(None, alias="itemValueDiscount")
    reduced: Amount | None = Field(None, alias="itemValueReducedGrossPrice")
    product: Product
    returned_at: AwareDatetime | None = Field(None, alias="returnedDate")
    cancellation_reason: Text = Field("", alias="cancellationReason")
    expected_delivery: AwareDatetime | None = Field(None, alias="expectedDeliveryDate")
    weee_pickup: bool | None = Field(None, alias="weeePickup")
    return_accepted_by_marketplace: bool | None = Field(None, alias="returnAcceptedByMarketplace")
    deal: Text = Field("", alias="dealName")


class DeliveryFee(Wire):
    name: str
    amount: Amount = Field(alias="deliveryFeeAmount")
    vat_rate: Rate = Field(alias="vatRate")


class Discount(Wire):
    name: Text = Field("", alias="discountName")
    amount: Amount = Field(alias="discountAmount")


class Address(Wire):
    salutation: Text = ""
    title: Text = ""
    first_name: Text = Field("", alias="firstName")
    last_name: Text = Field("", alias="lastName")
    street: Text = ""
    house_number: Text = Field("", alias="houseNumber")
    addition: Text = ""
    postcode: Text = Field("", alias="zipCode")
    city: Text = ""
    country: Text = Field("", alias="countryCode")
    phone: Text = Field("", alias="phoneNumber")
    email: Text = ""


class TaxedPrice(Wire):
    gross: Amount


class Receipt(Wire):
    """An invoice or credit note that the platform wrote in the seller's name. Not a `real` one is no tax document."""

    type: str = Field(alias="receiptType")
    number: str = Field(alias="receiptNumber")
    created_at: AwareDatetime = Field(alias="creationDate")
    real: bool = Field(alias="isRealReceipt")
    linked: Text = Field("", alias="linkedReceiptNumber")
    reason: Text = Field("", alias="partialRefundType")
    totals: tuple[TaxedPrice, ...]


class Return(Wire):
    """The last word about a piece that comes back."""

    piece: str = Field(alias="positionItemId")
    status: str
    changed_at: AwareDatetime = Field(alias="occurredTime")


class Lifecycle(Wire):
    changed_at: AwareDatetime = Field(alias="lifecycleChangeDate")


class Payment(Wire):
    method: str = Field(alias="paymentMethod")


class Order(Wire):
    id: str = Field(alias="salesOrderId")
    number: str = Field(alias="orderNumber")
    placed_at: AwareDatetime = Field(alias="orderDate")
    modified_at: AwareDatetime | None = Field(None, alias="lastModifiedDate")
    lifecycle: Lifecycle = Field(alias="orderLifecycleInformation")
    items: tuple[PositionItem, ...] = Field(alias="positionItems")
    fees: tuple[DeliveryFee, ...] | None = Field(None, alias="initialDeliveryFees")
    discounts: tuple[Discount, ...] | None = Field(None, alias="initialDiscounts")
    invoice_address: Address | None = Field(None, alias="invoiceAddress")
    delivery_address: Address | None = Field(None, alias="deliveryAddress")
    payment: Payment | None = None
    suspected_fraud: bool | None = Field(None, alias="suspectedFraudCase")
    receipts: tuple[Receipt, ...] = ()
    returns: tuple[Return, ...] = ()

    @property
    def changed_at(self) -> datetime:
        """The latest of all stamps: not every change moves each, and a receipt or a return moves none."""
        later = [self.modified_at] if self.modified_at else []
        beside = [*(one.created_at for one in self.receipts), *(one.changed_at for one in self.returns)]
        return max(self.lifecycle.changed_at, *later, *beside)


class Sale(Wire):
    """One that held when the article was read."""

    price: Amount | None = Field(None, alias="salePrice")


class Pricing(Wire):
    standard: Amount = Field(alias="standardPrice")


class Description(Wire):
    product_line: Text = Field("", alias="productLine")
    category: Text = ""
    text: Text = Field("", alias="description")


class MediaAsset(Wire):
    type: Text = ""
    location: Text = ""


class PackingUnit(Wire):
    """In grams and millimetres."""

    weight: Measure | None = None
    width: Measure | None = None
    height: Measure | None = None
    length: Measure | None = None


class Logistics(Wire):
    units: Annotated[tuple[PackingUnit, ...], BeforeValidator(none_is_empty)] = Field((), alias="packingUnits")


class MarketPlaceStatus(Wire):
    status: str
    moin: Text = ""
    changed_at: AwareDatetime = Field(alias="lastModified")


class Availability(Wire):
    quantity: Annotated[int, Field(ge=0, le=999_999_999)]
    changed_at: AwareDatetime = Field(alias="lastModified")


class Article(Wire):
    """A product variation with what two other interfaces say of it."""

    reference: str = Field(alias="productReference")
    sku: str
    ean: Text = ""
    moin: Text = ""
    mpn: Text = ""
    media: Annotated[tuple[MediaAsset, ...], BeforeValidator(none_is_empty)] = Field((), alias="mediaAssets")
    logistics: Logistics | None = None
    description: Description | None = Field(None, alias="productDescription")
    pricing: Pricing
    sale: Sale | None = None
    market: MarketPlaceStatus | None = Field(None, alias="marketPlaceStatus")
    availability: Availability | None = None
