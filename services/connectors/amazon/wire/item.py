"""The items of an order."""

from typing import Annotated

from pydantic import Field

from services.connectors.amazon.wire.parts import Breakdown, Money, Pieces, Wire


class ItemProceeds(Wire):
    proceeds_total: Money | None = None
    breakdowns: tuple[Breakdown, ...] = ()


class Price(Wire):
    unit_price: Money | None = None
    price_designation: str = ""


class Condition(Wire):
    condition_type: str = ""
    condition_subtype: str = ""


class Customization(Wire):
    customized_url: str = ""


class Product(Wire):
    asin: str = ""
    title: str = ""
    seller_sku: str = ""
    price: Price = Price()
    condition: Condition = Condition()
    customization: Customization = Customization()


class CancellationRequest(Wire):
    requester: str = ""
    cancel_reason: str = ""


class CancellationExecution(Wire):
    cancelled_by: str = ""
    cancel_reason: str = ""


class ItemCancellation(Wire):
    cancellation_request: CancellationRequest | None = None
    cancellation_execution: CancellationExecution | None = None


class GiftOption(Wire):
    gift_message: str = ""
    gift_wrap_level: str = ""


class Packing(Wire):
    gift_option: GiftOption = GiftOption()


class InternationalShipping(Wire):
    ioss_number: str = ""


class ItemShipping(Wire):
    international_shipping: InternationalShipping = InternationalShipping()


class ItemFulfillment(Wire):
    quantity_fulfilled: Pieces = 0
    quantity_unfulfilled: Pieces | None = None
    packing: Packing = Packing()
    shipping: ItemShipping = ItemShipping()


class TaxCollection(Wire):
    model: str = ""
    responsible_party: str = ""


class TaxCalculation(Wire):
    reporting_scheme: str = ""


class ItemTax(Wire):
    tax_collections: tuple[TaxCollection, ...] = ()
    tax_calculation_breakdowns: tuple[TaxCalculation, ...] = ()


class PromotionBreakdown(Wire):
    promotion_id: str = ""


class Promotion(Wire):
    breakdowns: tuple[PromotionBreakdown, ...] = ()


class Item(Wire):
    order_item_id: Annotated[str, Field(min_length=1)]
    quantity_ordered: Pieces
    programs: tuple[str, ...] = ()
    product: Product
    proceeds: ItemProceeds = ItemProceeds()
    promotion: Promotion = Promotion()
    cancellation: ItemCancellation = ItemCancellation()
    fulfillment: ItemFulfillment = ItemFulfillment()
    tax: ItemTax = ItemTax()
