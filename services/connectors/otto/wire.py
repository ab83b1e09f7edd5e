"""OTTO's payloads in OTTO's words: only the fields we read.

An article is put together while it is read: the product variation, with its `marketPlaceStatus` and its `availability`
from two other interfaces beside it.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Figure = Annotated[Decimal, Field(ge=Decimal("-1e9"), le=Decimal("1e9"))]
Rate = Annotated[Decimal, Field(ge=0, le=100)]


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Amount(Wire):
    amount: Figure
    currency: str


class Dimension(Wire):
    display_name: str = Field("", alias="displayName")
    type: str = ""
    value: str = ""


class Product(Wire):
    sku: str
    article_number: str = Field("", alias="articleNumber")
    title: str = Field("", alias="productTitle")
    vat_rate: Rate = Field(alias="vatRate")
    dimensions: tuple[Dimension, ...] = ()


class Tracking(Wire):
    carrier: str = ""
    number: str = Field("", alias="trackingNumber")


class PositionItem(Wire):
    id: str = Field(alias="positionItemId")
    status: str = Field(alias="fulfillmentStatus")
    gross: Amount = Field(alias="itemValueGrossPrice")
    discount: Amount | None = Field(None, alias="itemValueDiscount")
    reduced: Amount | None = Field(None, alias="itemValueReducedGrossPrice")
    product: Product
    returned_at: AwareDatetime | None = Field(None, alias="returnedDate")
    cancellation_reason: str = Field("", alias="cancellationReason")
    expected_delivery: AwareDatetime | None = Field(None, alias="expectedDeliveryDate")
    weee_pickup: bool = Field(False, alias="weeePickup")
    return_accepted_by_marketplace: bool = Field(False, alias="returnAcceptedByMarketplace")
    tracking: Tracking = Field(Tracking(), alias="trackingInfo")
    deal: str = Field("", alias="dealName")


class DeliveryFee(Wire):
    name: str
    amount: Amount = Field(alias="deliveryFeeAmount")
    vat_rate: Rate = Field(alias="vatRate")


class Discount(Wire):
    name: str = Field("", alias="discountName")
    amount: Amount = Field(alias="discountAmount")


class Address(Wire):
    salutation: str = ""
    title: str = ""
    first_name: str = Field("", alias="firstName")
    last_name: str = Field("", alias="lastName")
    street: str = ""
    house_number: str = Field("", alias="houseNumber")
    addition: str = ""
    postcode: str = Field("", alias="zipCode")
    city: str = ""
    country: str = Field("", alias="countryCode")
    phone: str = Field("", alias="phoneNumber")
    email: str = ""


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
    fees: tuple[DeliveryFee, ...] = Field((), alias="initialDeliveryFees")
    discounts: tuple[Discount, ...] = Field((), alias="initialDiscounts")
    invoice_address: Address | None = Field(None, alias="invoiceAddress")
    delivery_address: Address | None = Field(None, alias="deliveryAddress")
    payment: Payment | None = None
    suspected_fraud: bool = Field(False, alias="suspectedFraudCase")

    @property
    def changed_at(self) -> datetime:
        """The later of two stamps: not every change moves both."""
        return max(self.lifecycle.changed_at, self.modified_at or self.lifecycle.changed_at)


class Pricing(Wire):
    standard: Amount = Field(alias="standardPrice")


class Description(Wire):
    product_line: str = Field("", alias="productLine")
    category: str = ""


class MarketPlaceStatus(Wire):
    status: str
    moin: str = ""
    changed_at: AwareDatetime = Field(alias="lastModified")


class Availability(Wire):
    quantity: Annotated[int, Field(ge=0, le=999_999_999)]
    changed_at: AwareDatetime = Field(alias="lastModified")


class Article(Wire):
    """A product variation with what two other interfaces say of it."""

    reference: str = Field(alias="productReference")
    sku: str
    ean: str = ""
    moin: str = ""
    description: Description = Field(Description(), alias="productDescription")
    pricing: Pricing
    market: MarketPlaceStatus | None = Field(None, alias="marketPlaceStatus")
    availability: Availability | None = None
