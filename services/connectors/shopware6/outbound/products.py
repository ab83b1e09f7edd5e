"""A product as one row, its variants below it: what is new with all that it needs, what is there with what was told.

The shop adds to lists and replaces values; a variant holds only what differs from its product, and null means that it
takes what its product has.
"""

from services.connectors.shopware6.outbound import facts, lists, references
from services.connectors.shopware6.outbound.ids import id_of
from services.connectors.shopware6.outbound.knowledge import Draft, Known, Row
from services.connectors.shopware6.outbound.pictures import pictures
from services.connectors.shopware6.outbound.pieces import in_lists, merge, merged, own_row, price, settings, variant
from services.connectors.shopware6.outbound.plans import Plan
from services.connectors.shopware6.vocabulary import EVERYWHERE
from shared.contracts.article import ArticleContent
from shared.contracts.errors import Rejected
from shared.contracts.product import ProductPush


def draft(plan: Plan, known: Known) -> Draft:
    """What is written of one product. Raises Rejected, which names the field, for what the shop cannot be told."""
    made = Draft({"id": plan.id})
    if plan.writes_top:
        made.row |= _top(plan, known, made)
    above = dict(made.row)
    if plan.family and plan.held is None and known.variants_in_lists:
        made.row["variantListingConfig"] = in_lists(plan, known, made)
    if plan.family and plan.pieces:
        made.row["configuratorSettings"] = settings(plan, known, made)
    if plan.family or plan.apart:
        made.row["children"] = [variant(plan, one, known, made, above) for one in plan.pieces]
    return made


def _top(plan: Plan, known: Known, made: Draft) -> Row:
    """The product's own row, which is that of its only piece where it has no variants."""
    push, parts = plan.push, plan.push.parts
    single = plan.pieces[0] if plan.pieces and not plan.family and not plan.apart else None
    content = push.content if single is None else _both(push.content, single.told.content)
    attributes = push.attributes if single is None else merged(push.attributes, single.told.attributes)
    row = _needed(push, known) if plan.held is None else {}
    row |= facts.texts(push.title, content, parts) | facts.measures(known, made, content)
    if single is not None:
        row |= own_row(push, single, known, variant=False)
    elif not plan.apart:
        row |= {"productNumber": push.number, "active": push.active}
        if (rate := next((one.tax_rate for one in push.variants), None)) is not None:
            row["taxId"] = references.tax(known, rate)
    merge(row, facts.attributes(known, made, attributes, parts))
    row |= lists.properties(made, plan.id, plan.held, row.pop("properties", []))
    facts.say(row, facts.translations(known, content, attributes, parts), known)
    if "images" in parts:
        row |= pictures(known, made, plan.id, plan.held, content, removes=push.removes_images)
    if "categories" in parts:
        row |= lists.categories(known, made, plan, content)
    if "tags" in parts:
        row |= lists.tags(known, made, plan, content)
    return row | lists.related(known, made, plan, content)


def _needed(push: ProductPush, known: Known) -> Row:
    """What a new product cannot be without, and where it is shown."""
    first = next(iter(push.variants), None)
    if first is None:
        raise Rejected("variants: a new product needs something that is sold", code="rejected")
    if first.tax_rate is None:
        raise Rejected("tax_rate: a new product needs a tax rate", code="rejected")
    channels = dict.fromkeys(references.channel(known, name) for name in push.channels)
    return ({"cmsPageId": known.layout} if known.layout else {}) | {
        "name": push.title or push.number,
        "stock": 0,
        "price": price(first, known),
        "taxId": references.tax(known, first.tax_rate),
        "visibilities": [
            {"id": id_of("product_visibility", push.product_id, one), "salesChannelId": one, "visibility": EVERYWHERE}
            for one in channels
        ],
    }


def _both(general: ArticleContent, own: ArticleContent) -> ArticleContent:
    """What is known of the piece stands in place of what is known of the product."""
    known = {name: getattr(own, name) for name in own.model_dump(exclude_defaults=True)}
    return general.model_copy(update=known)
