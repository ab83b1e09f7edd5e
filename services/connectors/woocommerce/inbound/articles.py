"""A product or a variation as it is sold, with what the shop says about it."""

from decimal import Decimal, InvalidOperation

from services.connectors.woocommerce import wire
from services.connectors.woocommerce.inbound.money import utc
from services.connectors.woocommerce.vocabulary import GRAMS, MILLIMETRES, PUBLISHED, VARIABLE
from shared.contracts.article import ArticleContent, ArticleHead, ListedArticle
from shared.contracts.money import Money


def article(raw: wire.Product) -> ListedArticle:
    """A simple product or a variation, as stock and price can be set on it; a product that is only the head of
    variations is not sold itself: it counts nothing, and its number is none of a listing, for its variations may show
    the same one."""
    is_head = raw.type in VARIABLE
    counts = raw.manage_stock is True and not is_head
    return ListedArticle(
        external_id=str(raw.id),
        parent_external_id=str(raw.parent_id) if raw.parent_id else None,
        sku=None if is_head else raw.sku or None,
        ean=raw.global_unique_id or None,
        title=raw.name,
        price=Money(amount=raw.price, currency=raw.shop_currency),
        quantity=int(raw.stock_quantity) if counts and raw.stock_quantity is not None else None,
        counts_stock=counts,
        state="active" if raw.status in PUBLISHED else "inactive",
        changed_at=utc(raw.date_modified_gmt),
        content=_content(raw, is_head=is_head),
    )


def _content(raw: wire.Product, *, is_head: bool) -> ArticleContent:
    """A variation shows what its product has where it has nothing of its own. A product without a number is named by
    its slug, which is there once in the shop."""
    head = raw.head
    above = head or wire.Head()
    images = [one.src for one in ((raw.image,) if raw.image else raw.images or above.images or ()) if one.src]
    size, unit = raw.dimensions, MILLIMETRES.get(raw.shop_units.get("woocommerce_dimension_unit", ""))
    return ArticleContent(
        description=raw.description or above.description or "",
        head=None if head is None else ArticleHead(
            number=head.sku or head.slug or "", title=head.name or "", description=head.description or ""
        ),
        is_head=is_head,
        options={one.name: one.option for one in raw.attributes if one.option},
        manufacturer=next((one.name for one in raw.brands or above.brands or ()), ""),
        weight_grams=_in(raw.weight, GRAMS.get(raw.shop_units.get("woocommerce_weight_unit", ""))),
        length_mm=_in(size.length, unit),
        width_mm=_in(size.width, unit),
        height_mm=_in(size.height, unit),
        categories=raw.category_paths or above.category_paths,
        media=tuple(images),
    )  # fmt: skip


def _in(text: str | None, unit: Decimal | None) -> Decimal | None:
    """A plugin may write anything here; what is no number is left out, for it decides nothing."""
    try:
        value = Decimal(text or "0")
    except InvalidOperation:
        return None
    return value * unit if unit is not None and value.is_finite() and value else None
