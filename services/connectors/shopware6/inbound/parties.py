"""Who bought and where it goes."""

from services.connectors.shopware6 import wire
from shared.contracts.order import Address, Customer


def customer(raw: wire.Order) -> Customer | None:
    """Every guest order makes a customer of its own in the shop, which is none to us."""
    who, billing = raw.order_customer, raw.billing_address
    if who is None:
        return None
    guest = who.customer is not None and who.customer.guest
    vat = next(iter(who.vat_ids or ()), None) or (billing.vat_id if billing else None)
    return Customer(
        external_id=None if guest else who.customer_id,
        number=who.customer_number or "",
        email=who.email,
        phone=(billing.phone_number if billing else None) or "",
        first_name=who.first_name,
        last_name=who.last_name,
        company=who.company or "",
        vat_id=vat or "",
    )


def address(raw: wire.Address | None) -> Address | None:
    if raw is None:
        return None
    extra = (raw.department, raw.additional_address_line1, raw.additional_address_line2)
    return Address(
        first_name=raw.first_name,
        last_name=raw.last_name,
        company=raw.company or "",
        street=raw.street,
        addition=", ".join(one for one in extra if one),
        postcode=raw.zipcode or "",
        city=raw.city,
        state=(raw.country_state.short_code if raw.country_state else None) or "",
        country=(raw.country.iso if raw.country else None) or "",
        phone=raw.phone_number or "",
    )
