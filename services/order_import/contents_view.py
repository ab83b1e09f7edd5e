"""What the REST interface shows of an order as the ERP is to have it."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from services.order_import.rules.contents import Contents
from services.order_import.rules.customers import Action
from services.order_import.rules.model_customers import Criterion
from services.order_import.rules.tax_terms import Treatment, VatIdState
from shared.contracts.money import Money
from shared.contracts.order import Address, ChargeKind, LineKind, Property


class Part(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class CustomerPart(Part):
    """`action` is what to do about the buyer; `number` the customer's in the ERP, empty for one to create and for a
    nameless buyer. The addresses are this order's, and change none that the ERP has."""

    action: Action
    number: str
    matched_by: Criterion | None
    billing_address: Address | None
    shipping_address: Address | None
    billing_copied: bool


class OriginPart(Part):
    line_external_id: str
    quantity: Decimal
    cancelled_quantity: Decimal


class LinePart(Part):
    """Money is for all pieces. `key` names the line in shipments. An `exploded` head keeps the price, its components
    name it as `head`, with `per_head` pieces each. `origins`: which pieces of the shop's lines it stands for."""

    key: str
    kind: LineKind
    article_number: str
    sku: str
    name: str
    description: str
    quantity: Decimal
    cancelled_quantity: Decimal
    gross: Money
    net: Money
    tax: Money
    tax_rate: Decimal
    requires_shipping: bool
    origins: list[OriginPart]
    properties: list[Property]
    exploded: bool
    head: str
    per_head: Decimal


class ChargePart(Part):
    """One charge, or its part at one tax rate; `position` is the charge's place in the order. `article_number` is empty
    where charges are to be no lines."""

    key: str
    kind: ChargeKind
    article_number: str
    name: str
    gross: Money
    net: Money
    tax: Money
    tax_rate: Decimal
    position: int
    charge_external_id: str


class TaxPart(Part):
    """`country` is where the order is taxed, `own_vat_id` the merchant's there."""

    treatment: Treatment
    country: str
    vat_id: str
    vat_id_state: VatIdState
    own_vat_id: str


class ContentsView(Part):
    """The order for the ERP, instead of the shop's own. Lines and charges − `deducted` + `difference` are the shop's
    total; `total` is to be billed: the shop's where it is `fixed`, else the sum. The customer is looked for whenever
    this is shown, the rest is as it was decided."""

    customer: CustomerPart
    lines: list[LinePart]
    charges: list[ChargePart]
    tax: TaxPart
    prices: Literal["gross", "net", "exempt"]
    total: Money
    difference: Money
    deducted: Money
    fixed: bool


def shown(contents: Contents | None) -> ContentsView | None:
    return None if contents is None else ContentsView.model_validate(contents)
