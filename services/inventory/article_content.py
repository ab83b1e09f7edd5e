"""What an article is beyond its row, as it is stored.

Stored is what differs from nothing at all. The names of options lie beside them, in order: a column of type jsonb
forgets the order of keys.
"""

from collections.abc import Mapping
from typing import Any

from shared.contracts.article import ArticleContent

ORDER = "option_names"
NOT_KEPT = {"head", "is_head"}
"""Both follow from the number of the parent."""


def as_stored(content: ArticleContent) -> dict[str, Any]:
    """The content as it is kept."""
    kept = content.model_dump(mode="json", exclude_defaults=True, exclude=NOT_KEPT)
    return kept | {ORDER: list(content.options)} if len(content.options) > 1 else kept


def from_stored(kept: Mapping[str, Any] | None) -> ArticleContent:
    """The content as it was; options whose place is not known come last."""
    values = dict(kept or {})
    order, options = values.pop(ORDER, ()), values.get("options") or {}
    names = [name for name in order if name in options]
    values["options"] = {name: options[name] for name in dict.fromkeys([*names, *options])}
    return ArticleContent.model_validate(values)
