"""What an operator decides for his Mirakl."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Options:
    """`multi_shipment`: several parcels per order (ST01). `tax_mode`: whether prices in orders hold the tax.
    `acceptance`: whether shops must accept orders themselves, `partial_acceptance`: also line by line. `own_carriers`:
    shops may name carriers that the operator has not registered. `delimiter`: of the files that Mirakl writes.
    `import_seconds`: how long an import of stock or prices runs. `price_decimals` and the three after it: what prices
    may be. `returns`: customers may send goods back. `product_seconds`: how long products are judged;
    `refused_products`: numbers the operator does not take, and why; `mapped_categories`: the shop's own that he mapped
    in the operator's wizard. `reasons`: the codes a shop may cancel with. `documents`: code and label of the types that
    shops may send.
    """

    multi_shipment: bool = True
    tax_mode: Literal["TAX_INCLUDED", "TAX_EXCLUDED"] = "TAX_INCLUDED"
    acceptance: Literal["AUTOMATIC", "NOT_AUTOMATIC"] = "AUTOMATIC"
    partial_acceptance: bool = True
    own_carriers: bool = True
    delimiter: Literal["COMMA", "SEMICOLON"] = "SEMICOLON"
    import_seconds: float = 20.0
    price_decimals: int = 2
    channel_pricing: bool = False
    volume_pricing: bool = False
    discount_period_required: bool = False
    returns: bool = False
    product_seconds: float = 1800.0
    refused_products: tuple[tuple[str, str], ...] = ()
    mapped_categories: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ("34",)
    documents: tuple[tuple[str, str], ...] = (("CUSTOMER_INVOICE", "Rechnung"), ("CREDIT_NOTE", "Gutschrift"))
