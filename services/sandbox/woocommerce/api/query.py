"""What an order list is asked for, and which orders answer it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from services.sandbox.woocommerce.book import Key, Stored
from services.sandbox.woocommerce.order import STATUS_NAMES
from services.sandbox.woocommerce.parameters import Paging, Parameters
from services.sandbox.woocommerce.store import Store

ORDERBY = ("date", "id", "include", "title", "slug", "modified")
LISTED = ("any", "trash", *STATUS_NAMES)


@dataclass(frozen=True)
class OrderQuery:
    """The parameters of `GET /orders` that the shop understands. Bounds are exclusive, in whole seconds."""

    paging: Paging
    order: str
    orderby: str
    statuses: tuple[str, ...]
    after: int | None
    before: int | None
    modified_after: int | None
    modified_before: int | None
    include: tuple[int, ...]
    exclude: tuple[int, ...]
    customer: int | None
    created_via: tuple[str, ...]
    search: str
    digits: int
    fields: list[str]

    @classmethod
    def read(cls, given: Parameters) -> "OrderQuery":
        """Raises RestError naming every parameter that is wrong."""
        gmt = given.flag("dates_are_gmt")
        query = cls(
            paging=Paging.read(given),
            order=given.word("order", ("asc", "desc"), "desc"),
            orderby=given.word("orderby", ORDERBY, "date"),
            statuses=given.words("status", LISTED, ("any",)),
            after=given.stamp("after", gmt),
            before=given.stamp("before", gmt),
            modified_after=given.stamp("modified_after", gmt),
            modified_before=given.stamp("modified_before", gmt),
            include=tuple(given.numbers("include")),
            exclude=tuple(given.numbers("exclude")),
            customer=given.number("customer", 0) if given.text("customer") else None,
            created_via=tuple(given.listed("created_via")),
            search=given.text("search").lower(),
            digits=given.number("dp", 2, 0, 8),
            fields=given.listed("_fields"),
        )
        given.check()
        return query

    @property
    def is_plain(self) -> bool:
        """Only stamps and order asked for: the sorted index answers it without looking at any order."""
        narrowed = self.include or self.exclude or self.customer is not None or self.created_via or self.search
        return self.statuses == ("any",) and not narrowed and self.orderby in ("date", "modified")

    def wants(self, order: Stored) -> bool:
        """Whether one order is meant, whatever the sort order."""
        if "any" in self.statuses:
            if order.status == "trash" and "trash" not in self.statuses:
                return False
        elif order.status not in self.statuses:
            return False
        return (
            _inside(order.created, self.after, self.before)
            and _inside(order.modified, self.modified_after, self.modified_before)
            and (not self.include or order.id in self.include)
            and order.id not in self.exclude
            and (self.customer is None or order.view["customer_id"] == self.customer)
            and (not self.created_via or order.view["created_via"] in self.created_via)
            and (not self.search or _matches(order, self.search))
        )


def _inside(stamp: int, after: int | None, before: int | None) -> bool:
    return (after is None or stamp > after) and (before is None or stamp < before)


def _matches(order: Stored, words: str) -> bool:
    billing = order.view["billing"]
    texts = (str(order.id), order.number, *(str(billing[name]) for name in ("first_name", "last_name", "email")))
    return any(words in text.lower() for text in texts)


def select(store: Store, query: OrderQuery) -> tuple[list[Stored], int]:
    """One page of orders in the order of this very moment, and how many the query finds in all."""
    late = store.faults.active("late_visibility")
    if query.is_plain and late is None:
        return _from_index(store, query)
    visible_until = store.clock() - timedelta(seconds=late.seconds if late else 0)
    found = [order for order in store.book if order.written_at <= visible_until and query.wants(order)]
    if query.orderby == "include":
        found.sort(key=lambda order: query.include.index(order.id) if order.id in query.include else 0)
    else:
        found.sort(key=lambda order: _key(order, query.orderby), reverse=query.order == "desc")
    return found[query.paging.start : query.paging.start + query.paging.per_page], len(found)


def _key(order: Stored, orderby: str) -> Key:
    stamp = {"modified": order.modified, "date": order.created}.get(orderby, 0)
    return stamp, order.id


def _from_index(store: Store, query: OrderQuery) -> tuple[list[Stored], int]:
    by_modified = query.orderby == "modified"
    book = store.book
    index = book.by_modified if by_modified else book.by_created
    bounds = (query.modified_after, query.modified_before) if by_modified else (query.after, query.before)
    others = (query.after, query.before) if by_modified else (query.modified_after, query.modified_before)
    start, end = book.between(index, *bounds)
    first, size = query.paging.start, query.paging.per_page
    if others == (None, None):
        total = end - start
        keys: list[Key] = (
            index[start + first : min(start + first + size, end)]
            if query.order == "asc"
            else index[max(end - first - size, start) : max(end - first, start)][::-1]
        )
        return [book.orders[key[1]] for key in keys], total
    wanted = list(_wanted(store, query, index[start:end]))
    if query.order == "desc":
        wanted.reverse()
    return wanted[first : first + size], len(wanted)


def _wanted(store: Store, query: OrderQuery, keys: list[Key]) -> Iterator[Stored]:
    return (order for order in (store.book.orders[key[1]] for key in keys) if query.wants(order))
