"""From a listing to the state its article is to have; what the article has is never emptied."""

from collections.abc import Mapping
from typing import Any

from services.inventory.article_content import as_stored
from services.inventory.article_rows import ArticleRow
from services.inventory.gtin import is_gtin
from services.inventory.import_plan import LONGEST_DESCRIPTION, Found, Plan
from services.inventory.import_wish import Strategy
from shared.contracts.article import ArticleContent, ArticleHead

Stored = Mapping[str, Any]


def article_row(found: Found, plan: Plan, old: Stored | None, strategy: Strategy) -> ArticleRow:
    """The whole state of the listing's article. A variant belongs to the article of its head."""
    assert plan.article_number is not None
    return _row(
        plan.article_number,
        {
            "ean": found.ean if is_gtin(found.ean) else None,
            "title": found.title,
            "description": _short(found.content.description),
            "parent_number": found.head_number or None,
        },
        old,
        strategy,
    )


def head_row(head: ArticleHead, old: Stored | None, strategy: Strategy) -> ArticleRow | None:
    """The whole state of a head; None where it is to stay as it is."""
    if old is not None and strategy == "create":
        return None
    return _row(head.number, {"title": head.title, "description": _short(head.description)}, old, strategy)


def content_of(content: ArticleContent, old: Mapping[str, Any] | None, strategy: Strategy) -> dict[str, Any]:
    """What is kept of an article beside its row: options, measures, categories and references to media."""
    new = as_stored(content)
    kept = dict(old or {})
    return new | kept if strategy != "overwrite" else kept | new


def _row(number: str, new: dict[str, Any], old: Stored | None, strategy: Strategy) -> ArticleRow:
    if old is None:
        return ArticleRow(number=number, **new)
    kept = {name: old[name] for name in ("ean", "title", "description", "parent_number")}
    first, second = (new, kept) if strategy == "overwrite" else (kept, new)
    return ArticleRow(
        number=number, active=old["active"], **{n: first.get(n) or second.get(n) or kept[n] for n in kept}
    )


def _short(description: str) -> str:
    """A description that is too long for documents is kept with the article's content only."""
    return description if len(description) <= LONGEST_DESCRIPTION else ""
