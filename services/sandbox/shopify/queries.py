"""The root fields that read."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from graphql import GraphQLError

from services.sandbox.faults import Faults
from services.sandbox.shopify import paging, search
from services.sandbox.shopify.backend import Backend
from services.sandbox.shopify.execution import Call
from services.sandbox.shopify.identity import kind_of, number_of
from services.sandbox.shopify.paging import Page
from services.sandbox.shopify.resources import ORDERS, PRODUCTS, VARIANTS, Resource, order_wall
from services.sandbox.shopify.search import Row, Search

Record = dict[str, Any]
_SORTS = {"UPDATED_AT": "UPDATED_AT", "CREATED_AT": "CREATED_AT", "PROCESSED_AT": "CREATED_AT", "ID": "ID"}


class OrderList:
    """`orders`: served from the index, page by page. Remembers what it served for the faults that disturb paging."""

    def __init__(self, backend: Backend, faults: Faults) -> None:
        self._backend = backend
        self._faults = faults
        self._previous_after: str | None = None
        self._served: list[int] = []

    def page(self, call: Call) -> Page:
        wanted = paging.size(call.args, "orders")
        sort = call.args.get("sortKey") or "PROCESSED_AT"
        sort = _SORTS.get(sort, "ID")
        found = self._read(call)
        after, reverse = call.args.get("after"), bool(call.args.get("reverse"))
        if after and self._faults.take("repeat_page"):
            after = self._previous_after
        if after and self._served and self._faults.take("row_moves"):
            moved = self._backend.orders.open(f"gid://shopify/Order/{self._served[0]}")
            if moved:
                self._backend.changed(moved)
        self._previous_after = after
        if call.args.get("first") is None:
            reverse = not reverse
        start = self._position(after or call.args.get("before"), sort)
        if start is None and found.updated_from and sort == "UPDATED_AT" and not reverse:
            start = (found.updated_from, -1)
        rows: list[Record] = []
        cursors: list[str] = []
        self._served = []
        for value, row in self._matching(found, sort, reverse, start, call):
            if len(rows) == wanted:
                return self._finish(rows, cursors, True, call)
            rows.append(row.record)
            self._served.append(row.number)
            cursors.append(paging.encode(last_id=row.number, last_value=value, sort=sort))
        return self._finish(rows, cursors, False, call)

    def count(self, call: Call) -> Record:
        limit = call.args.get("limit") or 10_000
        rows = self._matching(self._read(call), "ID", False, None, call)
        number = sum(1 for _, _row in zip(range(limit + 1), rows, strict=False))
        return {"count": min(number, limit), "precision": "AT_LEAST" if number > limit else "EXACT"}

    def _read(self, call: Call) -> Search:
        found = ORDERS.search(call.args.get("query"))
        if found.warnings:
            call.search.append(search.notice(call.path, call.args["query"], found.warnings))
        self._backend.orders.index.catch_up(self._backend.clock())
        return found

    def _matching(self, found: Search, sort: Any, reverse: bool, start: Any, call: Call) -> Iterable[tuple[Any, Row]]:
        orders = self._backend.orders
        wall = order_wall(self._backend.clock()) if not call.sees_all_orders else ""
        for value, number in orders.index.entries(sort, reverse, start):
            row = Row(
                number,
                orders.index.created[number],
                orders.index.updated[number],
                partial(orders.must_read, number),
            )
            if row.created >= wall and found(row):
                yield value, row

    @staticmethod
    def _position(cursor: str | None, sort: str) -> tuple[Any, int] | None:
        if cursor is None:
            return None
        number, value, made_for = paging.decode(cursor, "last_id", "last_value", "sort")
        if made_for != sort:
            raise GraphQLError("Invalid cursor for current pagination sort.")
        return value, number

    @staticmethod
    def _finish(rows: list[Record], cursors: list[str], more: bool, call: Call) -> Page:
        if call.args.get("first") is not None:
            return Page(rows, cursors, has_next=more, has_previous=call.args.get("after") is not None)
        return Page(rows[::-1], cursors[::-1], has_next=call.args.get("before") is not None, has_previous=more)


def order(backend: Backend, call: Call) -> Record | None:
    if kind_of(call.args["id"]) != "Order":
        raise GraphQLError(f"Invalid global id '{call.args['id']}'", extensions={"code": "BAD_REQUEST"})
    return _visible(backend.orders.read(_number(call.args["id"])), backend, call)


def node(backend: Backend, call: Call) -> Record | None:
    return _node(backend, call.args["id"], call)


def nodes(backend: Backend, call: Call) -> list[Record | None]:
    if len(call.args["ids"]) > paging.MOST:
        raise GraphQLError(
            f"The input array size of {len(call.args['ids'])} is greater than the maximum allowed of {paging.MOST}.",
            extensions={"code": "MAX_INPUT_SIZE_EXCEEDED"},
        )
    return [_node(backend, identifier, call) for identifier in call.args["ids"]]


def _node(backend: Backend, identifier: str, call: Call) -> Record | None:
    if kind_of(identifier) == "Order":
        return _visible(backend.orders.read(_number(identifier)), backend, call)
    return backend.orders.part(identifier) or backend.catalogue.find(identifier)


def _visible(found: Record | None, backend: Backend, call: Call) -> Record | None:
    if found and not call.sees_all_orders and found["createdAt"] < order_wall(backend.clock()):
        return None
    return found


def _number(identifier: str) -> int:
    try:
        return number_of(identifier)
    except ValueError as error:
        raise GraphQLError(f"Invalid global id '{identifier}'", extensions={"code": "BAD_REQUEST"}) from error


def thing(backend: Backend, call: Call, kind: str) -> Record | None:
    """A record by its id, if it is of the kind that the field promises."""
    found = backend.orders.part(call.args["id"]) or backend.catalogue.find(call.args["id"])
    return found if found and found["__typename"] == kind else None


def product_by_identifier(backend: Backend, call: Call) -> Record | None:
    given = call.args["identifier"]
    if "handle" in given:
        return backend.catalogue.by_handle(given["handle"])
    found = backend.catalogue.find(given["id"])
    return found if found and found["__typename"] == "Product" else None


def metafield_definitions(backend: Backend, call: Call) -> Page:
    args = call.args
    rows = [
        one
        for one in backend.definitions
        if one["ownerType"] == args["ownerType"]
        and args.get("namespace") in (None, one["namespace"])
        and args.get("key") in (None, one["key"])
    ]
    return paging.window(rows, args, "metafieldDefinitions")


def location(backend: Backend, call: Call) -> Record | None:
    return thing(backend, call, "Location") if call.args.get("id") else backend.catalogue.places[0]


def products(backend: Backend, call: Call) -> Page:
    return _listed(backend.catalogue.products, PRODUCTS, call)


def variants(backend: Backend, call: Call) -> Page:
    return _listed(backend.catalogue.variants, VARIANTS, call)


def items(backend: Backend, call: Call) -> Page:
    return _listed([variant["inventoryItem"] for variant in backend.catalogue.variants], VARIANTS, call)


def locations(backend: Backend, call: Call) -> Page:
    rows = [place for place in backend.catalogue.places if place["isActive"] or call.args["includeInactive"]]
    return paging.window(rows, call.args, "locations")


def _listed(records: list[Record], resource: Resource, call: Call) -> Page:
    """A list that is short enough to be searched as a whole."""
    found = resource.search(call.args.get("query"))
    if found.warnings:
        call.search.append(search.notice(call.path, call.args["query"], found.warnings))
    rows = [row for row in map(_row, records) if found(row)]
    if call.args.get("sortKey") == "UPDATED_AT":
        rows.sort(key=lambda row: (row.updated, row.number))
    return paging.window([row.record for row in rows], call.args, call.path)


def _row(record: Record) -> Row:
    return Row(number_of(record["id"]), record["createdAt"], record["updatedAt"], lambda: record)
