"""The account's catalogue as its channels show it to customers."""

from collections.abc import Sequence
from decimal import Decimal

from services.sandbox.merchant import ShownImage, ShownPiece, ShownProduct
from services.sandbox.tradebyte.account import CHANNELS, Account
from services.sandbox.tradebyte.goods import Article, Product

OWN = "x-default"


def shown(account: Account) -> list[ShownProduct]:
    """Every product with its articles, in the order they stand there."""
    found = []
    for product in account.products.values():
        articles = sorted(
            (one for one in account.articles.values() if one.product == product.number), key=lambda one: one.sort
        )
        if articles:
            found.append(_product(product, articles))
    return found


def _product(product: Product, articles: Sequence[Article]) -> ShownProduct:
    first = articles[0]
    components = {name: values[OWN] for name, values in product.components.items() if OWN in values}
    tags = {name: ", ".join(values) for name, values in product.tags.items()}
    return ShownProduct(
        external_id=product.number,
        title=product.name.get(OWN, ""),
        active=any(one.active for one in articles),
        pieces=tuple(map(_piece, articles)),
        description=product.text.get(OWN, ""),
        short_description=product.supplement.get(OWN, ""),
        manufacturer=product.brand,
        manufacturer_number=first.maker_number,
        unit=first.unit,
        minimum_order=None if first.order_min is None else Decimal(first.order_min),
        delivery_time="" if first.delivery_days is None else f"{first.delivery_days}",
        categories=tuple(one.replace("|", " > ") for one in product.categories),
        images=tuple(map(ShownImage, sorted(product.media, key=lambda address: product.media[address]))),
        properties=components | tags,
        fields=components,
        related=product.links,
        meta_keywords=", ".join(product.keywords),
        titles={language: text for language, text in product.name.items() if language != OWN},
        channels=tuple(sign for sign in CHANNELS.values() if any(one.channels.get(sign) for one in articles)),
    )


def _piece(article: Article) -> ShownPiece:
    parcel = article.parcel
    return ShownPiece(
        external_id=article.number,
        sku=article.number,
        ean=article.ean or "",
        active=article.active,
        options=dict(article.options),
        price=Decimal(article.priced(next(iter(CHANNELS.values()))).now),
        stock=article.stock,
        weight_grams=Decimal(parcel["A_WEIGHT"]) * 1000 if parcel else None,
        length_mm=Decimal(parcel["A_LENGTH"]) * 10 if parcel else None,
        width_mm=Decimal(parcel["A_WIDTH"]) * 10 if parcel else None,
        height_mm=Decimal(parcel["A_HEIGHT"]) * 10 if parcel else None,
        customs_number=article.customs_number,
        origin=article.origin,
        tax=article.priced(next(iter(CHANNELS.values()))).tax_class,
    )
