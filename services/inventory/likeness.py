"""Why a listing that matches no article may still mean one. Only ever a proposal: the SKU decides, exactly."""

import re
from typing import Literal

Likeness = Literal["proposal_blanks", "proposal_case", "proposal_blanks_and_case", "proposal_ean"]
_BLANKS = re.compile(r"\s")


def likeness(sku: str | None, ean: str | None, number: str, article_ean: str | None) -> Likeness | None:
    """What SKU and article number have in common although they differ; None when nothing."""
    if sku and sku != number:
        without = _BLANKS.sub("", sku), _BLANKS.sub("", number)
        if without[0] == without[1]:
            return "proposal_blanks"
        if sku.lower() == number.lower():
            return "proposal_case"
        if without[0].lower() == without[1].lower():
            return "proposal_blanks_and_case"
    return "proposal_ean" if ean and ean == article_ean else None
