"""A sellable row of the shop's products: a product without variants, or one variant."""

from services.connectors.shopware6 import wire
from services.connectors.shopware6.inbound.money import money
from services.connectors.shopware6.inbound.words import latest, name
from shared.contracts.article import ListedArticle
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
    )
