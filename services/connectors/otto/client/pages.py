"""Lists that lead from page to page."""

from collections.abc import AsyncIterator, Awaitable, Callable

from services.connectors.otto.client.shapes import Listed
from shared.contracts.errors import Transient

MOST_REPEATS = 5
List = Callable[[dict[str, str]], Awaitable[Listed]]


async def pages(listed: List, params: dict[str, str]) -> AsyncIterator[Listed]:
    """Follows the links from page to page. A page whose link leads to itself is asked for again a few times: taking it
    for the end would lose what is behind it. Raises Transient where the list does not get any further."""
    asked, repeats = params, 0
    while True:
        page = await listed(asked)
        yield page
        if page.next is None:
            return
        repeats = repeats + 1 if page.next == asked else 0
        if repeats > MOST_REPEATS:
            raise Transient("The platform's list leads to the same page over and over.", code="shop_down")
        asked = page.next
