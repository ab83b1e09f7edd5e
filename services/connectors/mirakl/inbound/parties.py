"""Who bought and where it goes."""

import gettext
from functools import cache

import pycountry

from services.connectors.mirakl import wire
from services.connectors.mirakl.vocabulary import LANGUAGES, OWN_CODES
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Address, Customer


def customer(raw: wire.Order) -> Customer:
    """Mirakl never tells a customer's own e-mail address, only one that passes on what it gets."""
    billing = raw.customer.billing_address or wire.Address()
    organization = raw.customer.organization or wire.Organization()
    return Customer(
        external_id=raw.customer.customer_id or None,
        email=raw.customer_notification_email,
        email_is_masked=bool(raw.customer_notification_email),
        phone=billing.phone or billing.phone_secondary,
        first_name=raw.customer.firstname,
        last_name=raw.customer.lastname,
        company=organization.name or billing.company,
        vat_id=organization.tax_identification_number,
    )


def address(raw: wire.Address | None, field: str) -> Address | None:
    """None as long as the operator keeps it back."""
    if raw is None:
        return None
    return Address(
        first_name=raw.firstname,
        last_name=raw.lastname,
        company=raw.company,
        street=raw.street_1,
        addition=", ".join(part for part in (raw.company_2, raw.street_2) if part),
        postcode=raw.zip_code,
        city=raw.city,
        state=raw.state,
        country=_country(raw, field),
        phone=raw.phone or raw.phone_secondary,
    )


def _country(raw: wire.Address, field: str) -> str:
    """The three letters as two; without them, the name in a language of the operators."""
    if code := raw.country_iso_code:
        found = pycountry.countries.get(alpha_3=code.upper())
        if found is not None:
            return str(found.alpha_2)
        if code in OWN_CODES:
            return OWN_CODES[code]
        name, word = "country_iso_code", code
    elif raw.country:
        if known := _names().get(raw.country.strip().casefold()):
            return known
        name, word = "country", raw.country
    else:
        return ""
    where = f"customer.{field}.{name}"
    raise Untranslatable(f"The country {word} is unknown", code="unknown_word", field=where, value=word)


@cache
def _names() -> dict[str, str]:
    """Every country's names, in ISO's own English and in the languages of the operators."""
    found = {}
    for language in LANGUAGES:
        told = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [language], fallback=True).gettext
        for country in pycountry.countries:
            for name in (country.name, getattr(country, "common_name", country.name)):
                found[told(name).casefold()] = str(country.alpha_2)
    return found
