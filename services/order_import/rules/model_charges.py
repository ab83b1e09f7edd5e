"""What a merchant decides about money that is no article."""

from typing import Literal

from pydantic import BaseModel


class ChargeRules(BaseModel, frozen=True, extra="forbid"):
    """`as_lines`: charges become lines with the articles of the master data. `tax_from` "channel" takes the rates that
    the channel states for a charge, and those of the goods where it states none; "goods" always takes the goods'.
    `mixed_rates`: a charge over several rates is divided by their shares, or taxed by the largest share."""

    as_lines: bool = False
    tax_from: Literal["channel", "goods"] = "channel"
    mixed_rates: Literal["proportional", "largest"] = "proportional"
