"""What a product refers to, by name: found in the shop, or noted to be made with the product.

Whatever carries a meaning that nobody can guess (tax rates, delivery times, sales channels) is only found.
"""

from collections.abc import Mapping
from decimal import Decimal

from services.connectors.shopware6.outbound.ids import id_of
from services.connectors.shopware6.outbound.knowledge import Draft, Known, Row, plain, steps
from shared.contracts.errors import Rejected


def tax(known: Known, rate: Decimal) -> str:
    found = known.taxes.get(rate)
    if found is None:
        raise Rejected(f"tax_rate: the shop has no tax of {rate.normalize():f} %", code="rejected")
    return found


def delivery_time(known: Known, name: str) -> str:
    return _only_found(known.delivery_times, name, "delivery_time: the shop has no delivery time")


def channel(known: Known, name: str) -> str:
    return _only_found(known.channels, name, "channels: the shop has no sales channel")


def unit(known: Known, draft: Draft, name: str) -> str:
    return _made(draft, "unit", known.units, name, {"name": name.strip(), "shortCode": name.strip()})


def maker(known: Known, draft: Draft, name: str) -> str:
    return _made(draft, "product_manufacturer", known.makers, name, {"name": name.strip()})


def tag(known: Known, draft: Draft, name: str) -> str:
    return _made(draft, "tag", known.tags, name, {"name": name.strip()})


def group(known: Known, draft: Draft, name: str) -> str:
    """A property, which customers can filter by."""
    row = {"name": name.strip(), "displayType": "text", "sortingType": "alphanumeric", "filterable": True}
    return _made(draft, "property_group", known.groups, name, row)


def option(known: Known, draft: Draft, name: str, value: str) -> str:
    """One value of a property."""
    at = group(known, draft, name)
    found = known.options.get((at, plain(value)))
    if found is None:
        found = id_of("property_group_option", at, value)
        draft.makes.setdefault(("property_group_option", found), {"id": found, "groupId": at, "name": value.strip()})
    draft.groups[found] = at
    return found


def category(known: Known, draft: Draft, path: str) -> str:
    """The last category of a path below the entry category; a path may begin with that category itself."""
    if known.entry is None:
        raise Rejected("categories: the shop does not have the category below which they lie", code="rejected")
    at, names = known.entry.id, steps(path)
    if names and plain(names[0]) == plain(known.entry.path[-1]):
        names = names[1:]
    for name in names:
        found = known.categories.get((at, plain(name)))
        if found is None:
            found = id_of("category", at, name)
            draft.makes.setdefault(("category", found), {"id": found, "parentId": at, "name": name, "active": True})
        at = found
    return at


def language_words(known: Known, texts: Mapping[str, Row]) -> dict[str, Row]:
    """What is said in each language of the shop, by its id: that of the very locale, else that of the language."""
    said: dict[str, Row] = {}
    named = {plain(name).replace("_", "-"): words for name, words in texts.items()}
    for language in known.languages:
        code = plain(language.code)
        words = named.get(code) or named.get(code.partition("-")[0])
        if words:
            said[language.id] = words
    return said


def _only_found(names: Mapping[str, str], name: str, otherwise: str) -> str:
    found = names.get(plain(name))
    if found is None:
        raise Rejected(f"{otherwise} “{name}”", code="rejected")
    return found


def _made(draft: Draft, entity: str, names: Mapping[str, str], name: str, row: Row) -> str:
    found = names.get(plain(name))
    if found is None:
        found = id_of(entity, name)
        draft.makes.setdefault((entity, found), {"id": found, **row})
    return found
