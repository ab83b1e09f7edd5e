"""Who bought and where it goes."""

import pycountry

from services.connectors.otto import wire
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Address, Customer


def customer(raw: wire.Order) -> Customer | None:
    """The buyer as his invoice names him; his address for mail there is a pseudonym of the platform's."""
    who = raw.invoice_address
    if who is None:
        return None
    return Customer(
        email=who.email,
        email_is_masked=bool(who.email),
        phone=who.phone,
        first_name=who.first_name,
        last_name=who.last_name,
    )


def address(raw: wire.Address | None, field: str) -> Address | None:
    """Names are taken as they stand: at a pick-up point they are that point's name and number. The platform has no
    field for a company, and `salutation` COMPANY does not say in which field one stands."""
    if raw is None:
        return None
    return Address(
        first_name=" ".join(part for part in (raw.title, raw.first_name) if part),
        last_name=raw.last_name,
        street=f"{raw.street} {raw.house_number}".strip(),
        addition=raw.addition,
        postcode=raw.postcode,
        city=raw.city,
        country=_country(raw.country, f"{field}.countryCode"),
        phone=raw.phone,
    )


OF_THEIR_OWN = {"XKX": "XK"}
"""Kosovo has no code in ISO 3166-1; everybody uses these two."""


def _country(code: str, field: str) -> str:
    """Three letters to two."""
    if code in OF_THEIR_OWN:
        return OF_THEIR_OWN[code]
    found = pycountry.countries.get(alpha_3=code)
    if found is None:
        raise Untranslatable(f"The country {code} is unknown", code="unknown_word", field=field, value=code)
    return str(found.alpha_2)
