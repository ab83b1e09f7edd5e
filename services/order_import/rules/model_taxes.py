"""What a merchant decides about taxes and the total."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field

Rate = Annotated[Decimal, Field(ge=0, lt=1)]


class TaxRules(BaseModel, frozen=True, extra="forbid"):
    """Rates are fractions (0.19). `exempt_when_missing`: goods without tax information are 0 % instead of an error.
    That is the default: nobody's orders may be parked by a rule that he never set, and shops of small businesses, or
    with tax calculation off, state no tax at all.
    `normal_rate` and `reduced_rate` are those of the warehouse's country: by them a line's class is known abroad.
    `vat_id_is_verified`: the channel guarantees the buyer's VAT id. `by_warehouse_country`: delivery thresholds do not
    count. `prices` is how the ERP shows them. `fix_total` takes the channel's total over, up to `maximum_difference` in
    the order's currency; above it the order is not shipped automatically."""

    exempt_when_missing: bool = True
    warehouse_country: str = Field(default="DE", pattern=r"^[A-Z]{2}$")
    normal_rate: Rate = Decimal("0.19")
    reduced_rate: Rate = Decimal("0.07")
    vat_id_is_verified: bool = False
    by_warehouse_country: bool = False
    prices: Literal["channel", "gross", "net"] = "channel"
    fix_total: bool = True
    maximum_difference: Decimal = Field(default=Decimal("0.05"), ge=0, le=1000)
