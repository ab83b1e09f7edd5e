"""An offer in one storefront, and what is said about its product: by the platform, and by the seller himself."""

import json

from services.connectors.kaufland import wire
from services.connectors.kaufland.inbound.lines import number
from services.connectors.kaufland.inbound.money import money
from services.connectors.kaufland.vocabulary import LISTING_STATES
from shared.contracts.article import ArticleContent, ListedArticle, MediaText
from shared.contracts.errors import Untranslatable


def article(raw: wire.Unit) -> ListedArticle:
    """An offer in one storefront; the quantity behind it is one for all storefronts."""
    state = LISTING_STATES.get(raw.status)
    if state is None:
        said = f"The status {raw.status} is unknown"
        raise Untranslatable(said, code="unknown_word", field="status", value=raw.status)
    product = raw.product
    return ListedArticle(
        external_id=f"{raw.storefront.lower()}:{raw.id_unit}",
        parent_external_id=None,
        sku=number(raw.id_offer, product),
        ean=product.eans[0] if product and product.eans else None,
        title=(product.title if product else "") or raw.id_offer,
        price=money(raw.price, raw.currency),
        quantity=raw.amount,
        state=state,
        changed_at=wire.moment(raw.date_lastchange_iso) or wire.moment(raw.date_inserted_iso) or wire.UNDATED,
        content=_content(raw),
        market=raw.storefront.lower(),
    )


def _content(raw: wire.Unit) -> ArticleContent:
    """The seller's own pictures, else the one that the platform shows. Variants are products of their own there."""
    told, product = raw.told or wire.Told(), raw.product or wire.Product()
    pictures = dict(_picture(one) for one in told.picture)
    shown = {product.main_picture: ""} if product.main_picture and not pictures else {}
    return ArticleContent(
        description=" ".join(told.description),
        manufacturer=product.manufacturer,
        categories=(raw.category_path,) if raw.category_path else (),
        media=tuple(pictures | shown),
        media_texts={url: MediaText(description=text) for url, text in pictures.items() if text},
    )


def _picture(written: str) -> tuple[str, str]:
    """An address, or JSON with an address and a text."""
    if written.startswith("{"):
        try:
            told = json.loads(written)
            return str(told["url"]), str(told.get("alt_text") or "")
        except (ValueError, KeyError, AttributeError):
            pass
    return written, ""
