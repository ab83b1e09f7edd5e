"""Offers (OF21): only the fields we read."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator

from services.connectors.mirakl.wire.base import Amount, Quantity, Text, Texts, Wire, none_is_empty


class Reference(Wire):
    reference: Text = ""
    reference_type: Text = ""


class VolumePrice(Wire):
    quantity_threshold: int
    unit_origin_price: Amount | None = None
    unit_discount_price: Amount | None = None


class PriceContext(Wire):
    """For whom, where and when a price holds; the usual price has none."""

    channel_codes: Texts = ()
    customer_group_ids: Texts = ()
    customer_organization_ids: Texts = ()
    start_date: Text = ""
    end_date: Text = ""


class Price(Wire):
    channel_code: Text = ""
    context: PriceContext | None = None
    discount_start_date: Text = ""
    discount_end_date: Text = ""
    unit_origin_price: Amount = Decimal(0)
    unit_discount_price: Amount | None = None
    volume_prices: Annotated[tuple[VolumePrice, ...], BeforeValidator(none_is_empty)] = ()

    @property
    def usual(self) -> bool:
        """It holds for everybody, everywhere, at all times."""
        return not self.channel_code and (self.context is None or self.context == PriceContext())

    @property
    def more(self) -> tuple[VolumePrice, ...]:
        """What more than one piece cost."""
        return tuple(one for one in self.volume_prices if one.quantity_threshold > 1)


class Offer(Wire):
    """`read_at` is put in while reading: Mirakl tells no time at which an offer changed."""

    shop_sku: str
    product_title: Text = ""
    product_references: Annotated[tuple[Reference, ...], BeforeValidator(none_is_empty)] = ()
    price: Amount | None = None
    all_prices: Annotated[tuple[Price, ...], BeforeValidator(none_is_empty)] = ()
    currency_iso_code: str
    quantity: Quantity
    active: bool
    read_at: datetime
