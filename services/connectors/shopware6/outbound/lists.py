"""The shop adds to a product's lists: what is no longer told is taken away beside it. An empty list tells nothing."""

from collections.abc import Iterable, Sequence

from services.connectors.shopware6.outbound import references
from services.connectors.shopware6.outbound.ids import id_of
from services.connectors.shopware6.outbound.knowledge import Draft, Known, Row, breadcrumb, plain
from services.connectors.shopware6.outbound.plans import Held, Plan
from services.connectors.shopware6.vocabulary import CROSS_SELLING, CROSS_SELLING_ELSEWHERE
from shared.contracts.article import ArticleContent


def categories(known: Known, made: Draft, plan: Plan, content: ArticleContent) -> Row:
    """Those outside our own part of the tree are the merchant's, and stay."""
    if not content.categories:
        return {}
    told = ids(references.category(known, made, path) for path in content.categories)
    top = tuple(map(plain, known.entry.path)) if known.entry else ()
    there = [one for one in _held(plan.held, "categories") if tuple(map(plain, breadcrumb(one)))[: len(top)] == top]
    return _row("categories", _linked(made, "product_category", "categoryId", plan.id, there, told))


def tags(known: Known, made: Draft, plan: Plan, content: ArticleContent) -> Row:
    if not content.tags:
        return {}
    told = ids(references.tag(known, made, name) for name in content.tags)
    return _row("tags", _linked(made, "product_tag", "tagId", plan.id, _held(plan.held, "tags"), told))


def properties(made: Draft, id: str, held: Held | None, told: Sequence[Row]) -> Row:
    """Other values of the same properties go. Properties that were not told are the merchant's own."""
    groups = {made.groups[one["id"]] for one in told}
    there = [one for one in _held(held, "properties") if one["groupId"] in groups]
    return _row("properties", _linked(made, "product_property", "optionId", id, there, told))


def options(made: Draft, id: str, held: Held | None, told: Sequence[Row]) -> Row:
    return _row("options", _linked(made, "product_option", "optionId", id, _held(held, "options"), told))


def related(known: Known, made: Draft, plan: Plan, content: ArticleContent) -> Row:
    """One group of our own beside the merchant's. Articles that the shop does not list are left out."""
    found = [known.products.get(plain(number)) for number in content.related]
    told = [one for one in dict.fromkeys(found) if one and one != plan.id]
    if not told:
        return {}
    id = id_of("product_cross_selling", plan.id)
    group = next((one for one in _held(plan.held, "crossSellings") if one["id"] == id), None)
    if group is not None and {one["productId"] for one in group.get("assignedProducts") or ()} - set(told):
        made.before.append(("product_cross_selling", {"id": id}))
    own = next((one.code for one in known.languages if one.default), "")
    name = CROSS_SELLING.get(own[:2], CROSS_SELLING_ELSEWHERE)
    rows = [{"id": id_of("assigned", id, one), "productId": one, "position": place} for place, one in enumerate(told)]
    row = {"id": id, "name": name, "type": "productList", "active": True, "position": 1, "assignedProducts": rows}
    return {"crossSellings": [row]}


def ids(found: Iterable[str]) -> list[Row]:
    return [{"id": one} for one in dict.fromkeys(found)]


def _held(held: Held | None, name: str) -> Sequence[Row]:
    return (held or {}).get(name) or ()


def _row(name: str, links: list[Row]) -> Row:
    return {name: links} if links else {}


def _linked(made: Draft, entity: str, key: str, product: str, there: Sequence[Row], told: Sequence[Row]) -> list[Row]:
    """The links that are missing; those of `there` that are not told are noted to be taken away."""
    kept, held = {one["id"] for one in told}, {one["id"] for one in there}
    made.after += [(entity, {"productId": product, key: one["id"]}) for one in there if one["id"] not in kept]
    return [dict(one) for one in told if one["id"] not in held]
