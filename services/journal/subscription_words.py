"""How the journal speaks of a subscription: without the whole address, which may be a person's or hold a token."""

from services.journal.mail import masked


def shown_address(way: str, address: str) -> str:
    """o…@example.com, or https://hooks.example.com/…"""
    if way == "mail":
        return masked(address)
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/…"


def shown(field: str, value: object, way: str) -> str:
    """A setting's value."""
    if field == "address":
        return shown_address(way, str(value))
    if isinstance(value, list):
        return ", ".join(map(str, value))[:200]
    return "–" if value is None else str(value)
