"""Which rows of the shop a product and its pieces are: those it has already, and ids for those it does not have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from services.connectors.shopware6.outbound.ids import id_of
from services.connectors.shopware6.outbound.knowledge import plain
from shared.contracts.errors import Rejected
from shared.contracts.product import ProductPush, ProductVariant

Verdict = Literal["", "unchanged", "exists", "missing"]
Held = Mapping[str, Any]
"""A row of the shop's products, without what its parent gives it."""


@dataclass(frozen=True)
class Piece:
    """One sellable row: that of the product itself where it has no variants."""

    told: ProductVariant
    id: str
    held: Held | None


@dataclass(frozen=True)
class Plan:
    """`verdict` says what becomes of a product of which nothing is written. `family`: variants with options, each a row
    below that of the product. `writes_top`: the product's own row is told, and not only its new variants."""

    push: ProductPush
    id: str
    held: Held | None
    pieces: Sequence[Piece] = ()
    family: bool = False
    writes_top: bool = True
    verdict: Verdict = ""

    @property
    def apart(self) -> bool:
        """An article without variants that is one of several in the shop."""
        return not self.family and any(one.id != self.id for one in self.pieces)


def own_ids(push: ProductPush) -> set[str]:
    """The ids under which we make a product and its pieces."""
    return {_parent_id(push), *(_piece_id(one) for one in push.variants)}


def decide(push: ProductPush, by_id: Mapping[str, Held], by_number: Mapping[str, Held]) -> Plan:
    """Raises Rejected where the shop has something else under these numbers."""
    family = len(push.variants) > 1 or any(one.content.options for one in push.variants)
    pieces = [_piece(one, by_id, by_number) for one in push.variants]
    top = by_id.get(push.external_id or "") or by_id.get(_parent_id(push)) or by_number.get(plain(push.number))
    if family:
        return _family(push, top, pieces, by_id)
    return _single(push, top, pieces[0] if pieces else None)


def _single(push: ProductPush, top: Held | None, piece: Piece | None) -> Plan:
    held = piece.held if piece else None
    apart = top is not None and held is not None and held.get("parentId") == top["id"]
    top = top or held
    if top is not None and top.get("childCount") and not apart and (push.variants or not push.withdrawn):
        raise Rejected(f"number: {push.number} has variants in the shop, and none here", code="rejected")
    id = str(top["id"]) if top else piece.id if piece else _parent_id(push)
    if piece and not apart:
        piece = Piece(piece.told, id, top)
    plan = Plan(push, id, top, [piece] if piece else [])
    if top is None:
        return plan if push.creates or push.withdrawn else _without(plan, "missing")
    return plan if push.updates or push.withdrawn else _without(plan, _told_before(plan))


def _family(push: ProductPush, top: Held | None, pieces: Sequence[Piece], by_id: Mapping[str, Held]) -> Plan:
    # A product whose variants the shop has is known by them, whatever its own number is there.
    above = {str(one.held["parentId"]) for one in pieces if one.held and one.held.get("parentId")}
    top = top or (by_id.get(above.pop()) if len(above) == 1 else None)
    if top is not None and top.get("parentId"):
        raise Rejected(f"number: {push.number} is a variant in the shop, and has variants here", code="rejected")
    id = str(top["id"]) if top else _parent_id(push)
    plan = Plan(push, id, top, pieces, family=True)
    if push.withdrawn:
        return plan
    for one in pieces:
        if one.held is not None and one.held.get("parentId") != id:
            whose = "another product's" if one.held.get("parentId") else "a product of its own"
            raise Rejected(f"number: {one.told.number} is {whose} in the shop", code="rejected")
    # What is on sale no more may have been replaced by another variant with the same options.
    _distinct([one for one in pieces if one.told.active])
    if top is None:
        return plan if push.creates else _without(plan, "missing")
    # Variants that only come to be told now are a matter of the part, of a product that is there.
    makes = push.creates and "variants" in push.parts
    pieces = [one for one in pieces if (one.held is not None and push.updates) or (one.held is None and makes)]
    if not push.updates and not pieces:
        return _without(plan, _told_before(plan))
    return Plan(push, id, top, pieces, family=True, writes_top=push.updates)


def _distinct(pieces: Sequence[Piece]) -> None:
    """Every variant says how it differs, in the same words as its siblings."""
    names = {tuple(map(plain, one.told.content.options)) for one in pieces}
    if len({frozenset(one) for one in names}) > 1 or () in names:
        numbers = ", ".join(one.told.number for one in pieces)
        raise Rejected(f"options: the variants {numbers} do not differ in the same options", code="rejected")
    seen: dict[frozenset[tuple[str, str]], str] = {}
    for one in pieces:
        options = frozenset((plain(name), plain(value)) for name, value in one.told.content.options.items())
        other = seen.setdefault(options, one.told.number)
        if other != one.told.number:
            raise Rejected(f"options: {other} and {one.told.number} have the same ones", code="rejected")


def _piece(told: ProductVariant, by_id: Mapping[str, Held], by_number: Mapping[str, Held]) -> Piece:
    own = _piece_id(told)
    held = by_id.get(told.external_id or "") or by_id.get(own) or by_number.get(plain(told.number))
    return Piece(told, str(held["id"]) if held else own, held)


def _without(plan: Plan, verdict: Verdict) -> Plan:
    return Plan(plan.push, plan.id, plan.held, plan.pieces, plan.family, verdict=verdict)


def _told_before(plan: Plan) -> Verdict:
    """What we made ourselves was made as a whole, whatever became of the answer."""
    return "unchanged" if plan.id in own_ids(plan.push) else "exists"


def _parent_id(push: ProductPush) -> str:
    return id_of("product", push.product_id)


def _piece_id(told: ProductVariant) -> str:
    return id_of("article", told.article_id)
