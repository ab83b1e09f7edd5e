"""What a merchant decides about the lines of an order."""

from typing import Literal

from pydantic import BaseModel


class LineRules(BaseModel, frozen=True, extra="forbid"):
    """`aggregate`: equal lines of one piece each become one line. `explode_bills`: a bill of material is handed on as
    its head, which keeps the price, and its components, which cost nothing."""

    name: Literal["channel", "erp"] = "channel"
    description: Literal["none", "erp", "channel"] = "none"
    aggregate: bool = False
    explode_bills: bool = True
