"""What a stock file does to offers: it sets the quantities named, and nothing else."""

from collections.abc import Sequence

from services.sandbox.mirakl.imports import Row
from services.sandbox.mirakl.offers import Offers

NEEDED = frozenset({"offer-sku", "quantity"})
COLUMNS = NEEDED | {"warehouse-code", "update-delete"}


def work(offers: Offers, rows: Sequence[Row]) -> dict[int, str]:
    """An offer that is not in the file keeps what it has."""
    errors: dict[int, str] = {}
    for place, row in enumerate(rows):
        offer = offers.by_sku.get(row.get("offer-sku", ""))
        if offer is None:
            errors[place] = "The offer does not exist"
        elif not row.get("quantity", "").isdecimal():
            errors[place] = "The quantity is not valid"
        elif row.get("warehouse-code"):
            errors[place] = "The warehouse does not exist"
        else:
            offer.quantity = 0 if row.get("update-delete") == "delete" else int(row["quantity"])
    return errors
