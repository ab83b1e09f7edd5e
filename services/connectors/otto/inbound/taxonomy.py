"""What the platform asks of products in our words: a group of categories is the category above them."""

from collections.abc import Iterator, Sequence

import pycountry

from services.connectors.otto import vocabulary as words
from services.connectors.otto import wire
from services.connectors.otto.wire.products import Attribute
from shared.contracts.taxonomy import Taxonomy, TaxonomyAttribute, TaxonomyCategory, TaxonomyValue

BRANDS, PROFILES, REGIONS, ROLES, UNITS = "brands", "shipping-profiles", "regions", "roles", "units"
KINDS = {"FLOAT": "decimal", "INTEGER": "integer"}


def taxonomy(
    groups: Sequence[wire.CategoryGroup], brands: Sequence[wire.Brand], profiles: Sequence[wire.ShippingProfile]
) -> Taxonomy:
    """Brands that the seller must not use are left out. A category that stands in two groups belongs to the first."""
    asked = [(group, one) for group in groups for one in group.attributes]
    return Taxonomy(
        categories=tuple(_categories(groups)),
        attributes=(
            *_common(bool(profiles)),
            *(_attribute(group, one) for group in groups for one in group.attributes),
        ),
        values=(
            *(TaxonomyValue(list_code=BRANDS, code=one.id, label=one.name) for one in brands if one.usable),
            *(TaxonomyValue(list_code=PROFILES, code=one.id, label=one.name or one.id) for one in profiles),
            *(TaxonomyValue(list_code=REGIONS, code=code, label=_country(code)) for code in words.EEA),
            *(TaxonomyValue(list_code=ROLES, code=one, label=one) for one in words.ROLES),
            *(TaxonomyValue(list_code=UNITS, code=one, label=one) for one in words.NORMS),
            *(
                TaxonomyValue(list_code=_list(group, one), code=value, label=value)
                for group, one in asked
                for value in dict.fromkeys(one.allowed or one.recommended)
            ),
        ),
        leaves_only=True,
        separator=words.SEPARATOR,
    )


def _categories(groups: Sequence[wire.CategoryGroup]) -> Iterator[TaxonomyCategory]:
    """A category's code is its name, which is what the platform wants to be told; a group may be called the same."""
    seen = set[str]()
    for group in groups:
        yield TaxonomyCategory(code=_above(group), label=group.name)
        for name in group.categories:
            if name not in seen:
                seen.add(name)
                yield TaxonomyCategory(code=name, label=name, parent_code=_above(group))


def _above(group: wire.CategoryGroup) -> str:
    return f"group: {group.name}"


def _list(group: wire.CategoryGroup, attribute: Attribute) -> str:
    return f"{group.name}/{attribute.name}"


def _attribute(group: wire.CategoryGroup, raw: Attribute) -> TaxonomyAttribute:
    """Suggested values give the filters of the shop; others are taken."""
    legal = words.MANDATORY in raw.features
    kind = KINDS.get(raw.type, "text")
    return TaxonomyAttribute.model_validate({
        "code": raw.name,
        "label": f"{raw.name} ({raw.unit})" if raw.unit else raw.name,
        "category_code": _above(group),
        "requirement": "required" if legal else words.RELEVANCES.get(raw.relevance, "optional"),
        "kind": kind,
        "list_code": _list(group, raw) if raw.allowed or raw.recommended else "",
        "multiple": bool(raw.multiple),
        "suggested": not raw.allowed and bool(raw.recommended),
        "variant": raw.name in group.themes,
    })  # fmt: skip


def _common(profiles: bool) -> Iterator[TaxonomyAttribute]:
    """What every product is asked, whatever its category."""
    one = TaxonomyAttribute
    yield one(code=words.CATEGORY, label="Kategorie", requirement="required", role="category")
    yield one(code=words.SKU, label="SKU", requirement="required", role="number", longest=50)
    yield one(code=words.EAN, label="EAN", requirement="required", role="ean")
    yield one(code=words.REFERENCE, label="Produktreferenz", role="variant_group", longest=50)
    yield one(code=words.BRAND, label="Marke", requirement="required", role="brand", list_code=BRANDS)
    yield one(code=words.LINE, label="Produktlinie", longest=words.LINE_LONGEST)
    yield one(code=words.DESCRIPTION, label="Beschreibung", requirement="recommended", role="description")
    yield one(code=words.POINTS, label="Stichpunkte", multiple=True)
    yield one(code=words.MPN, label="Herstellernummer", longest=50)
    yield one(code=words.SAFETY_NAME, label="Produktsicherheit: Name", requirement="required", longest=100)
    yield one(code=words.SAFETY_ADDRESS, label="Produktsicherheit: Anschrift", requirement="required", longest=200)
    yield one(code=words.SAFETY_REGION, label="Produktsicherheit: Land", requirement="required", list_code=REGIONS)
    yield one(code=words.SAFETY_EMAIL, label="Produktsicherheit: E-Mail", requirement="recommended", longest=100)
    yield one(code=words.SAFETY_URL, label="Produktsicherheit: Internetadresse", longest=200)
    yield one(code=words.SAFETY_ROLES, label="Produktsicherheit: Rollen", list_code=ROLES, multiple=True)
    yield one(code=words.PROFILE, label="Versandprofil", requirement="recommended",
              list_code=PROFILES if profiles else "")  # fmt: skip
    yield one(code=words.PROCESSING_TIME, label="Bearbeitungszeit in Tagen", kind="integer")
    yield one(code=words.CONTENT_AMOUNT, label="Inhalt für den Grundpreis: Menge", kind="decimal")
    yield one(code=words.CONTENT_UNIT, label="Inhalt für den Grundpreis: Einheit", list_code=UNITS)


def _country(code: str) -> str:
    found = pycountry.countries.get(alpha_2=code)
    return str(found.name) if found else code
