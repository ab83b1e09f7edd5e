"""DO01, OR72 and OR74: the types the operator knows, and the files that lie beside an order."""

import json
import re
from collections.abc import Sequence
from typing import Any

from services.sandbox.merchant import SentDocument
from services.sandbox.mirakl.book import Stored
from services.sandbox.mirakl.errors import Refusal
from services.sandbox.mirakl.store import Store
from services.sandbox.mirakl.times import milliseconds

MOST = 50
ENDINGS = frozenset("csv doc xls xlsx ppt pdf odt ods odp txt rtf png jpg gif zpl mov mp4".split())
OPERATORS = frozenset({"SYSTEM_DELIVERY_BILL", "SYSTEM_SHIPMENT_DELIVERY_BILL", "SYSTEM_MESSAGE_ATTACHMENT"})


def types(store: Store) -> dict[str, Any]:
    """DO01."""
    own = [*store.options.documents, ("SYSTEM_DELIVERY_BILL", "Lieferschein")]
    rows = [
        {"code": code, "entity": "ORDER", "label": label, "description": label, "mime_types": []} for code, label in own
    ]
    return {"documents": rows}


def add(store: Store, order: Stored, files: Sequence[tuple[str, bytes]], described: Any) -> dict[str, Any]:
    """OR74: a good answer names the documents that were refused, and only those."""
    try:
        rows = json.loads(described)["order_documents"]
    except (TypeError, ValueError, KeyError) as error:
        raise Refusal(400, "order_documents is mandatory") from error
    contents = dict(files)
    if len(contents) != len(files) or not all(name.isascii() for name in contents):
        raise Refusal(400, "File names must be distinct and contain only US-ASCII characters")
    if {row.get("file_name") for row in rows} != set(contents):
        raise Refusal(400, "Every file needs its description, and every description its file")
    refused = []
    for row in rows:
        if (problem := _problem(store, order, row)) is None:
            content = contents[row["file_name"]]
            store.documents.append(
                {
                    "id": int(store.next_document()),
                    "order_id": order.id,
                    "type": row["type_code"],
                    "file_name": row["file_name"],
                    "file_size": len(content),
                    "date_uploaded": milliseconds(store.clock()),
                    "content": content,
                }
            )
        else:
            code, field, message = problem
            refused.append({"input": row, "errors": [{"code": code, "field": field, "message": message}]})
    return {"errors_count": len(refused), "order_documents": refused}


def _problem(store: Store, order: Stored, row: dict[str, Any]) -> tuple[str, str, str] | None:
    there = [one for one in store.documents if one["order_id"] == order.id]
    ending = re.sub(r".*\.", "", row["file_name"]).lower()
    if row.get("type_code") in OPERATORS:
        return "valid_order_document.type", "type_code", "This type of document is restricted to the operator"
    if row.get("type_code") not in dict(store.options.documents):
        return "valid_order_document.type", "type_code", "Unable to retrieve document's type from the given code"
    if ending not in ENDINGS:
        return "valid_order_document.extension", "file_name", f"Files of type {ending} are not supported"
    if any(one["file_name"] == row["file_name"] for one in there):
        return "valid_order_document.name", "file_name", "The order has a document of this name already"
    if len(there) >= MOST:
        return "valid_order_document.count", "file_name", f"An order can have a maximum of {MOST} documents"
    return None


def listed(store: Store, ids: Sequence[str]) -> dict[str, Any]:
    """OR72."""
    found = [one for one in store.documents if one["order_id"] in ids]
    shown = [{name: value for name, value in one.items() if name != "content"} for one in found]
    return {"order_documents": shown, "total_count": len(shown)}


def sent(store: Store) -> list[SentDocument]:
    return [SentDocument(one["order_id"], one["type"], one["file_name"], one["content"]) for one in store.documents]
