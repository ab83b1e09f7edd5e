"""A person or company that has an account with a shop, whether or not they ever ordered."""

from datetime import datetime

from shared.contracts.model import Contract, Payload
from shared.contracts.order import Address, Customer, Observation


class ShopCustomer(Contract):
    """An account with a shop. `person` has its `external_id` and its number there; `group` is the shop's own word."""

    person: Customer
    group: str = ""
    active: bool = True
    registered_at: datetime | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None


class CustomerReceived(Payload):
    """A connector read an account that is new or changed."""

    type = "customer.received"

    customer: ShopCustomer
    observed: Observation


class CustomerUnreadable(Payload):
    """A connector read an account that it cannot translate."""

    type = "customer.unreadable"

    external_id: str
    number: str = ""
    code: str
    field: str
    value: str = ""
    observed: Observation
