"""One article in a channel's own words: its category, attributes and values, and everything that stands in the way.

Where a word of ours is spelled as theirs, nobody needs to map it. Pure: what is unknown comes back as an open row, for
the merchant to fill in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal

from services.inventory.attribute_rows import CATEGORY
from shared.contracts.taxonomy import TaxonomyAttribute

Kind = Literal["category", "attribute", "value"]
Open = tuple[Kind, str, str]
"""A row without a target: its kind, its scope (a category's code or a list's), and the word that has none."""
FIELDS = {"number": "@number", "ean": "@ean", "title": "@title", "description": "@description",
          "variant_group": "@parent", "brand": "@manufacturer"}  # fmt: skip


@dataclass(frozen=True)
class Article:
    """What we know of one article; `attributes` by name and language, with its options as a variant. `facts` are what
    its contents say besides, images by their place: `image`, `image_2`."""

    number: str
    ean: str
    title: str
    description: str
    parent: str
    attributes: Mapping[tuple[str, str], str]
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def category(self) -> str:
        return self.attributes.get((CATEGORY, ""), "")

    def own(self) -> dict[str, str]:
        """The fields of its row."""
        return {name: str(getattr(self, name)) for name in ("number", "ean", "title", "description", "parent")}

    def value(self, source: str) -> str:
        """`@ean` is a field, `=New` a fixed text, `name` or `name[en]` an attribute."""
        if source.startswith("="):
            return source[1:]
        if source.startswith("@"):
            return self.own().get(source[1:]) or self.facts.get(source[1:], "")
        name, _, language = source.removesuffix("]").partition("[")
        return self.attributes.get((name, language), "")

    def columns(self) -> dict[str, str]:
        """All of it under names that never change, for channels that map columns of ours."""
        said = {f"{name}[{language}]" if language else name: v for (name, language), v in self.attributes.items()}
        own = self.own()
        facts = {name: value for name, value in self.facts.items() if not own.get(name)}
        return {**own, **facts, **said}


@dataclass(frozen=True)
class Asked:
    """What the channel asks of a category. `attributes` are its own, those of the ones above, and the shared ones;
    `lists` are labels by code; `above` are the codes from the category up; `read` whether its attributes are known."""

    known: bool
    leaf: bool
    above: Sequence[str]
    attributes: Sequence[TaxonomyAttribute]
    lists: Mapping[str, Mapping[str, str]]
    leaves_only: bool
    separator: str
    read: bool = True


@dataclass(frozen=True)
class Problem:
    code: str
    params: Mapping[str, str]


@dataclass
class Mapped:
    """`values` by attribute code, of a product in the channel's `category`. With a problem it is not sent."""

    category: str = ""
    values: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    open: list[Open] = field(default_factory=list)

    def bad(self, code: str, **params: str) -> None:
        self.problems.append(Problem(code, params))


def map_product(article: Article, category: str, asked: Asked, targets: Mapping[Open, str | None]) -> Mapped:
    """`category` is the channel's, "" where ours has none there; `targets` are the merchant's rows."""
    found = Mapped(category)
    ours = article.category
    if not ours:
        found.bad("product_without_category")
    elif not category:
        found.bad("product_category_unmapped", category=ours)
        found.open.append(("category", "", ours))
    elif not asked.known:
        found.bad("product_category_gone", category=ours, target=category)
    elif asked.leaves_only and not asked.leaf:
        found.bad("product_category_no_leaf", category=ours, target=category)
    elif not asked.read:
        found.bad("product_category_unread", category=ours, target=category)
    if found.problems:
        return found
    for attribute in asked.attributes:
        if attribute.role == "category":
            found.values[attribute.code] = category
        else:
            _fill(found, article, category, attribute, asked, targets)
    return found


def _fill(
    found: Mapped, article: Article, category: str, attribute: TaxonomyAttribute, asked: Asked,
    targets: Mapping[Open, str | None],
) -> None:  # fmt: skip
    source = _source(article, attribute, asked.above, targets)
    given = article.value(source).strip() if source else ""
    if not given:
        if attribute.requirement == "required" and not source:
            found.bad("product_attribute_unmapped", attribute=attribute.code, label=attribute.label)
            found.open.append(("attribute", category, attribute.code))
        elif attribute.requirement == "required":
            found.bad("product_attribute_empty", attribute=attribute.code, label=attribute.label, source=source)
        return
    if attribute.multiple and not attribute.list_code:
        found.values[attribute.code] = asked.separator.join(_words(given, multiple=True))
    elif attribute.list_code:
        _choose(found, attribute, given, asked, targets)
    elif not (wrong := _wrong(attribute, given)):
        found.values[attribute.code] = given
    else:
        words = {"attribute": attribute.code, "label": attribute.label, "value": given[:60]}
        found.bad(wrong, **words, shortest=str(attribute.shortest), longest=str(attribute.longest or "–"))


def _source(
    article: Article, attribute: TaxonomyAttribute, above: Sequence[str], targets: Mapping[Open, str | None]
) -> str:
    """The merchant's row for the category or the nearest one above it, then the one for all, then what is obvious: the
    field of its role where the article has it, else an attribute of the same name."""
    for scope in (*above, ""):
        if target := targets.get(("attribute", scope, attribute.code)):
            return target
    same = {attribute.code.casefold(), attribute.label.casefold()}
    alike = next((name for name, language in article.attributes if not language and name.casefold() in same), "")
    fact = FIELDS.get(attribute.role, "")
    return fact if fact and (article.value(fact) or not alike) else alike


def _choose(
    found: Mapped, attribute: TaxonomyAttribute, given: str, asked: Asked, targets: Mapping[Open, str | None]
) -> None:
    known = asked.lists.get(attribute.list_code, {})
    codes = []
    for word in _words(given, multiple=attribute.multiple):
        code = targets.get(("value", attribute.list_code, word)) or _spelled_alike(word, known)
        if code in known:
            codes.append(code)
            continue
        if attribute.suggested and not code:
            codes.append(word)
            continue
        words = {"attribute": attribute.code, "label": attribute.label, "value": word[:60]}
        if code:
            found.bad("product_value_gone", **words, target=code)
        else:
            found.bad("product_value_unmapped", **words)
            found.open.append(("value", attribute.list_code, word))
    if codes:
        found.values[attribute.code] = asked.separator.join(codes)


def _words(given: str, *, multiple: bool) -> Iterator[str]:
    for word in given.split("|") if multiple else [given]:
        if word.strip():
            yield word.strip()


def _spelled_alike(word: str, known: Mapping[str, str]) -> str:
    if word in known:
        return word
    alike = [code for code, label in known.items() if word.casefold() in (code.casefold(), label.casefold())]
    return alike[0] if len(alike) == 1 else ""


def _wrong(attribute: TaxonomyAttribute, given: str) -> str:
    if len(given) < attribute.shortest or (attribute.longest is not None and len(given) > attribute.longest):
        return "product_value_length"
    if attribute.kind == "integer" and not given.lstrip("-").isdecimal():
        return "product_value_no_number"
    if attribute.kind == "decimal":
        try:
            return "" if Decimal(given).is_finite() else "product_value_no_number"
        except InvalidOperation:
            return "product_value_no_number"
    return ""
