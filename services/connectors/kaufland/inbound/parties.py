"""Who bought and where it goes."""

import pycountry

from services.connectors.kaufland import wire
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Address, Customer


def customer(raw: wire.Order) -> Customer | None:
    """The buyer as his invoice names him. The platform writes to him itself and may hand out a relay's address, so his
    is never used to tell people apart."""
    who, buyer = raw.billing_address or raw.shipping_address, raw.buyer or wire.Buyer()
    if who is None and raw.buyer is None:
        return None
    named = who or wire.Address()
    return Customer(
        external_id=None if buyer.id_buyer is None else str(buyer.id_buyer),
        email=buyer.email,
        email_is_masked=bool(buyer.email),
        phone=named.phone,
        first_name=named.first_name,
        last_name=named.last_name,
        company=named.company_name,
    )


def address(raw: wire.Address | None, field: str, pickup: wire.PickupLocation | None = None) -> Address | None:
    """Street and number together, wherever the customer wrote the number. A pick-up point must reach the label: it
    stands in the addition."""
    if raw is None:
        return None
    point = [pickup.provider, pickup.pickup_location_id, pickup.dhl_post_number] if pickup else []
    additions = (raw.additional_field.strip(), " ".join(part for part in point if part))
    return Address(
        first_name=raw.first_name,
        last_name=raw.last_name,
        company=raw.company_name,
        street=f"{raw.street.strip()} {raw.house_number.strip()}".strip(),
        addition=", ".join(part for part in additions if part),
        postcode=raw.postcode,
        city=raw.city,
        country=_country(raw.country.strip(), f"{field}.country"),
        phone=raw.phone,
    )


def _country(word: str, field: str) -> str:
    """Two letters, three, or a name: which of them is not documented."""
    if not word:
        return ""
    try:
        return str(pycountry.countries.lookup(word).alpha_2)
    except LookupError:
        said = f"The country {word} is unknown"
        raise Untranslatable(said, code="unknown_word", field=field, value=word) from None
