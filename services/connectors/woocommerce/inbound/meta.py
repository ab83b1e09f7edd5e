"""Meta data: what customers and plugins left, in every shape."""

from services.connectors.woocommerce import wire
from services.connectors.woocommerce.vocabulary import GIFT_CARD_META, OWN_META
from shared.contracts.order import Property


def marked(meta: tuple[wire.Meta, ...], marks: frozenset[tuple[str, str]]) -> bool:
    return any((one.key, one.value) in marks for one in meta if isinstance(one.value, str))


def is_gift_card(raw: wire.Line) -> bool:
    return any(one.key in GIFT_CARD_META for one in raw.meta_data)


def properties(meta: tuple[wire.Meta, ...]) -> tuple[Property, ...]:
    """What a customer or a plugin wrote, unchanged; keys with a leading underscore are the shop's own book-keeping,
    except a plugin's ids that belong to a personalised item."""
    found = []
    for one in meta:
        if one.key in OWN_META or (one.key.startswith("_") and not one.key.endswith("_id")):
            continue
        name = one.display_key if isinstance(one.display_key, str) and one.display_key else one.key
        value = one.display_value if isinstance(one.display_value, str) else one.value
        found.append(Property(name=name, value=value if isinstance(value, str) else str(value)))
    return tuple(found)
