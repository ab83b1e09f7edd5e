"""Who bought and where it goes."""

from services.connectors.woocommerce import wire
from services.connectors.woocommerce.vocabulary import VAT_ID_META
from shared.contracts.order import Address, Customer


def customer(raw: wire.Order) -> Customer | None:
    billing = raw.billing
    if not raw.customer_id and not billing.email and not billing.last_name:
        return None
    vat = next((one.value for one in raw.meta_data if one.key in VAT_ID_META and isinstance(one.value, str)), "")
    return Customer(
        external_id=str(raw.customer_id) if raw.customer_id else None,
        email=billing.email or "",
        phone=billing.phone,
        first_name=billing.first_name,
        last_name=billing.last_name,
        company=billing.company,
        vat_id=vat,
    )


def address(raw: wire.Address) -> Address | None:
    # The country alone is the form's default, not an address.
    if not any((raw.first_name, raw.last_name, raw.company, raw.address_1, raw.city, raw.postcode)):
        return None
    return Address(
        first_name=raw.first_name,
        last_name=raw.last_name,
        company=raw.company,
        street=raw.address_1,
        addition=raw.address_2,
        postcode=raw.postcode,
        city=raw.city,
        state=raw.state,
        country=raw.country,
        phone=raw.phone,
    )
