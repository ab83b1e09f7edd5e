"""RT11: goods that customers send back. The order they are of does not change by it."""

from typing import Any
from uuid import uuid4

from services.sandbox.mirakl.book import MOST, Stored, number
from services.sandbox.mirakl.store import Store
from services.sandbox.mirakl.times import milliseconds, parse, seconds


def send_back(store: Store, order: Stored, lines: dict[str, int]) -> dict[str, Any]:
    """The customer asks to return so many pieces of these lines."""
    now = store.clock()
    made: dict[str, Any] = {
        "id": str(uuid4()),
        "order_id": order.id,
        "order_commercial_id": order.body["commercial_id"],
        "date_created": seconds(now),
        "last_updated": milliseconds(now),
        "state": "WAITING_ACCEPTANCE",
        "method_code": "RETURN_METHOD_BY_MAIL",
        "reason_code": "RETURN_CHANGED_MIND",
        "return_lines": [
            {"order_line_id": line, "quantity": pieces, "reason_code": "RETURN_CHANGED_MIND"}
            for line, pieces in lines.items()
        ],
        "rma": f"RMA-{len(store.returns) + 1}",
        "tracking": None,
        "documents": [],
        "return_address": {
            "street1": "Marktplatz 1", "zip_code": "10178", "city": "Berlin", "country_iso_code": "DEU",
        },
    }  # fmt: skip
    store.returns.append(made)
    return made


def move(store: Store, made: dict[str, Any], state: str) -> None:
    """The operator or the shop goes on with it in the back office."""
    made |= {"state": state, "last_updated": milliseconds(store.clock())}


def listed(store: Store, given: Any) -> dict[str, Any]:
    """Sought page by page; the first page of a question counts for how often it is asked."""
    token = given.get("page_token")
    if token is None:
        store.not_too_often("RT11")
    since = parse("return_last_updated_from", given.get("return_last_updated_from"))
    found = [
        one for one in store.returns if since is None or (parse("last_updated", one["last_updated"]) or since) >= since
    ]
    start, most = int(token or "0"), min(number("limit", given.get("limit", "10")), MOST)
    more = {"next_page_token": str(start + most)} if start + most < len(found) else {}
    return {"data": found[start : start + most]} | more
