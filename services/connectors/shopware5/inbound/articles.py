"""A sellable piece of the shop: an article, or one variant of it."""

from datetime import UTC, datetime
from decimal import Decimal

from services.connectors.shopware5 import wire
from services.connectors.shopware5.inbound.money import HUNDRED, money
from shared.contracts.article import ArticleContent, ArticleHead, ListedArticle, MediaText
from shared.contracts.money import Money

UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
HEAD = "-CONTAINER"
"""What the number of a main variant becomes as that of all of them."""


def article(raw: wire.Article) -> ListedArticle:
    """Prices are kept without tax and with twelve digits; what customers see is with tax, in whole minor units."""
    one, zone = raw.variant, raw.shop_timezone
    options = [option.name for option in sorted(one.configurator_options, key=lambda option: option.position or 0)]
    words = ", ".join(word for word in options if word) or one.additional_text
    return ListedArticle(
        external_id=f"{raw.id}:{one.id}",
        parent_external_id=str(raw.id),
        sku=one.number or None,
        ean=one.ean or None,
        title=f"{raw.name} - {words}" if words else raw.name,
        price=_price(raw),
        quantity=one.in_stock,
        state="active" if raw.active and one.active is not False else "inactive",
        changed_at=wire.moment(raw.changed, zone) or wire.moment(raw.added, zone) or UNDATED,
        content=_content(raw),
    )


def _content(raw: wire.Article) -> ArticleContent:
    """The shop weighs in kilograms; its measures have no unit of their own and are centimetres where nobody changed
    the labels. An article has no number of its own: as the head of variants it is named after the main one."""
    one, groups = raw.variant, raw.configurator_set.groups if raw.configurator_set else ()
    names = {group.id: group.name for group in groups}
    order = list(names)
    options = sorted(
        one.configurator_options, key=lambda option: order.index(option.group_id) if option.group_id in names else 99
    )
    head = ArticleHead(number=f"{raw.main_number}{HEAD}", title=raw.name, description=raw.description_long)
    return ArticleContent(
        description=raw.description_long,
        short_description=raw.description,
        head=head if one.configurator_options and raw.main_number else None,
        options={names.get(option.group_id) or f"Option {option.group_id}": option.name for option in options},
        manufacturer=raw.supplier.name if raw.supplier else "",
        manufacturer_number=one.supplier_number,
        weight_grams=_times(one.weight, 1000),
        length_mm=_times(one.length, 10),
        width_mm=_times(one.width, 10),
        height_mm=_times(one.height, 10),
        minimum_order=one.min_purchase if one.min_purchase and one.min_purchase > 1 else None,
        delivery_time=one.shipping_time,
        sell_off=bool(raw.last_stock),
        categories=raw.category_paths,
        media=tuple(dict.fromkeys(image.url for image in raw.image_files)),
        media_texts={one.url: MediaText(description=one.description) for one in raw.image_files if one.description},
        meta_title=raw.meta_title,
        meta_keywords=raw.keywords,
    )


def _times(value: Decimal | None, factor: int) -> Decimal | None:
    return None if value is None else value * factor


def _price(raw: wire.Article) -> Money | None:
    """For one piece, of the customer group that the merchant named; none where that has no price of its own."""
    own = [one for one in raw.variant.prices if one.customer_group_key == raw.customer_group]
    if not own:
        return None
    net = min(own, key=lambda one: one.from_).price
    gross = net * (1 + raw.tax.tax / HUNDRED)
    return money(gross, raw.shop_currency).rounded()
