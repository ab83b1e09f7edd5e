"""Tax that eBay takes from the buyer and pays itself. It is none of the seller's money and never his own tax.

Ordinary orders tell neither a rate nor an amount: prices hold the tax, and the seller's own rules decide.
"""

from decimal import Decimal

from services.connectors.ebay import wire
from services.connectors.ebay.inbound.money import money, worth
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Property


def collected(raw: wire.Order, currency: str) -> Decimal:
    """What eBay collected for all lines. The same tax may also stand among `taxes`: it counts once. Raises
    Untranslatable for a tax in `taxes` that eBay did not collect: whether the price holds it is not documented."""
    total = Decimal(0)
    for place, line in enumerate(raw.line_items):
        left = [(one.tax_type, worth(one.amount, currency)) for one in line.ebay_collect_and_remit_taxes]
        total += sum((amount for _, amount in left), Decimal(0))
        for tax in line.taxes:
            told = tax.tax_type, worth(tax.amount, currency)
            if told in left:
                left.remove(told)
            elif told[1]:
                field = f"lineItems.{place}.taxes.taxType"
                said = f"The tax {tax.tax_type} was not collected by the platform"
                raise Untranslatable(said, code="unknown_word", field=field, value=tax.tax_type)
    return total


def collected_words(raw: wire.Order, currency: str) -> list[Property]:
    """What was collected, for whom to look up: kind, amount and the number it is paid under, each once."""
    sums: dict[tuple[str, str], Decimal] = {}
    for line in raw.line_items:
        for tax in line.ebay_collect_and_remit_taxes:
            reference = tax.ebay_reference or wire.TaxReference()
            key = tax.tax_type, f"{reference.name} {reference.value}".strip()
            sums[key] = sums.get(key, Decimal(0)) + money(tax.amount, currency).amount
    return [
        Property(name=f"ebayCollectAndRemitTaxes.{kind}", value=f"{amount:f} {currency} {reference}".strip())
        for (kind, reference), amount in sums.items()
    ]
