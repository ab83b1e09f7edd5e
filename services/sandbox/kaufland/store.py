"""Everything one account holds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from services.sandbox.faults import Faults
from services.sandbox.kaufland.access import Access
from services.sandbox.kaufland.book import OrderBook
from services.sandbox.kaufland.errors import ApiError, invalid
from services.sandbox.kaufland.goods import Goods
from services.sandbox.kaufland.hooks import Hooks
from services.sandbox.kaufland.products import Products
from services.sandbox.kaufland.tickets import Tickets
from services.sandbox.webhooks import WebhookSender

STOREFRONTS = ("de", "cz", "sk", "pl", "at", "fr", "it")


@dataclass
class Store:
    """`storefronts` sell; `unfinished` were opened by the seller and never set up. `careless`: times and countries are
    written as loosely as the platform's own page shows them. `files` are invoices by their id."""

    access: Access
    book: OrderBook
    goods: Goods
    hooks: Hooks
    tickets: Tickets
    products: Products
    faults: Faults
    clock: Callable[[], datetime]
    storefronts: tuple[str, ...]
    unfinished: tuple[str, ...]
    careless: bool
    files: dict[int, bytes] = field(default_factory=dict)

    @staticmethod
    def of(
        name: str,
        faults: Faults,
        sender: WebhookSender,
        clock: Callable[[], datetime],
        storefronts: tuple[str, ...],
        unfinished: tuple[str, ...],
        careless: bool,
        signature: str,
    ) -> "Store":
        access = Access(name, clock, lambda: faults.active("revoke_token") is not None, signature)
        book, goods, hooks = OrderBook(clock), Goods(clock, storefronts), Hooks(access, sender, clock)
        store = Store(
            access,
            book,
            goods,
            hooks,
            Tickets(clock),
            Products(clock),
            faults,
            clock,
            storefronts,
            unfinished,
            careless,
        )

        def of_order(event: str, id: str, unit: int, storefront: str) -> None:
            hooks.fire(event, f"/order-units/{unit}/" if unit else f"/orders/{id}/", storefront)

        book.tell = lambda event, one, unit: of_order(event, one.id, unit, one.storefront)
        goods.changed = lambda unit: hooks.fire("item_unit_changed", f"/units/{unit.id}/", unit.storefront)
        return store

    def storefront(self, named: str | None) -> str:
        """A storefront that must be named and must sell. Raises ApiError."""
        if named is None:
            raise invalid("storefront", "is required")
        if named not in STOREFRONTS:
            raise invalid("storefront", "is not known")
        if named not in self.storefronts:
            raise ApiError(400, "storefront-not-configured", f"The storefront {named} is not configured.")
        return named
