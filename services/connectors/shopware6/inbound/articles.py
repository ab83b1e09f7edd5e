"""A sellable row of the shop's products: a product without variants, or one variant."""

from services.connectors.shopware6 import wire
from services.connectors.shopware6.inbound.money import money
from services.connectors.shopware6.inbound.words import latest, name
from shared.contracts.article import ArticleContent, ArticleHead, ListedArticle
from shared.contracts.errors import Untranslatable


def article(raw: wire.Product) -> ListedArticle:
    """`quantity` is what the shop sells, `availableStock`: until 6.5 `stock` counts open orders' pieces, too."""
    currency, code = raw.shop_currency
    gross = next((one.gross for one in raw.price if one.currency_id == currency), None)
    if gross is None:
        raise Untranslatable("The product has no price in the shop's currency", code="value_missing", field="price")
    options = ", ".join(name(one) for one in raw.options or ())
    title = str(raw.translated.get("name") or raw.name or "")
    return ListedArticle(
        external_id=raw.id,
        parent_external_id=raw.parent_id,
        sku=raw.product_number or None,
        ean=raw.ean or None,
        title=f"{title} - {options}" if options else title,
        price=money(gross, code),
        quantity=raw.available_stock,
        counts_stock=raw.available_stock is not None,
        state="active" if raw.active else "inactive",
        changed_at=latest([raw, raw.parent]) or raw.created_at,
        content=_content(raw),
    )


def _content(raw: wire.Product) -> ArticleContent:
    """The shop weighs in kilograms and measures in millimetres."""
    parent = raw.parent
    media = sorted(raw.media or (), key=lambda one: (one.id != raw.cover_id, one.position or 0))
    return ArticleContent(
        description=_text(raw, "description"),
        head=ArticleHead(
            number=parent.product_number, title=_text(parent, "name"), description=_text(parent, "description")
        )
        if parent and raw.parent_id
        else None,
        options={name(one.group) if one.group else "": name(one) for one in raw.options or ()},
        manufacturer=name(raw.manufacturer) if raw.manufacturer else "",
        weight_grams=raw.weight * 1000 if raw.weight else None,
        length_mm=raw.length or None,
        width_mm=raw.width or None,
        height_mm=raw.height or None,
        categories=tuple(path for one in raw.categories or () if (path := " > ".join(_breadcrumb(one)))),
        media=tuple(one.media.url for one in media if one.media and one.media.url),
    )


def _text(raw: wire.Product | wire.Shown, field: str) -> str:
    return str(raw.translated.get(field) or getattr(raw, field) or "")


def _breadcrumb(raw: wire.Category) -> tuple[str, ...]:
    return tuple(map(str, raw.translated.get("breadcrumb") or raw.breadcrumb or ()))
