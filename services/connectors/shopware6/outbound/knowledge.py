"""What the shop has of what products refer to, what is asked of it, and what is to be written of one product."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from services.connectors.shopware6.outbound.values import Definition
from services.connectors.shopware6.vocabulary import STANDARD_FIELDS
from shared.contracts.product import ProductPush

Row = dict[str, Any]
Key = tuple[str, str]


LONGEST_NAME = 255
"""No name in the shop is longer: what is longer is a text."""


def plain(name: str) -> str:
    """A name as the shop compares it."""
    return name.strip().casefold()


@dataclass(frozen=True)
class Language:
    id: str
    code: str
    """A locale such as de-DE."""
    default: bool


@dataclass(frozen=True)
class Entry:
    """The category below which ours lie, and the path that leads to it."""

    id: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """Ids by name (as `plain` writes it). `categories` are by parent, `options` by group. `entry` is None, and `folder`
    and `layout` are empty, where the shop has none or none was needed. `variants_in_lists` is the setting."""

    currency: str = ""
    currency_code: str = ""
    languages: Sequence[Language] = ()
    taxes: Mapping[Decimal, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    delivery_times: Mapping[str, str] = field(default_factory=dict)
    makers: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[Key, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    entry: Entry | None = None
    categories: Mapping[Key, str] = field(default_factory=dict)
    fields: Mapping[str, Definition] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)
    folder: str = ""
    layout: str = ""
    variants_in_lists: str = ""


@dataclass
class Draft:
    """What is written of one product, in one transaction with what it refers to and the shop lacks (`makes`, by entity
    and id). `before` and `after` are taken away, by entity and key. `images` are addresses by the id of their medium,
    `media` the rows of those media; `groups` are the properties of the options it speaks of."""

    row: Row
    makes: dict[Key, Row] = field(default_factory=dict)
    before: list[tuple[str, Row]] = field(default_factory=list)
    after: list[tuple[str, Row]] = field(default_factory=list)
    images: dict[str, str] = field(default_factory=dict)
    media: dict[str, Row] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)

    @property
    def numbers(self) -> set[str]:
        rows = (self.row, *self.row.get("children", ()))
        return {plain(number) for one in rows if (number := one.get("productNumber"))}


@dataclass(frozen=True)
class Wants:
    """Names that products speak of: what the shop is asked about."""

    makers: frozenset[str]
    tags: frozenset[str]
    categories: frozenset[str]
    groups: frozenset[str]
    options: frozenset[str]
    units: bool
    delivery_times: bool
    fields: bool
    channels: bool
    images: bool


def wants(pushes: Sequence[ProductPush]) -> Wants:
    variants = [one for push in pushes for one in push.variants]
    contents = [push.content for push in pushes] + [one.content for one in variants]
    attributes = [one for push in pushes for one in push.attributes] + [
        one for each in variants for one in each.attributes
    ]
    told = {part for push in pushes for part in push.parts}
    names = {one.target or one.name for one in attributes}
    return Wants(
        makers=frozenset(one.manufacturer for one in contents if one.manufacturer),
        tags=frozenset(tag for one in contents for tag in one.tags),
        categories=frozenset(name for one in contents for path in one.categories for name in steps(path)),
        groups=frozenset(
            {name for one in contents for name in one.options}
            | {name.removeprefix("properties.") for name in names - set(STANDARD_FIELDS)}
        ),
        options=frozenset(
            {name for one in contents for name in one.options.values()}
            | {one.value for one in attributes if len(one.value) <= LONGEST_NAME}
        ),
        units=any(one.unit for one in contents) or "shopware6_unit" in names,
        delivery_times=any(one.delivery_time for one in contents) or "shopware6_delivery_time" in names,
        fields=bool(names) and bool(told & {"custom_fields", "properties"}),
        channels=any(push.channels for push in pushes) or "categories" in told,
        images="images" in told,
    )


def breadcrumb(row: Mapping[str, Any]) -> list[str]:
    """The names that lead to a category, from the top."""
    return [str(name) for name in (row.get("translated") or {}).get("breadcrumb") or row.get("breadcrumb") or ()]


def steps(path: str) -> list[str]:
    """The names of a path of categories, from the top."""
    return [name.strip() for name in path.split(" > ") if name.strip()]
