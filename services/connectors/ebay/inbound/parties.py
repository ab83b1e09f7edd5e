"""Who bought and where it goes."""

from services.connectors.ebay import wire
from shared.contracts.order import Address, Customer


def customer(raw: wire.Order) -> Customer | None:
    """The buyer as he is registered. His mail may be a relay's and is told for two weeks only, so it is never used to
    tell people apart; his name at eBay is."""
    buyer = raw.buyer
    if buyer is None:
        return None
    who = buyer.buyer_registration_address or wire.Contact()
    first, last = _names(who.full_name)
    tax = buyer.tax_identifier or wire.TaxIdentifier()
    return Customer(
        external_id=buyer.username or None,
        email=who.email,
        email_is_masked=bool(who.email),
        phone=_phone(who),
        first_name=first,
        last_name=last,
        company=who.company_name,
        vat_id=tax.taxpayer_id if tax.tax_identifier_type in ("VATIN", "VATID") else "",
    )


def address(raw: wire.Contact | None, reference: str = "") -> Address | None:
    """None where nobody is named any more: eBay takes addresses away after ninety days. `reference` must stand on the
    label where the goods first go to a hub of eBay's."""
    if raw is None or raw.contact_address is None:
        return None
    where = raw.contact_address
    first, last = _names(raw.full_name)
    return Address(
        first_name=first,
        last_name=last,
        company=raw.company_name,
        street=where.address_line1,
        addition=", ".join(part for part in (where.address_line2, reference) if part),
        postcode=where.postal_code,
        city=where.city,
        state=where.state_or_province,
        country=where.country_code,
        phone=_phone(raw),
    )


def in_one_line(where: wire.Address) -> str:
    """An address as a property."""
    parts = (where.address_line1, where.address_line2, f"{where.postal_code} {where.city}".strip(), where.country_code)
    return ", ".join(part for part in parts if part)


def _names(full: str) -> tuple[str, str]:
    """The first word and the rest; a single word is the last name."""
    first, _, last = full.strip().partition(" ")
    return (first, last.strip()) if last.strip() else ("", first)


def _phone(raw: wire.Contact) -> str:
    return raw.primary_phone.phone_number if raw.primary_phone else ""
