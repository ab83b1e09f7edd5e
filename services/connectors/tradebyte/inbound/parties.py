"""Who bought and where it goes."""

from services.connectors.tradebyte import wire
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Address, Customer


def customer(raw: wire.Address | None, sign: str) -> Customer | None:
    """The buyer. Each channel numbers its own customers, so the id carries the channel."""
    if raw is None:
        return None
    first, last = _names(raw)
    return Customer(
        external_id=f"{sign}:{raw.CHANNEL_NO}" if raw.CHANNEL_NO else None,
        number=raw.CHANNEL_NO,
        email=raw.EMAIL,
        phone=_phone(raw),
        first_name=first,
        last_name=last,
        company=raw.NAME_EXTENSION,
        vat_id=raw.VAT_ID,
    )


def address(raw: wire.Address | None, node: str) -> Address | None:
    """A postal address; None for a node that is empty but for its ids."""
    if raw is None or not any((raw.FIRSTNAME, raw.LASTNAME, raw.NAME, raw.STREET_NO, raw.ZIP, raw.CITY)):
        return None
    first, last = _names(raw)
    country = raw.COUNTRY.strip().upper()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise Untranslatable(
            f"{node}.COUNTRY says {country}, which is no country code of two letters",
            code="unknown_word",
            field=f"{node}.COUNTRY",
            value=country,
        )
    return Address(
        first_name=first,
        last_name=last,
        company=raw.NAME_EXTENSION,
        street=raw.STREET_NO,
        addition=raw.STREET_EXTENSION,
        postcode=raw.ZIP,
        city=raw.CITY,
        country=country,
        phone=_phone(raw),
    )


def _names(raw: wire.Address) -> tuple[str, str]:
    """Both fields always come, but either may be empty; then the whole name is all there is."""
    if raw.FIRSTNAME.strip() or raw.LASTNAME.strip():
        return raw.FIRSTNAME, raw.LASTNAME
    return "", raw.NAME


def _phone(raw: wire.Address) -> str:
    return raw.PHONE_PRIVATE or raw.PHONE_MOBILE or raw.PHONE_OFFICE
