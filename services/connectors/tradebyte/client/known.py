"""Which articles TB.One has, and of which products: it files an article under whatever number it is told."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

PAUSE = timedelta(hours=1)
"""TB.One wants changed articles to be asked for no oftener, and all of them no oftener than once a day."""
Listed = Callable[[datetime | None], AsyncIterator[tuple[dict[str, Any], datetime]]]


class Known:
    """`listed(since)` hands out the products that changed since then, each with the account's time."""

    def __init__(self, listed: Listed, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._listed = listed
        self._now = now
        self._products: dict[str, str] = {}
        self._as_of: datetime | None = None
        self._looked_at: datetime | None = None

    async def articles(self) -> Mapping[str, str]:
        """The product's number by that of each article, no older than an hour but for what we sent ourselves."""
        if self._looked_at is None or self._now() - self._looked_at >= PAUSE:
            moments = []
            async for product, asked_at in self._listed(self._as_of):
                moments.append(asked_at)
                number = product.get("P_NR_EXTERNAL") or product.get("P_NR", "")
                for article in product.get("ARTICLEDATA") or ():
                    self._products[str(article.get("A_NR", ""))] = str(number)
            self._as_of, self._looked_at = min(moments, default=self._as_of), self._now()
        return self._products

    def sent(self, product: str, articles: tuple[str, ...]) -> None:
        """What stood in a file that was taken."""
        self._products |= dict.fromkeys(articles, product)
