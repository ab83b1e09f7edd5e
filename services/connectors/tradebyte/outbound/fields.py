"""Fields of a product that are made up of more than a value."""

import re
from collections.abc import Mapping, Sequence

from services.connectors.tradebyte.outbound.markup import leaf, node
from services.connectors.tradebyte.vocabulary import DEFAULT_LANGUAGE, WEEKS
from shared.contracts.errors import Rejected
from shared.contracts.product import ProductAttribute

DAYS = re.compile(r"\D*?(\d+)(?:\s*(?:-|–|to|bis)\s*(\d+))?\s*(\w*)\D*")
ATTRIBUTE, COMPONENT = "attribute:", "component:"
"""What a merchant may write before TB.One's own name of a field: one of a fixed list of values, or a free text."""


def checked(field: str, value: str, longest: int) -> str:
    """Raises Rejected, naming the field, for what is empty or too long."""
    if not value.strip():
        raise Rejected(f"{field}: is empty")
    if len(value) > longest:
        raise Rejected(f"{field}: {value[:40]}… is longer than {longest} characters")
    return value


def texts(tag: str, value: str, foreign: Mapping[str, str] | None = None) -> str:
    """A text in the account's own language, and in others. `tag` VALUE is that text alone."""
    own = [leaf("VALUE", value, xml__lang=DEFAULT_LANGUAGE)] if value else []
    if tag == "VALUE":
        return "".join(own)
    others = [leaf("VALUE", text, xml__lang=language) for language, text in (foreign or {}).items() if text]
    return node(tag, own + others)


def components(
    level: str, attributes: Sequence[ProductAttribute], parts: frozenset[str], longest: int, *, foreign: bool
) -> str:
    """Free texts by their names (components), then values of fixed lists (attributes, which TB.One calls tags)."""
    named: dict[str, list[ProductAttribute]] = {}
    listed: dict[str, list[str]] = {}
    for one in attributes:
        is_list = one.target.startswith(ATTRIBUTE)
        name = one.target.removeprefix(ATTRIBUTE).removeprefix(COMPONENT) or one.name
        is_field = one.target.startswith(COMPONENT)
        if ("custom_fields" if is_field else "properties") not in parts or (one.language and not foreign):
            continue
        if not one.value.strip():
            continue
        if is_list and not one.language:
            listed.setdefault(checked("attributes", name, 100), []).append(checked(name, one.value, 255))
        elif not is_list:
            named.setdefault(checked("attributes", name, longest), []).append(one)
    free = node(f"{level}_COMPONENTDATA", (_component(level, name, values) for name, values in named.items()))
    return free + node(f"{level}_TAGS", (_tag(level, name, values) for name, values in listed.items()))


def _component(level: str, name: str, values: Sequence[ProductAttribute]) -> str:
    by_language = {one.language or DEFAULT_LANGUAGE: one.value for one in values}
    said = (leaf("VALUE", value, xml__lang=language) for language, value in by_language.items())
    return node(f"{level}_COMPONENT", said, identifier="name", key=name)


def _tag(level: str, name: str, values: Sequence[str]) -> str:
    said = (leaf("VALUE", one, identifier="name", key=one[:100]) for one in dict.fromkeys(values))
    return node(f"{level}_TAG", said, identifier="name", key=name)


def amount_of_days(words: str) -> int:
    """A delivery time in whole days; of two numbers the larger one is the promise. Raises Rejected for other words."""
    found = DAYS.fullmatch(words.strip())
    if found is None:
        raise Rejected(f"delivery_time: {words[:40]} is no number of days")
    days = int(found[2] or found[1])
    return days * 7 if found[3].lower() in WEEKS else days
