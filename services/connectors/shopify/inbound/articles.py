"""A variant as it is sold, with what its product says about it."""

from decimal import Decimal

from services.connectors.shopify import wire
from services.connectors.shopify.inbound.words import known
from services.connectors.shopify.vocabulary import ARTICLE_STATES, GRAMS
from shared.contracts.article import ArticleContent, ArticleHead, ListedArticle
from shared.contracts.money import Money


def article(raw: wire.Variant) -> ListedArticle:
    """One variant; what can be sold of it is counted over all active locations."""
    item = raw.inventory_item
    levels = [level for level in item.inventory_levels if level.is_active]
    held = {level.location.id: sum(each.quantity for each in level.quantities) for level in levels}
    return ListedArticle(
        external_id=raw.id,
        parent_external_id=raw.product.id,
        stock_external_id=item.id,
        sku=raw.sku or None,
        ean=raw.barcode or None,
        title=raw.display_name,
        price=Money.of(raw.price, raw.shop_currency),
        quantity=sum(held.values()) if item.tracked else None,
        counts_stock=item.tracked,
        locations=held if item.tracked else {},
        state=known(ARTICLE_STATES, raw.product.status, "product.status"),
        changed_at=max(raw.updated_at, raw.product.updated_at),
        content=_content(raw),
    )


def _content(raw: wire.Variant) -> ArticleContent:
    """A product has no number of its own: its handle is what people read, once in the shop."""
    product = raw.product
    head = ArticleHead(number=product.handle, title=product.title, description=product.description_html)
    single = product.has_only_default_variant
    images = [one.preview.image.url for one in product.media.nodes if one.preview and one.preview.image]
    return ArticleContent(
        description=product.description_html,
        head=None if single else head,
        options={} if single else {one.name: one.value for one in raw.selected_options},
        manufacturer=product.vendor,
        weight_grams=_grams(raw.inventory_item.measurement),
        categories=(product.category.full_name,) if product.category else (),
        media=tuple(images),
    )


def _grams(raw: wire.Measurement | None) -> Decimal | None:
    """A unit nobody knows leaves the weight out: it decides nothing, and stock must go on."""
    unit = GRAMS.get(raw.weight.unit) if raw is not None and raw.weight is not None else None
    if raw is None or raw.weight is None or unit is None or not raw.weight.value:
        return None
    return raw.weight.value * unit
