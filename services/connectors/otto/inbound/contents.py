"""What the platform says of an article beyond its stock and price."""

from services.connectors.otto import wire
from shared.contracts.article import ArticleContent

IMAGE = "IMAGE"


def content(raw: wire.Article) -> ArticleContent:
    """Measures are those of the parcel, and only where there is one."""
    units = raw.logistics.units if raw.logistics else ()
    only = units[0] if len(units) == 1 else wire.PackingUnit()
    described = raw.description
    return ArticleContent(
        description=described.text if described else "",
        manufacturer_number=raw.mpn,
        weight_grams=only.weight or None,
        length_mm=only.length or None,
        width_mm=only.width or None,
        height_mm=only.height or None,
        categories=(described.category,) if described and described.category else (),
        media=tuple(dict.fromkeys(one.location for one in raw.media if one.type == IMAGE and one.location)),
    )
