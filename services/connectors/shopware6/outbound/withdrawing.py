"""A product that is sold no more: off sale with its variants, or gone with them."""

from collections.abc import Sequence

from services.connectors.shopware6.outbound.knowledge import Draft
from services.connectors.shopware6.outbound.plans import Held, Plan


def withdrawal(plan: Plan, rows: Sequence[Held]) -> Draft | None:
    """None where there is nothing left to do. `rows` are the shop's variants of the product.

    An article that is one of several variants in the shop takes none of the others with it.
    """
    held = plan.pieces[0].held if plan.apart else plan.held
    if held is None:
        return None
    if plan.push.deletes:
        return Draft({}, after=[("product", {"id": held["id"]})])
    on_sale = [] if plan.apart else [one for one in rows if one.get("active")]
    if held.get("active") is False and not on_sale:
        return None
    # Without a word of its own a variant is as its product is.
    children = [{"id": one["id"], "active": None} for one in on_sale]
    return Draft({"id": held["id"], "active": False} | ({"children": children} if children else {}))
