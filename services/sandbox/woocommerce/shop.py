"""One WooCommerce shop of the pretend merchant."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from fastapi import APIRouter

from services.sandbox.faults import Faults
from services.sandbox.merchant import Basket, CensusRow, Change, Parcel, Product, ShownProduct, World
from services.sandbox.webhooks import WebhookSender
from services.sandbox.woocommerce import changes, shown
from services.sandbox.woocommerce.api import routes
from services.sandbox.woocommerce.book import Stored, moment
from services.sandbox.woocommerce.checkout import Checkout
from services.sandbox.woocommerce.errors import RestError
from services.sandbox.woocommerce.lines import meta_row
from services.sandbox.woocommerce.moulds import CREATED, Mould
from services.sandbox.woocommerce.parcels import parcels
from services.sandbox.woocommerce.store import Options, Store
from services.sandbox.woocommerce.times import both


class WooCommerceShop:
    """Implements `merchant.Shop`. `options` are those of `Options`."""

    platform = "woocommerce"

    def __init__(
        self,
        name: str,
        world: World,
        faults: Faults,
        webhooks: WebhookSender,
        clock: Callable[[], datetime],
        **options: Any,
    ) -> None:
        self.name = name
        self.store = Store(name, f"{world.public_url}/woocommerce/{name}", faults, webhooks, clock, Options(**options))
        self._customers: dict[str, int] = {}
        self._moulds: tuple[tuple[Basket, ...], list[Mould]] = ((), [])

    def routes(self) -> APIRouter:
        return routes(self.store)

    def credentials(self) -> dict[str, Any]:
        return {"consumer_key": self.store.key.consumer_key, "consumer_secret": self.store.key.consumer_secret}

    def read_only_credentials(self) -> dict[str, Any]:
        """A second pair of keys that may not write."""
        key = self.store.read_key
        return {"consumer_key": key.consumer_key, "consumer_secret": key.consumer_secret}

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        self.store.catalogue.stock_catalogue(products)

    def place(self, basket: Basket) -> str:
        store = self.store
        order_id = store.next_id()
        body = store.checkout.order(basket, order_id, self._customer(basket))
        if not basket.number and store.options.number_prefix:
            body["number"] = f"{store.options.number_prefix}{order_id:06d}"
        store.take_stock(body)
        created = int(basket.placed_at.timestamp())
        # A shop's stamp never lies ahead of its own clock.
        modified = min(created + (0 if basket.pos else 1), int(store.clock().timestamp()))
        body.update(both("date_modified", moment(modified)))
        order = Stored(
            id=order_id,
            number=body["number"],
            created=created,
            modified=modified,
            written_at=store.clock(),
            case=basket.case,
            expect=basket.expected(self.platform),
            status=body["status"],
            payload=body,
        )
        store.book.add(order)
        store.placed(order)
        return str(order_id)

    def place_many(self, count: int, baskets: tuple[Basket, ...], spread: timedelta = timedelta(0)) -> list[str]:
        store = self.store
        if self._moulds[0] is not baskets:
            self._moulds = (baskets, [self._mould(basket) for basket in baskets])
        moulds = self._moulds[1]
        now = store.clock()
        placed = []
        for index in range(count):
            mould = moulds[index % len(moulds)]
            created = int((now - spread * (1 - (index + 1) / count)).timestamp())
            order_id = store.next_id()
            placed.append(
                Stored(
                    id=order_id,
                    number=str(order_id),
                    created=created,
                    modified=created,
                    written_at=now,
                    case="plain",
                    expect=(),
                    status=mould.order["status"],
                    mould=mould,
                    first_item=store.take_items(mould.items + 1),
                )
            )
        store.book.add_many(placed)
        self._take_stock(count, moulds)
        for order in placed:
            store.placed(order)
        return [str(order.id) for order in placed]

    def _mould(self, basket: Basket) -> Mould:
        """A plain order's form, its lines marked as having taken their stock."""
        store = self.store

        def build(order_id: int, next_item: Callable[[], int]) -> dict[str, Any]:
            till = Checkout(store.catalogue, next_item, store.next_meta, store.home, store.options.version)
            order = till.order(replace(basket, placed_at=CREATED), order_id, self._customer(basket))
            for line in order["line_items"]:
                line["meta_data"].append(meta_row(store.next_meta(), "_reduced_stock", str(line["quantity"])))
            return order

        return Mould(build)

    def _take_stock(self, count: int, moulds: list[Mould]) -> None:
        """Lowers stock for a whole batch at once, so that each product moves only once."""
        sold: dict[int, int] = {}
        for index, mould in enumerate(moulds):
            times = count // len(moulds) + (index < count % len(moulds))
            for line in mould.order["line_items"]:
                row = line["variation_id"] or line["product_id"]
                sold[row] = sold.get(row, 0) + line["quantity"] * times
        for row_id, quantity in sold.items():
            if quantity and row_id in self.store.catalogue.rows:
                self.store.catalogue.sell(self.store.catalogue.rows[row_id], quantity)

    def _customer(self, basket: Basket) -> int:
        """0 for a guest; a customer keeps the id of his first order."""
        if basket.guest or not basket.email:
            return 0
        return self._customers.setdefault(basket.email, len(self._customers) + 2)

    def change(self, external_id: str, change: Change) -> None:
        order = self.store.book.orders[int(external_id)]
        try:
            changes.apply(self.store, order, change)
        except RestError as refusal:
            raise ValueError(str(refusal)) from refusal

    def census(self) -> list[CensusRow]:
        rows = []
        for order in self.store.book:
            if order.status == "trash":
                continue
            total, currency = order.total
            rows.append(
                CensusRow(
                    external_id=str(order.id),
                    number=order.number,
                    stamp=moment(order.modified),
                    total=total if total > Decimal("1E+20") else round(total, 2),
                    currency=currency,
                    case=order.case,
                    expect=order.expect,
                    # WooCommerce has no mark for test orders, so the shop itself counts none.
                    test=False,
                )
            )
        return rows

    def stock(self) -> dict[str, int]:
        return self.store.catalogue.stock()

    def strike_price(self, sku: str) -> Decimal | None:
        """What a product on sale is shown to have cost before."""
        (row,) = self.store.catalogue.by_skus([sku])
        return Decimal(row.regular_price) if row.on_sale else None

    def products(self) -> list[ShownProduct]:
        """Everything the shop lists, on sale or not; what lies in the bin is not listed."""
        catalogue = self.store.catalogue
        return [shown.product(catalogue, row) for row in catalogue.rows.values() if not row.parent and not row.trashed]

    def parcels(self) -> list[Parcel]:
        return parcels(self.store)
