"""Texts that a merchant made for one shop: each of them stands before the article's own. Pure."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.article import ArticleContent, ArticleText


class ShopTexts(ArticleText):
    """What one shop shows of an article; `texts` by language. What is empty here stays as it is for every shop."""

    texts: dict[str, ArticleText] = {}

    def title_before(self, title: str) -> str:
        """The title there."""
        return self.title or title

    def before(self, content: ArticleContent) -> ArticleContent:
        """The content there; a text of a language takes the place of its own counterpart alone."""
        own = _said(self)
        own.pop("title", None)
        languages = {
            language: content.texts.get(language, ArticleText()).model_copy(update=_said(text))
            for language, text in self.texts.items()
        }
        return content.model_copy(update={**own, "texts": {**content.texts, **languages}})


NONE = ShopTexts()


def from_kept(kept: Mapping[str, Any] | None) -> ShopTexts:
    """The texts as they are stored; those of nobody for None."""
    return NONE if kept is None else ShopTexts.model_validate(kept)


def _said(text: ArticleText) -> dict[str, str]:
    return {name: value for name in ArticleText.model_fields if (value := getattr(text, name))}
