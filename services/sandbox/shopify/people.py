"""Addresses and customers in this platform's words."""

from functools import lru_cache
from typing import Any

import pycountry

from services.sandbox.merchant import Address, Basket
from services.sandbox.shopify.identity import Numbers, gid

Record = dict[str, Any]


@lru_cache(maxsize=64)
def country_name(code: str) -> str:
    found = pycountry.countries.get(alpha_2=code)
    return str(found.name) if found else code


def address(given: Address | None, numbers: Numbers) -> Record | None:
    """A MailingAddress, or None where the order has none. House number and street share `address1`."""
    if given is None:
        return None
    return {
        "id": numbers.gid("MailingAddress"),
        "firstName": given.first_name or None,
        "lastName": given.last_name or None,
        "name": " ".join(part for part in (given.first_name, given.last_name) if part) or None,
        "company": given.company or None,
        "address1": given.street,
        "address2": None,
        "zip": given.postcode,
        "city": given.city,
        "province": None,
        "provinceCode": None,
        "country": country_name(given.country),
        "countryCodeV2": given.country,
        "phone": given.phone or None,
        "latitude": None,
        "longitude": None,
    }


class Customers:
    """The shop's customers by e-mail address. A guest leaves none."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._by_email: dict[str, Record] = {}

    def of(self, basket: Basket) -> Record | None:
        if basket.guest or not basket.email:
            return None
        found = self._by_email.get(basket.email) or self._new(basket)
        found["numberOfOrders"] = str(int(found["numberOfOrders"]) + 1)
        return found

    def _new(self, basket: Basket) -> Record:
        number = self._numbers.take()
        person = basket.billing or basket.shipping
        first, last = (person.first_name, person.last_name) if person else ("", "")
        phone = person.phone if person else ""
        record: Record = {
            "__typename": "Customer",
            "id": gid("Customer", number),
            "legacyResourceId": str(number),
            "firstName": first or None,
            "lastName": last or None,
            "displayName": f"{first} {last}".strip() or basket.email,
            "email": basket.email,
            "phone": phone or None,
            "defaultEmailAddress": {"emailAddress": basket.email},
            "defaultPhoneNumber": {"phoneNumber": phone} if phone else None,
            "locale": basket.locale,
            "note": None,
            "numberOfOrders": "0",
            "state": "ENABLED",
            "tags": [],
            "taxExempt": basket.tax_free,
            "verifiedEmail": True,
        }
        self._by_email[basket.email] = record
        return record
