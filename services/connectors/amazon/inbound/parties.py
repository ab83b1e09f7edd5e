"""Who bought and where it goes. What the application has no role for is simply not there."""

from services.connectors.amazon import wire
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Address, Customer

BUYER = "BUYER"


def customer(raw: wire.Order) -> Customer | None:
    """The buyer; his address for mail is a pseudonym of the platform's, and a name is never taken apart."""
    registration = _registration(raw)
    address = raw.recipient.delivery_address
    name = raw.buyer.buyer_name or (address.name if address else "")
    company = raw.buyer.buyer_company_name or (registration.legal_name if registration else "")
    if not (name or company or raw.buyer.buyer_email):
        return None
    vat = registration.tax_registration_number if registration else ""
    return Customer(
        email=raw.buyer.buyer_email,
        email_is_masked=bool(raw.buyer.buyer_email),
        phone=address.phone if address else "",
        last_name=name,
        company=company,
        vat_id=vat,
    )


def delivery_address(raw: wire.Order) -> Address | None:
    return _address(raw.recipient.delivery_address, "recipient.deliveryAddress")


def billing_address(raw: wire.Order) -> Address | None:
    """A company's is that of its tax registration; of others only where the goods go is told."""
    registration = _registration(raw)
    if registration is None or registration.tax_registration_address is None:
        return delivery_address(raw)
    found = _address(registration.tax_registration_address, "tax.taxRegistrations.taxRegistrationAddress")
    if found is None or found.last_name or found.company:
        return found
    return found.model_copy(update={"company": registration.legal_name})


def _registration(raw: wire.Order) -> wire.TaxRegistration | None:
    return next((one for one in raw.tax.tax_registrations if one.entity_type == BUYER), None)


def _address(raw: wire.Address | None, field: str) -> Address | None:
    if raw is None:
        return None
    lines = [part for part in (raw.address_line1, raw.address_line2, raw.address_line3) if part.strip()]
    # Many write a company or a floor into the first line: the street is the line with the number of the house.
    street = next((one for one in lines if any(letter.isdigit() for letter in one)), lines[0] if lines else "")
    others = [one for one in lines if one is not street]
    return Address(
        last_name=raw.name,
        company=raw.company_name,
        street=street,
        addition=", ".join([*others, *([raw.district_or_county] if raw.district_or_county else [])]),
        postcode=raw.postal_code,
        city=raw.city,
        state=raw.state_or_region,
        country=_country(raw.country_code, f"{field}.countryCode"),
        phone=raw.phone,
    )


def _country(code: str, field: str) -> str:
    if code and not (len(code) == 2 and code.isascii() and code.isupper()):
        raise Untranslatable(f"The country {code} is unknown", code="unknown_word", field=field, value=code)
    return code
