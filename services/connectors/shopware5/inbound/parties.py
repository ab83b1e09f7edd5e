"""Who bought and where it goes."""

from services.connectors.shopware5 import wire
from services.connectors.shopware5.vocabulary import GUEST
from shared.contracts.customer import ShopCustomer
from shared.contracts.order import Address, Customer


def customer(raw: wire.Order) -> Customer | None:
    """Someone who bought without an account is a customer of his own in the shop with every order, and none to us."""
    who, billing = raw.customer, raw.billing or wire.Address()
    if who is None and raw.billing is None:
        return None
    known = who is not None and who.account_mode != GUEST
    return Customer(
        external_id=str(who.id) if who and known else None,
        number=who.number if who else "",
        email=who.email if who else "",
        phone=billing.phone,
        first_name=billing.first_name,
        last_name=billing.last_name,
        company=billing.company,
        vat_id=billing.vat_id,
    )


def account(raw: wire.Account) -> ShopCustomer:
    """Who has an account. Where he has not given his own name, it is that of his address."""
    billing = raw.default_billing_address or raw.default_shipping_address or wire.Address()
    return ShopCustomer(
        person=Customer(
            external_id=str(raw.id),
            number=raw.number,
            email=raw.email,
            phone=billing.phone,
            first_name=raw.firstname or billing.first_name,
            last_name=raw.lastname or billing.last_name,
            company=billing.company,
            vat_id=billing.vat_id,
        ),
        group=raw.group_key,
        active=raw.active,
        registered_at=wire.moment(raw.first_login, raw.shop_timezone),
        billing_address=address(raw.default_billing_address),
        shipping_address=address(raw.default_shipping_address),
    )


def address(raw: wire.Address | None) -> Address | None:
    if raw is None:
        return None
    extra = (raw.department, raw.additional_address_line1, raw.additional_address_line2)
    return Address(
        first_name=raw.first_name,
        last_name=raw.last_name,
        company=raw.company,
        street=raw.street,
        addition=", ".join(one for one in extra if one),
        postcode=raw.zip_code,
        city=raw.city,
        state=raw.state.short_code if raw.state else "",
        country=raw.country.iso if raw.country else "",
        phone=raw.phone,
    )
