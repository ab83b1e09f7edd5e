"""A sellable piece of the shop: an article, or one variant of it."""

from datetime import UTC, datetime

from services.connectors.shopware5 import wire
from services.connectors.shopware5.inbound.money import HUNDRED, money
from shared.contracts.article import ListedArticle
from shared.contracts.money import Money

UNDATED = datetime(2000, 1, 1, tzinfo=UTC)


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
    )


def _price(raw: wire.Article) -> Money | None:
    """For one piece, of the customer group that the merchant named; none where that has no price of its own."""
    own = [one for one in raw.variant.prices if one.customer_group_key == raw.customer_group]
    if not own:
        return None
    net = min(own, key=lambda one: one.from_).price
    gross = net * (1 + raw.tax.tax / HUNDRED)
    return money(gross, raw.shop_currency).rounded()
