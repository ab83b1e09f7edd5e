"""Who bought and where it goes."""

from collections.abc import Iterable

from services.connectors.shopify import wire
from services.connectors.shopify.vocabulary import TAX_FIELDS, VAT_ID_ATTRIBUTES
from shared.contracts.order import Address, Customer, Property


def customer(raw: wire.Order) -> Customer | None:
    """The account, or what a guest left behind; nobody at the till."""
    who, billing = raw.customer, raw.billing_address or raw.shipping_address
    if who is None and billing is None and not raw.email and not raw.phone:
        return None
    names = address(billing)
    company = raw.purchasing_entity.company if raw.purchasing_entity else None
    return Customer(
        external_id=who.id if who else None,
        email=raw.email or "",
        phone=raw.phone or (names.phone if names else ""),
        first_name=(who.first_name if who else None) or (names.first_name if names else ""),
        last_name=(who.last_name if who else None) or (names.last_name if names else ""),
        company=company.name if company else names.company if names else "",
        vat_id=_vat_id(raw),
    )


def address(raw: wire.MailingAddress | None) -> Address | None:
    """An address; the house number stays where it was written, inside the street."""
    if raw is None:
        return None
    first, last = raw.first_name or "", raw.last_name or ""
    return Address(
        first_name=first,
        last_name=last if first or last else raw.name or "",
        company=raw.company or "",
        street=raw.address1 or "",
        addition=raw.address2 or "",
        postcode=raw.zip or "",
        city=raw.city or "",
        state=raw.province_code or raw.province or "",
        country=raw.country_code_v2 or "",
        phone=raw.phone or "",
    )


def properties(raw: Iterable[wire.Attribute]) -> tuple[Property, ...]:
    """What the customer or an app wrote, unchanged, hidden keys with a leading underscore included."""
    return tuple(Property(name=each.key, value=each.value or "") for each in raw)


def _vat_id(raw: wire.Order) -> str:
    local = (each.value for each in raw.localized_fields if each.purpose == TAX_FIELDS and each.value)
    typed = (each.value for each in raw.custom_attributes if each.key.lower() in VAT_ID_ATTRIBUTES and each.value)
    return next(local, None) or next(typed, None) or ""
