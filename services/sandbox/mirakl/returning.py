"""RT11, RT25, RT26: goods that customers send back. The order they are of does not change by it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from services.sandbox.mirakl.book import MOST, Stored, number
from services.sandbox.mirakl.errors import Refusal
from services.sandbox.mirakl.store import Store
from services.sandbox.mirakl.times import milliseconds, parse, seconds

FAULTS = frozenset(
    f"RETURN_NON_COMPLIANT_{one}"
    for one in ("MISSING_ITEM", "WRONG_PRODUCT", "DAMAGED_PRODUCT", "WINDOW_CLOSED", "OTHER")
)
INVALID = "Return is in invalid state"


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


def receive(store: Store, body: dict[str, Any]) -> dict[str, Any]:
    """RT25: the goods are here."""

    def take(made: dict[str, Any], _: dict[str, Any]) -> None:
        if made["state"] != "IN_PROGRESS":
            raise Refusal(400, INVALID)
        move(store, made, "RECEIVED")

    return _each(store, body, take)


def judge(store: Store, body: dict[str, Any]) -> dict[str, Any]:
    """RT26: whether each line of it is as it should be, said once for all of them."""

    def take(made: dict[str, Any], given: dict[str, Any]) -> None:
        rows = {row["order_line_id"]: row for row in given["return_lines"]}
        lines = {line["order_line_id"]: line for line in made["return_lines"]}
        if made["state"] != "RECEIVED" or any(line.get("compliance") for line in lines.values()):
            raise Refusal(400, INVALID)
        if missing := set(lines) - set(rows):
            raise Refusal(400, f"The compliance has not been specified on the following order lines: {min(missing)}")
        if unknown := set(rows) - set(lines):
            raise Refusal(400, f"The order line {min(unknown)} is not part of the return")
        for id, line in lines.items():
            line["compliance"] = [{name: value for name, value in rows[id].items() if name != "order_line_id"}]
            store.judged.append((made["order_id"], id, line["quantity"], rows[id]["compliant"]))
        move(store, made, made["state"])

    for given in _rows(body):
        for row in given.get("return_lines") or [{}]:
            if not {"order_line_id", "compliant"} <= set(row):
                raise Refusal(400, "return_lines is mandatory, each with order_line_id and compliant")
            if row.get("non_compliance_reason_code", "RETURN_NON_COMPLIANT_OTHER") not in FAULTS:
                raise Refusal(400, "non_compliance_reason_code is invalid")
    return _each(store, body, take)


def _each(store: Store, body: dict[str, Any], take: Callable[[dict[str, Any], dict[str, Any]], None]) -> dict[str, Any]:
    """Each return by itself: those that are refused stand beside the others in a good answer."""
    taken, errors = [], []
    known = {made["id"]: made for made in store.returns}
    for row in _rows(body):
        try:
            if row["id"] not in known:
                raise Refusal(400, "The return does not exist.")
            take(known[row["id"]], row)
            taken.append({"id": row["id"]})
        except Refusal as refusal:
            errors.append({"id": row["id"], "message": refusal.message})
    return {"return_success": taken, "return_errors": errors}


def _rows(body: dict[str, Any]) -> list[dict[str, Any]]:
    rows = body.get("returns")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST or not all(row.get("id") for row in rows):
        raise Refusal(400, "returns is mandatory, at most 100, each with its id")
    return rows
